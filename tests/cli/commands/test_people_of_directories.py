"""Teams that take their people from a directory, from the files to the portal."""

from textwrap import dedent

import pytest

from tests.cli.commands.test_base import committed, git
from tests.cli.running import CONFIGURATION, PARTNER, Place

SCIM = "type: scim, url: https://directory.our-company.example, token: {env: RECONCILER_DIRECTORY}"
SOURCES = dedent(CONFIGURATION) + f"  sources: {{directory: {{{SCIM}}}}}\n"
FROM = dedent(PARTNER) + "      members: {from: directory, group: Acme Developers}\n"
HEAD = """\
apiVersion: reconciler/v1
kind: People
metadata: {name: people}
spec:
  teams:
    acme/ops:
      members:
"""
BO = "        - {source: directory, id: 7f1c, email: bo@acme.example}\n"
CY = "        - {source: directory, id: 9a40, email: cy@acme.example}\n"
MARRIED = BO.replace("bo@acme.example}", "bo.novak@acme.example, previously: [bo@acme.example]}")


def lock(place: Place, *rows: str) -> Place:
    (place.folder / "people.lock").write_text(HEAD + "".join(rows))
    return place


@pytest.fixture
def directory(place: Place) -> Place:
    """A repository with a team from a directory."""
    return lock(place.write(reconciler=SOURCES, partners__acme=FROM), BO, CY)


@pytest.fixture
def live(directory: Place) -> Place:
    """The repository after its first apply."""
    directory.run("apply", "--auto-approve")
    return directory


def test_people_are_added_removed_and_reported_by_people_lock(live: Place) -> None:
    assert live.run("plan").out == "No changes.\n"
    report = live.run("access", "--person", "cy@acme.example", "--explain")
    lock(live, BO)
    people = live.run("list", "people").out

    assert "people.lock:9:11" in report.out, report.err
    assert [each in people for each in ("bo@acme.example", "cy@acme.example")] == [True, False]
    assert "cy@acme.example" in live.run("plan").out
    assert live.run("apply", "--only-removals", "--auto-approve").code == 0
    assert live.run("plan").out == "No changes.\n"


def test_a_changed_address_changes_nothing_and_is_still_explained(live: Place) -> None:
    lock(live, MARRIED, CY)
    report = live.run("access", "--person", "bo@acme.example", "--live", "--explain").out

    asked = [
        live.run("access", "--person", *arguments).err
        for arguments in (
            ("bo.novak@acme.example", "--live"),
            ("bo@acme.example",),
            ("bo@acme.example", "--live"),
        )
    ]

    assert live.run("plan").out == "No changes.\n"
    assert live.run("apply", "--auto-approve").code == 0
    assert "people.lock:8:11" in report
    assert asked == [
        "Note: bo.novak@acme.example is bo@acme.example in the portal; use that address.\n",
        "Note: bo@acme.example is bo.novak@acme.example in the files; use that address.\n",
        "",
    ]


def test_a_person_who_is_not_live_is_invited_under_the_new_address_alone(directory: Place) -> None:
    lock(directory, MARRIED, CY).run("apply", "--auto-approve")
    people = directory.run("list", "people", "--live").out

    assert [each in people for each in ("bo.novak@acme.example", "bo@acme.example")] == [True, False]
    assert directory.run("plan").out == "No changes.\n"


def test_a_branch_that_records_a_new_address_plans_nothing(live: Place) -> None:
    (live.folder / ".gitignore").write_text(".reconciler\n")
    git(live.folder, "init", "--quiet", "--initial-branch=main")
    committed(live, "Begin")
    git(live.folder, "switch", "--quiet", "--create", "topic")
    lock(live, MARRIED)
    committed(live, "Pull people")
    planned = live.run("plan", "--base", "main").out

    assert [line.split() for line in planned.splitlines() if "@acme.example" in line] == [
        ["-", "member", "cy@acme.example"],
        ["-", "acme/ops,", "1", "person:", "cy@acme.example"],
        [
            "partnerships",
            "formerAddresses",
            "of",
            "membership/acme/ops/bo.novak@acme.example,",
            "partner/acme",
        ],
    ]


def test_a_team_that_was_never_read_is_named_in_reports_without_the_portal(directory: Place) -> None:
    (directory.folder / "people.lock").unlink()

    assert "acme/ops" in directory.run("access", "--partner", "acme").out
    assert "people-not-pulled" in directory.run("validate").out


@pytest.mark.no_cover
@pytest.mark.real
def test_a_hundred_thousand_people_of_directories_are_read(directory: Place) -> None:
    rows = (
        f"        - {{source: directory, id: {number:032x}x, email: first.last.{number}@acme.example}}\n"
        for number in range(100_000)
    )
    lock(directory, *rows)

    assert directory.run("validate").out == "5 documents in 5 files: no findings.\n"
