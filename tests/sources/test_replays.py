"""What directories and their clients have done in production, and what a pull makes of it."""

from reconciler.model.directory import GroupAnswer
from reconciler.workflow.people_pull import Pulled, exit_code
from tests.builders import team
from tests.sources.directories import MemoryDirectory, person
from tests.sources.pulling import acme, changes, from_group, lock, people, pulled, reasons, row

NAMES = ("ana", "bo", "cy", "dan", "eve", "fay", "gil", "hal")
ADDRESSES = [f"{name}@acme.example" for name in NAMES]
HELD = lock(acme_ops={"members": [row(name) for name in NAMES]})


def test_all_groups_without_anybody_for_one_run_remove_nobody_and_the_next_run_changes_nothing() -> None:
    """Awslabs/ssosync 194: a run saw no users and deleted all; the next one created them again."""
    directory = MemoryDirectory({"Ops": [person(name) for name in NAMES]})
    directory.lies = {"Ops": GroupAnswer("empty")}
    directory.entries = dict.fromkeys(NAMES, "unknown")

    first = pulled(acme(), HELD, directory=directory)
    directory.lies = {}
    second = pulled(acme(), HELD, directory=directory)

    assert (changes(first), people(first)) == ([], ADDRESSES)
    assert exit_code(first.report, detailed=False) == 5
    assert (changes(second), second.report.unbelieved) == ([], ())


def test_lists_that_lack_people_of_many_groups_remove_only_the_suspended_one() -> None:
    """Awslabs/ssosync 236: two people were suspended, and many others lost groups until the next run."""
    teams = [team(name, members=from_group(name)) for name in ("one", "two")]
    held = lock(
        acme_one={"members": [row(each) for each in NAMES]}, acme_two={"members": [row("ana"), row("bo")]}
    )
    everybody = [person(name, active=name != "hal") for name in NAMES]
    directory = MemoryDirectory({"one": everybody, "two": [person("ana"), person("bo")]})
    directory.lies = {"two": GroupAnswer("complete", (person("ana"),))}

    found = pulled(acme(*teams), held, directory=directory)

    assert changes(found) == ["remove hal@acme.example"]
    assert people(found, "acme/two members") == ["ana@acme.example", "bo@acme.example"]
    assert [each.group for each in found.report.unbelieved] == ["two"]


def test_people_whom_the_directory_never_had_are_not_touched() -> None:
    """Awslabs/ssosync 88: a run deleted accounts and groups that the source never had."""
    teams = team("ops", members=from_group("Ops")), team("audit"), team("catalog", members=["x@acme.example"])
    directory = MemoryDirectory({"Ops": [person("ana")]})

    found = pulled(acme(*teams), lock(acme_ops={"members": [row("ana")]}), directory=directory)

    assert not found.report.changed
    assert {each.team for each in found.lists} == {"acme/ops"}


def test_a_changed_primary_address_is_one_change_and_everything_else_goes_on() -> None:
    """Awslabs/ssosync 353: after one primary address changed, every run ended before its first write."""
    directory = MemoryDirectory(
        {"Ops": [person("ana", "ana@new.example"), *map(person, NAMES[1:]), person("new")]}
    )

    first = pulled(acme(), HELD, directory=directory)
    again = pulled(acme(), lock(acme_ops={"members": _rows(first)}), directory=directory)

    assert changes(first) == ["address ana@new.example", "add new@acme.example"]
    assert not again.report.changed


def test_a_changed_address_never_makes_a_second_person() -> None:
    """Slashdevops/idp-scim-sync 57: a known user with a new domain was created again: a conflict."""
    directory = MemoryDirectory({"Ops": [person("ana", "ana@bar.example")]})

    found = pulled(acme(), lock(acme_ops={"members": [row("ana", "ana@foo.example")]}), directory=directory)

    assert _rows(found) == [row("ana", "ana@bar.example", "ana@foo.example")]
    assert found.report.summary.added == 0


def test_a_member_list_that_is_always_empty_removes_nobody() -> None:
    """Goauthentik/authentik 23005: a SCIM server answers each group without members, whoever is in it."""
    directory = MemoryDirectory({"Ops": [person(name) for name in NAMES]})
    directory.lies = {"Ops": GroupAnswer("empty")}

    found = pulled(acme(), HELD, directory=directory)

    assert people(found) == ADDRESSES
    reason = (
        "partial: 8 people are missing, but by their own entries still in the group: ana@acme.example,"
        " bo@acme.example, cy@acme.example and 5 more"
    )
    assert reasons(found.report) == [reason]


def test_the_last_member_leaves() -> None:
    """Goauthentik/authentik 25003: nobody was removed from a group where the list became empty."""
    found = pulled(acme(), lock(acme_ops={"members": [row("ana")]}), directory=MemoryDirectory({"Ops": []}))

    assert (changes(found), people(found)) == (["remove ana@acme.example"], [])
    assert exit_code(found.report, detailed=False) == 0


def _rows(found: Pulled) -> list[dict[str, object]]:
    return [row(each.id, each.email, *each.previously) for people in found.lists.values() for each in people]
