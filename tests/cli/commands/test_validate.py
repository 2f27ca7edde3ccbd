import json
from textwrap import dedent
from typing import get_args

import msgspec
import pytest

from reconciler.model.portal import TextLimit
from reconciler.model.rule import RuleName
from reconciler.portals.embedded.adapter import CAPABILITIES
from reconciler.render import FORMATS
from tests.cli.running import CONFIGURATION, PARTNER, Place, Ran

MISSPELLED = PARTNER.replace("displayName", "displayname")
OUTSIDE = PARTNER.replace("ana@acme", "ana@other")


def test_right_files_are_counted(place: Place) -> None:
    assert place.run("validate") == Ran(0, "4 documents in 4 files: no findings.\n")


def test_wrong_files_end_with_1_and_every_finding_says_where_and_what_to_do(place: Place) -> None:
    place.write(partners__acme=None, partners__bolt=MISSPELLED, partners__cargo="- a")

    ran = place.run("validate")

    assert (ran.code, [line.split("; ") for line in ran.out.splitlines() if ": error: " in line]) == (
        1,
        [
            [
                'partners/bolt.yaml:6:3: error: unknown key "displayname"',
                'did you mean "displayName"? [schema]',
            ],
            [
                "partners/cargo.yaml:1:1: error: a document must be a mapping, not a list",
                "add apiVersion, kind, metadata and spec [schema]",
            ],
        ],
    )


def test_what_a_rule_denies_ends_with_3(place: Place) -> None:
    place.write(partners__acme=OUTSIDE)

    assert place.run("validate") == Ran(
        3,
        'partners/acme.yaml:13:16: error: ana@other.example is an admin of team "acme/ops", but '
        'other.example is not a domain of partner "acme"; correct the address or add the domain '
        "(domains: acme.example) [admin-domain]\n"
        "4 documents in 4 files: 1 error.\n",
    )


def test_wrong_files_count_before_what_a_rule_denies(place: Place) -> None:
    place.write(partners__acme=OUTSIDE, partners__bolt=MISSPELLED.replace("acme", "bolt"))

    assert place.run("validate").code == 1


def test_json_holds_findings_and_their_numbers(place: Place) -> None:
    place.write(partners__acme=OUTSIDE)

    ran = place.run("validate", "--format", "json")

    assert json.loads(ran.out) == {
        "format": "reconciler-findings/1.2",
        "findings": [
            {
                "rule": "admin-domain",
                "severity": "error",
                "message": 'ana@other.example is an admin of team "acme/ops", but other.example '
                'is not a domain of partner "acme"',
                "hint": "correct the address or add the domain (domains: acme.example)",
                "file": "partners/acme.yaml",
                "line": 13,
                "column": 16,
                "id": "membership/acme/ops/ana@other.example",
                "inBase": False,
            }
        ],
        "summary": {"files": 4, "documents": 4, "errors": 1, "warnings": 0, "notes": 0},
    }


def test_a_forge_is_told_places_from_the_root_of_the_repository(place: Place) -> None:
    (place.folder / ".git").mkdir()
    (place.folder / "eu").mkdir()
    for name in ("partners", "access-groups", "catalog.yaml", "reconciler.yaml"):
        (place.folder / name).rename(place.folder / "eu" / name)
    place.write(eu__partners__acme=OUTSIDE)
    config = ("--config", "eu/reconciler.yaml")

    github = place.run("validate", "--format", "github", *config)
    gitlab = json.loads(place.run("validate", "--format", "gitlab", *config).out)
    sarif = json.loads(place.run("validate", "--format", "sarif", *config).out)

    assert github == Ran(
        3,
        "::error file=eu/partners/acme.yaml,line=13,col=16,title=admin-domain::"
        'ana@other.example is an admin of team "acme/ops", but other.example is not a domain of '
        'partner "acme"%0Acorrect the address or add the domain (domains: acme.example)\n1 error.\n',
    )
    assert [issue["location"] for issue in gitlab] == [
        {"path": "eu/partners/acme.yaml", "lines": {"begin": 13}}
    ]
    (run,) = sarif["runs"]
    assert (run["automationDetails"]["id"], run["results"][0]["locations"][0]["physicalLocation"]) == (
        "reconciler/eu/validate/",
        {
            "artifactLocation": {"uri": "eu/partners/acme.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 13, "startColumn": 16},
        },
    )


def test_code_scanning_is_told_of_every_rule(place: Place) -> None:
    (run,) = json.loads(place.run("validate", "--format", "sarif").out)["runs"]

    assert ([rule["id"] for rule in run["tool"]["driver"]["rules"]], run["results"]) == (
        list(get_args(RuleName)),
        [],
    )


def test_it_is_said_when_there_is_more_than_code_scanning_shows(place: Place) -> None:
    line = "    - {rule: admin-count, reason: x, until: 2026-01-01}\n"
    repeated = line * 5_001
    place.write(
        partners__acme=dedent(PARTNER).replace("{name: acme}", f"\n  name: acme\n  exceptions:\n{repeated}")
    )

    assert place.run("validate", "--format", "sarif").err == (
        "SARIF output has the 5,000 most severe of 5,001 findings.\n"
    )


def test_findings_are_a_table_for_people_too(place: Place) -> None:
    place.write(partners__acme=OUTSIDE)

    markdown, html = (place.run("validate", "--format", name) for name in ("markdown", "html"))

    assert (markdown.code, markdown.out.splitlines()[:3]) == (
        3,
        ["### 🔴 1 error", "", "4 documents in 4 files checked."],
    )
    assert (html.code, "<title>Findings: 1 error</title>" in html.out) == (3, True)


def test_what_reads_no_files_is_told_as_well(place: Place) -> None:
    place.write(reconciler="a: [")

    assert [
        place.run("validate", "--format", name).code for name in FORMATS if name not in {"csv", "ics"}
    ] == [1] * 7


def test_a_day_is_computed_for(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("  teams:", "  until: 2027-01-31\n      teams:"))

    said = [place.run("validate", "--today", day).out for day in ("2026-11-24", "2027-01-15")]

    assert ["[ending-soon]" in each for each in said] == [False, True]


def test_what_is_no_day_is_refused(place: Place) -> None:
    refused = [place.run("validate", "--today", day) for day in ("tomorrow", "20261124", "2026-02-30")]

    hint = "Hint: use YYYY-MM-DD, such as 2026-11-24\n"
    assert refused == [
        Ran(1, "", f'Error: --today: "tomorrow" is not a valid date\n{hint}'),
        Ran(1, "", f'Error: --today: "20261124" is not a valid date\n{hint}'),
        Ran(1, "", 'Error: --today: "2026-02-30": this date does not exist\nHint: check month and day\n'),
    ]


def test_files_are_checked_for_a_portal_without_asking_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = msgspec.structs.replace(CAPABILITIES, limits={"partner.displayName": TextLimit(3)})
    whole = place.run("validate", "--portal", "away")
    monkeypatch.setattr("reconciler.portals.embedded.CAPABILITIES", limited)
    refused = place.run("validate", "--portal", "away")
    unknown = place.run("validate", "--portal", "nowhere")

    assert (whole.code, refused.code, unknown.code) == (0, 3, 1)
    assert "partners/acme.yaml:6:16:" in refused.out
    assert "the portal accepts at most 3 characters as displayName of a partner, not 4" in refused.out
    assert unknown.err == (
        'Error: portal "nowhere" is not defined in reconciler.yaml\nHint: known: local, away\n'
    )


AWAY = '    away: {type: embedded, url: "http://127.0.0.1:9", token: {env: PORTAL_TOKEN}}'


@pytest.mark.parametrize(
    ("portal", "said"),
    [
        (
            "{type: embeded, url: x}",
            '18: warning: portal "away": no package provides the portal type "embeded"; did you mean',
        ),
        (
            "{type: embedded, url: 'http://portal.example', token: {env: PORTAL_TOKEN}}",
            '33: warning: portal "away": the connection to http://portal.example is unencrypted; use https://,',
        ),
        ("{type: embedded, url: 'http://portal.example', token: {env: PORTAL_TOKEN}, allowHttp: true}", ""),
        ("{type: embedded, url: 'http://127.0.0.1:9', token: {env: PORTAL_TOKEN}}", ""),
    ],
)
def test_a_portal_that_no_plan_could_use_is_a_warning_at_its_line(
    place: Place, portal: str, said: str
) -> None:
    place.write(reconciler=CONFIGURATION.replace(AWAY, f"    away: {portal}"))
    ran = place.run("validate")
    found = [line for line in ran.out.splitlines() if "[portal-settings]" in line]

    assert (ran.code, len(found)) == (0, bool(said))
    assert all(line.startswith(f"reconciler.yaml:10:{said}") for line in found), found


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "{type: scim, url: 'http://id.example', token: {env: PORTAL_SCIM}}",
            '31: warning: source "people": the connection to http://id.example is unencrypted; use https://,',
        ),
        (
            "{type: ldap, url: 'ldap://id', startTls: false, base: dc=a, user: cn=a, password: {env: P}}",
            '31: warning: source "people": the connection to ldap://id is unencrypted; use ldaps://,',
        ),
        ("{type: scim, url: 'http://id.example', token: {env: PORTAL_SCIM}, allowHttp: true}", ""),
        ("{type: scim, url: 'http://127.0.0.1:9', token: {env: PORTAL_SCIM}}", ""),
        ("{type: ldap, url: 'ldap://id.example', base: dc=a, user: cn=a, password: {env: P}}", ""),
        ("{type: scim, url: 'https://id.example', token: {env: PORTAL_SCIM}}", ""),
        (
            "{type: scim, url: 'https://a', tokenUrl: 'http://b', clientId: a, clientSecret: {env: PORTAL_}}",
            '54: warning: source "people": the connection to http://b is unencrypted; use',
        ),
    ],
)
def test_a_source_that_cannot_be_used_is_a_warning_at_its_line(place: Place, source: str, said: str) -> None:
    place.write(reconciler=f"{dedent(CONFIGURATION)}  sources:\n    people: {source}\n")
    ran = place.run("validate")
    found = [line for line in ran.out.splitlines() if "[source-settings]" in line]

    assert (ran.code, len(found)) == (0, bool(said))
    assert all(line.startswith(f"reconciler.yaml:12:{said}") for line in found), found
