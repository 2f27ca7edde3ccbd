import json

import pytest

from tests.cli.forging import Job
from tests.cli.git.commits import committed, git
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, PARTNER, Place, Ran
from tests.forge.github_server import GitHub

HINT = "Hint: --live also reads the portal\n"
OF_PEOPLE = "Hint: --live also reads the portal, which also has the members of delegated teams\n"
ROWS = {
    "ana": ["ana@acme.example", "acme/ops", "tracking-v2"],
    "sam": ["sam@indie.example", None, "tracking-v2"],
}


def rows(place: Place, *options: str) -> list[list[str | None]]:
    ran = place.run("access", "--format", "json", *options)
    assert ran.code == 0, ran.err
    return [[row["person"], row["team"], row["api"]] for row in json.loads(ran.out)["rows"]]


@pytest.fixture
def both(place: Place) -> Place:
    """Ana by her team, and Sam by himself."""
    return place.write(
        **{
            "access-groups__tracking": GROUP.rstrip() + "\n"
            "      grants: [{developer: sam@indie.example, until: 2027-03-31}]\n"
        },
        partners__bolt=PARTNER.replace("acme", "bolt")
        .replace("Acme", "Bolt")
        .replace("ana@", "bo@")
        .replace("      access: [tracking]\n", ""),
        catalog=CATALOG.replace("]", ", {name: unused-v1, owner: logistics}]"),
    )


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["ana", "sam"]),
        (["--person", "ANA@Acme.example"], ["ana"]),
        (["--person", "sam@indie.example"], ["sam"]),
        (["--person", "bo@bolt.example"], []),
        (["--partner", "acme"], ["ana"]),
        (["--partner", "bolt"], []),
        (["--team", "acme/ops"], ["ana"]),
        (["--group", "tracking"], ["ana", "sam"]),
        (["--api", "tracking-v2"], ["ana", "sam"]),
        (["--api", "unused-v1"], []),
        (["--api", "tracking-v2", "--partner", "acme", "--group", "tracking"], ["ana"]),
    ],
)
def test_options_narrow_it_down_together(both: Place, options: list[str], found: list[str]) -> None:
    assert rows(both, *options) == [ROWS[name] for name in found]


@pytest.mark.parametrize(
    ("option", "name", "near"),
    [
        ("--partner", "acne", "acme"),
        ("--team", "acme/op", "acme/ops"),
        ("--team", "ops", "acme/ops"),
        ("--team", "somebody-else/opps", "acme/ops"),
        ("--group", "trackin", "tracking"),
        ("--api", "tracking-v3", "tracking-v2"),
        ("--person", "anna@acme.example", "ana@acme.example"),
    ],
)
def test_a_name_that_stands_nowhere_is_refused_with_the_nearest(
    place: Place, option: str, name: str, near: str
) -> None:
    assert place.run("access", option, name) == Ran(
        1,
        "",
        f'Error: {option}: "{name}" is not in any file; did you mean "{near}"?\n'
        f"{OF_PEOPLE if option == '--person' else HINT}",
    )


@pytest.mark.parametrize("person", ["cy@acme.example", "ana@other.example"])
def test_colleagues_and_namesakes_are_not_what_was_meant(place: Place, person: str) -> None:
    assert place.run("access", "--person", person) == Ran(
        1, "", f'Error: --person: "{person}" is not in any file\n{OF_PEOPLE}'
    )


def test_the_portal_is_asked_for_names_that_no_file_has(applied: Place) -> None:
    applied.write(partners__acme=None, **{"access-groups__tracking": None})
    applied.write(catalog=CATALOG.replace("tracking-v2", "other-v1"))

    names = (["--team", "acme/ops"], ["--partner", "acme"], ["--group", "tracking"], ["--api", "tracking-v2"])
    assert [rows(applied, "--live", *each) for each in names] == [[ROWS["ana"]]] * 4
    assert rows(applied, "--live", "--person", "Ana@acme.example") == [ROWS["ana"]]


@pytest.mark.parametrize(
    ("option", "name", "near"),
    [
        ("--team", "ops", "acme/ops"),
        ("--team", "acme/op", "acme/ops"),
        ("--partner", "acne", "acme"),
        ("--person", "anna@acme.example", "ana@acme.example"),
    ],
)
def test_a_name_that_the_portal_does_not_know_either_is_refused_with_the_nearest(
    applied: Place, option: str, name: str, near: str
) -> None:
    applied.write(partners__acme=None)

    assert applied.run("access", "--live", option, name) == Ran(
        1,
        "",
        f'Error: {option}: "{name}" is neither in the files nor in the portal; did you mean "{near}"?\n',
    )


def test_a_team_of_an_external_partner_is_named_by_its_grant(place: Place) -> None:
    grants = "      grants: [{team: initech/ops, until: 2027-03-31}]\n"
    place.write(
        reconciler=CONFIGURATION.rstrip() + "\n      external: {partners: [initech]}\n",
        **{"access-groups__tracking": GROUP.rstrip() + "\n" + grants},
    )

    ran = place.run("access", "--team", "initech/ops", "--format", "json")

    assert (ran.code, json.loads(ran.out)["delegated"]) == (0, ["initech/ops"])


@pytest.mark.parametrize(
    ("days", "found"),
    [("126", []), ("127", ["sam"]), ("0", [])],
)
def test_what_ends_within_some_days(both: Place, days: str, found: list[str]) -> None:
    ran = both.run("access", "--ending", days, "--format", "json")

    report = json.loads(ran.out)
    assert [row["person"] for row in report["rows"]] == [f"{name}@indie.example" for name in found]
    assert report["delegated"] == []


def test_markdown_names_people_only_when_asked(place: Place) -> None:
    counted = place.run("access", "--format", "markdown")
    named = place.run("access", "--format", "markdown", "--people", "names")

    assert ("ana@" in counted.out, "| `ana@acme.example` | `acme/ops` (admin) |" in named.out) == (
        False,
        True,
    )


def test_a_partner_at_rest_is_told_from_one_that_reaches_nothing(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("type:", "status: suspended\n      type:"))
    said = 'Note: partners/acme.yaml:5:11: partner "acme" is suspended and has no access.\n'

    asked = [["--partner", "acme"], ["--team", "acme/ops"], ["--person", "ana@acme.example"]]

    assert [place.run("access", *each).err for each in asked] == [said] * 3
    assert place.run("access", "--group", "tracking").err == ""


def test_a_note_says_that_a_team_has_ended(place: Place) -> None:
    place.write(partners__acme=PARTNER.replace("admins:", "status: ended\n          admins:"))
    note = 'Note: partners/acme.yaml:13:15: team "acme/ops" has ended and has no access.\n'

    asked = [["--team", "acme/ops"], ["--person", "ana@acme.example"], ["--partner", "acme"]]

    assert [place.run("access", *each).err for each in asked] == [note, note, ""]


def test_a_person_is_looked_for_in_the_delegated_teams_of_their_domain(place: Place) -> None:
    other = PARTNER.replace("acme", "bolt")
    open_to_all = PARTNER.replace("acme", "open").replace("      domains: [open.example]\n", "")
    place.write(partners__bolt=other, partners__open=open_to_all)

    ran = place.run("access", "--person", "ana@acme.example", "--format", "json")

    assert json.loads(ran.out)["delegated"] == ["acme/ops", "open/ops"]


def test_all_names_that_stand_nowhere_are_refused_at_once(place: Place) -> None:
    assert place.run("access", "--partner", "zzz", "--api", "qqq") == Ran(
        1, "", f'Error: --partner: "zzz" is not in any file\n--api: "qqq" is not in any file\n{HINT}'
    )


def test_wrong_files_answer_nothing(place: Place) -> None:
    place.write(partners__bolt="a: [")

    assert place.run("access") == Ran(
        1, "", "Error: the files have errors\nHint: run `reconciler validate` to see them\n"
    )


def test_the_portal_knows_only_what_was_applied(place: Place) -> None:
    before = rows(place, "--live")
    place.run("apply", "--auto-approve")

    assert (before, rows(place, "--live")) == ([], [ROWS["ana"]])


def test_an_explanation_leads_from_the_person_to_the_api(place: Place) -> None:
    ran = place.run("access", "--explain")

    assert ran.out.splitlines()[:4] == [
        "ana@acme.example may consume tracking-v2",
        "    is an admin of team acme/ops     partners/acme.yaml:13:16",
        "    which has access group tracking  partners/acme.yaml:10:12",
        "    which contains API tracking-v2   access-groups/tracking.yaml:7:10",
    ]


def test_an_explanation_says_reason_and_end(place: Place) -> None:
    access = '[{group: tracking, until: 2027-12-31, reason: "pilot, API-4312"}]'
    place.write(partners__acme=PARTNER.replace("[tracking]", access))

    ran = place.run("access", "--explain")

    assert '    which has access group tracking until 2027-12-31 ("pilot, API-4312")  partners/' in ran.out


def test_an_explanation_names_pull_request_and_approver_of_a_commit_message(place: Place) -> None:
    commit = committed(place.folder, "Let Acme in (#12)\n\nReviewed-by: Bo <bo@our-company.example>")

    ran = place.run("access", "--explain")

    brought = f"{commit[:8]} Ana, 2026-10-01, #12, approved by Bo"
    assert ran.out.splitlines()[1].endswith(f"partners/acme.yaml:13:16          {brought}")


def test_an_explanation_names_pull_request_and_approver_that_the_forge_knows(
    place: Place, github: GitHub
) -> None:
    commit = committed(place.folder, "Let Acme in (#99)\n\nApproved-by: Nobody")
    github.state.merge(1, commit)
    github.state.review(1, "cy", "APPROVED")

    ran = place.run("access", "--explain", "--forge")

    assert ran.out.splitlines()[1].endswith(f"{commit[:8]} Ana, 2026-10-01, #1, approved by cy")


def test_a_commit_that_the_forge_does_not_know_is_explained_by_the_merge_that_brought_it(
    place: Place, github: GitHub
) -> None:
    git(place.folder, "init", "-q", "--initial-branch=main")
    git(place.folder, "commit", "-q", "--allow-empty", "-m", "Begin")
    git(place.folder, "switch", "-q", "-c", "topic")
    commit = committed(place.folder, "Let Acme in")
    git(place.folder, "switch", "-q", "main")
    git(place.folder, "merge", "-q", "--no-ff", "-m", "Merge (#99)", "topic")
    merge = git(place.folder, "rev-parse", "HEAD")
    github.state.merge(1, merge)
    github.state.review(1, "cy", "APPROVED")
    github.state.commits.add(commit)

    ran = place.run("access", "--explain", "--forge")

    assert ran.out.splitlines()[1].endswith(f"{commit[:8]} Ana, 2026-10-01, #1, approved by cy")


def test_the_forge_is_asked_only_for_explanations_and_in_a_job(place: Place, job: Job) -> None:
    job.unset("GITHUB_REPOSITORY")
    without = place.run("access", "--forge")
    outside = place.run("access", "--explain", "--forge")

    assert (without.code, "--forge needs --explain." in without.err) == (1, True)
    assert (outside.code, outside.out, "GITEA_REPOSITORY are not set" in outside.err) == (1, "", True)


def test_an_explanation_is_text(place: Place) -> None:
    ran = place.run("access", "--explain", "--format", "csv")

    assert (ran.code, ran.out, "--explain prints text" in ran.err) == (1, "", True)


@pytest.mark.parametrize(
    ("output", "start"),
    [
        ("text", "PERSON"),
        ("json", '{\n  "format": "reconciler-access/1.0"'),
        ("csv", "person,state"),
        ("markdown", "| Who | People |"),
    ],
)
def test_each_format_is_printed(place: Place, output: str, start: str) -> None:
    ran = place.run("access", "--format", output)

    assert (ran.code, ran.out.startswith(start), ran.err) == (0, True, "")
