import json

from tests.cli.running import PARTNER, Place, Ran

MISSPELLED = PARTNER.replace("displayName", "displayname")
OUTSIDE = PARTNER.replace("ana@acme", "ana@other")


def test_right_files_are_counted(place: Place) -> None:
    assert place.run("validate") == Ran(0, "4 documents in 4 files: nothing to say.\n")


def test_wrong_files_end_with_1_and_every_finding_says_where_and_what_to_do(place: Place) -> None:
    place.write(partners__acme=None, partners__bolt=MISSPELLED, partners__cargo="- a")

    ran = place.run("validate")

    assert (ran.code, [line.split("; ") for line in ran.out.splitlines() if ": error: " in line]) == (
        1,
        [
            ['partners/bolt.yaml:5:3: error: spec lacks the key "displayName"', "add it [schema]"],
            [
                'partners/bolt.yaml:6:3: error: the key "displayname" is not known here',
                'did you mean "displayName"? [schema]',
            ],
            [
                "partners/cargo.yaml:1:1: error: a document has to be a mapping, and is a list",
                "write apiVersion, kind, metadata and spec [schema]",
            ],
        ],
    )


def test_what_a_rule_denies_ends_with_3(place: Place) -> None:
    place.write(partners__acme=OUTSIDE)

    assert place.run("validate") == Ran(
        3,
        'partners/acme.yaml:13:16: error: ana@other.example is an admin of team "acme/ops", but '
        'other.example is not a domain of partner "acme"; its domains: acme.example [admin-domain]\n'
        "4 documents in 4 files: 1 error.\n",
    )


def test_wrong_files_count_before_what_a_rule_denies(place: Place) -> None:
    place.write(partners__acme=OUTSIDE, partners__bolt=MISSPELLED.replace("acme", "bolt"))

    assert place.run("validate").code == 1


def test_json_holds_findings_and_their_numbers(place: Place) -> None:
    place.write(partners__acme=OUTSIDE)

    ran = place.run("validate", "--format", "json")

    assert json.loads(ran.out) == {
        "format": "reconciler-findings/1.0",
        "findings": [
            {
                "rule": "admin-domain",
                "severity": "error",
                "message": 'ana@other.example is an admin of team "acme/ops", but other.example '
                'is not a domain of partner "acme"',
                "hint": "its domains: acme.example",
                "file": "partners/acme.yaml",
                "line": 13,
                "column": 16,
                "id": "membership/acme/ops/ana@other.example",
            }
        ],
        "summary": {"files": 4, "documents": 4, "errors": 1, "warnings": 0},
    }


def test_a_day_is_computed_for(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("  teams:", "  until: 2027-01-31\n      teams:"))

    said = [place.run("validate", "--today", day).out for day in ("2026-11-24", "2027-01-15")]

    assert ["[ending-soon]" in each for each in said] == [False, True]


def test_what_is_no_day_is_refused(place: Place) -> None:
    refused = [place.run("validate", "--today", day) for day in ("tomorrow", "20261124", "2026-02-30")]

    hint = "Hint: write it as YYYY-MM-DD, such as 2026-11-24\n"
    assert refused == [
        Ran(1, "", f'Error: --today: "tomorrow" is no day\n{hint}'),
        Ran(1, "", f'Error: --today: "20261124" is not written as a day\n{hint}'),
        Ran(1, "", f'Error: --today: "2026-02-30" is no day\n{hint}'),
    ]
