"""What commands that edit files do with teams that take their people from a directory."""

from pathlib import Path

import pytest

from reconciler.edit import people_text
from reconciler.model.people import LockedPerson
from reconciler.model.people_pull import TeamRole
from tests.cli.commands.test_people_of_directories import BO, CY, FROM, SOURCES, lock
from tests.cli.running import PARTNER, TODAY, Place, Ran

FILE = "partners/acme.yaml"
LEADS = FROM.replace("[ana@acme.example]", "{from: directory, group: Leads}")
GROUP = 'the group "Acme Developers" of source directory'
REMOVE = "remove them from the group in the directory, then run `reconciler people pull`"


@pytest.fixture
def directory(place: Place) -> Place:
    """A repository with a team from a directory."""
    return lock(place.write(reconciler=SOURCES, partners__acme=FROM), BO, CY)


def edit(place: Place, *arguments: str) -> Ran:
    return place.run(*arguments, "--today", TODAY)


def rows(*people: str) -> tuple[LockedPerson, ...]:
    return tuple(LockedPerson(source="directory", id=each, email=f"{each}@acme.example") for each in people)


def teams(place: Place) -> list[str]:
    text = (place.folder / "people.lock").read_text()
    return [each.strip() for each in text.splitlines() if each.startswith("    ") and each[4] != " "]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("add", "acme/ops", "di@acme.example"), "add them to the group in the directory, then run"),
        (
            ("remove", "acme/ops", "bo@acme.example"),
            f"{REMOVE}; until then, keep them out in the partner's file:",
        ),
    ],
)
def test_members_of_a_directory_are_changed_there(
    directory: Place, arguments: tuple[str, ...], hint: str
) -> None:
    ran = edit(directory, "member", *arguments)
    said, *more = ran.err.splitlines()

    assert (ran.code, said) == (1, f"Error: the members of acme/ops come from {GROUP}")
    assert hint in more[0]
    assert "remove" not in arguments or "`blocked: [bo@acme.example]`" in more[0]


def test_admins_of_a_directory_are_changed_there_and_listed_ones_in_the_file(directory: Place) -> None:
    assert edit(directory, "member", "add", "acme/ops", "bo@acme.example", "--admin").code == 0
    directory.write(partners__acme=LEADS)
    ran = edit(directory, "member", "add", "acme/ops", "bo@acme.example", "--admin")

    said = 'Error: the admins of acme/ops come from the group "Leads" of source directory'
    assert (ran.code, ran.err.splitlines()[0]) == (1, said)


def test_offboarding_blocks_people_of_a_directory_and_names_the_group(directory: Place) -> None:
    before = (directory.folder / "people.lock").read_text()
    ran = edit(directory, "offboard", "Bo@acme.example")

    assert (ran.code, ran.out.splitlines()) == (0, [FILE])
    assert "blocked: [bo@acme.example]" in (directory.folder / FILE).read_text()
    assert (
        f"Note: bo@acme.example is blocked in acme/ops, and still in {GROUP};"
        " remove the person there, or disable the account."
    ) in ran.err.splitlines()
    assert (directory.folder / "people.lock").read_text() == before
    assert "bo@acme.example" not in edit(directory, "list", "people").out


def test_offboarding_the_last_admin_of_a_directory_is_reported(directory: Place) -> None:
    directory.write(partners__acme=LEADS)
    (directory.folder / "people.lock").write_text(
        people_text({TeamRole("acme/ops", "admins"): rows("bo"), TeamRole("acme/ops", "members"): rows("cy")})
    )

    assert (
        "Warning: acme/ops has no admin any more; it could be cy@acme.example (member of acme/ops)."
    ) in edit(directory, "offboard", "bo@acme.example").err.splitlines()


def test_renamed_and_moved_teams_keep_their_people_in_people_lock(directory: Place) -> None:
    directory.write(partners__bolt=PARTNER.replace("name: acme}", "name: bolt}").replace("ops", "web"))
    found = []
    for arguments in (
        ("rename", "team", "acme/ops", "dev"),
        ("rename", "partner", "acme", "apex"),
        ("move", "apex/dev", "bolt"),
    ):
        ran = edit(directory, *arguments)
        found.append((ran.code, "people.lock" in ran.out.splitlines(), teams(directory)))

    assert found == [(0, True, ["acme/dev:"]), (0, True, ["apex/dev:"]), (0, True, ["bolt/dev:"])]
    people = edit(directory, "list", "people").out
    assert ["bo@acme.example" in people, "cy@acme.example" in people] == [True, True]
    assert edit(directory, "validate").code == 0


def test_a_rename_replaces_rows_that_another_team_of_that_name_left_behind(directory: Place) -> None:
    dev, ops = TeamRole("acme/dev", "members"), TeamRole("acme/ops", "members")
    (directory.folder / "people.lock").write_text(people_text({dev: rows("di"), ops: rows("bo")}))

    assert edit(directory, "rename", "team", "acme/ops", "dev").code == 0
    assert (directory.folder / "people.lock").read_text() == people_text({dev: rows("bo")})


def test_what_has_no_rows_is_renamed_without_people_lock(directory: Place) -> None:
    ran = edit(directory, "rename", "access-group", "tracking", "tracing")

    assert (ran.code, "people.lock" in ran.out) == (0, False)


def test_formatting_leaves_people_lock_alone(directory: Place) -> None:
    Path("people.lock").write_text(Path("people.lock").read_text() + "\n\n# a note\n")
    before = Path("people.lock").read_text()
    edit(directory, "fmt")

    assert Path("people.lock").read_text() == before


def test_codeowners_has_a_line_for_people_lock(directory: Place) -> None:
    owned = SOURCES.replace(
        "{email: p@our-company.example}", "{email: p@our-company.example, github: '@our/p'}"
    )
    directory.write(reconciler=owned)
    directory.run("codeowners", "--forge", "github")

    assert "/people.lock @our/p" in Path(".github/CODEOWNERS").read_text().splitlines()


def test_drift_of_people_of_a_directory_is_not_captured(directory: Place) -> None:
    directory.run("apply", "--auto-approve")
    listed = FROM.replace("members: {from: directory, group: Acme Developers}", "members: [bo@acme.example]")
    directory.write(partners__acme=listed).run("apply", "--auto-approve")
    directory.write(partners__acme=FROM)
    ran = edit(directory, "capture")

    assert f"the members of acme/ops come from {GROUP}" in ran.err
    assert (directory.folder / FILE).read_text() == FROM
