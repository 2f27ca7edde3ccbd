"""What a pull believes: who is added, who is removed, and whose list is not believed."""

import pytest

from reconciler.errors import InputError
from reconciler.model.directory import DirectoryPerson, Evidence, GroupAnswer
from reconciler.model.document import Document
from reconciler.workflow.people_pull import PullOptions, exit_code
from tests.builders import partner, team
from tests.sources.directories import MemoryDirectory, person
from tests.sources.pulling import acme, changes, from_group, lines, lock, people, pulled, reasons, row

ANA, BO, CY = person("ana"), person("bo"), person("cy")
HELD = lock(acme_ops={"members": [row("ana"), row("bo")]})


def test_the_first_complete_list_is_written_sorted_with_source_id_and_address() -> None:
    found = pulled(acme(), directory=MemoryDirectory({"Ops": [BO, ANA]}))

    assert lines(found) == [
        "    acme/ops:",
        "      members:",
        '        - {source: directory, id: "ana", email: ana@acme.example}',
        '        - {source: directory, id: "bo", email: bo@acme.example}',
    ]
    assert changes(found) == ["add ana@acme.example", "add bo@acme.example"]
    assert exit_code(found.report, detailed=False) == 0


def test_each_source_is_asked_once_for_all_its_groups() -> None:
    directory = MemoryDirectory({"Ops": [ANA], "Leads": [BO]})
    teams = team("ops", members=from_group("Ops")), team("web", members=from_group("Ops"))
    teams[0]["admins"] = from_group("Leads")

    found = pulled(acme(*teams), directory=directory)

    assert directory.reads == [("Leads", "Ops")]
    assert people(found, "acme/ops admins") == ["bo@acme.example"]
    assert people(found, "acme/web members") == ["ana@acme.example"]


def test_a_complete_list_adds_and_removes_after_a_confirmation() -> None:
    directory = MemoryDirectory({"Ops": [ANA, CY]})

    found = pulled(acme(), HELD, directory=directory)

    assert changes(found) == ["remove bo@acme.example", "add cy@acme.example"]
    assert directory.confirmed == [("Ops", ("bo",))]


@pytest.mark.parametrize("evidence", ["left", "unknown"])
def test_a_complete_list_removes_whom_nothing_contradicts(evidence: Evidence) -> None:
    directory = MemoryDirectory({"Ops": [ANA]})
    directory.entries = {"bo": evidence}

    assert people(pulled(acme(), HELD, directory=directory)) == ["ana@acme.example"]


def test_a_list_that_an_own_entry_contradicts_removes_nobody_and_adds() -> None:
    directory = MemoryDirectory({"Ops": [CY]})
    directory.entries = {"ana": "left", "bo": "member"}

    found = pulled(acme(), HELD, directory=directory)

    assert people(found) == ["ana@acme.example", "bo@acme.example", "cy@acme.example"]
    assert reasons(found.report) == [
        "partial: 1 person is missing, but by its own entry still in the group: bo@acme.example"
    ]
    assert exit_code(found.report, detailed=False) == 5


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (GroupAnswer("absent"), "absent: there is no such group"),
        (GroupAnswer("partial", (ANA,), "page 2 is missing"), "partial: page 2 is missing"),
        (GroupAnswer("absent", (), "it was deleted"), "absent: it was deleted"),
    ],
)
def test_an_absent_or_partial_list_removes_nobody(answer: GroupAnswer, reason: str) -> None:
    directory = MemoryDirectory({})
    directory.lies = {"Ops": answer}

    found = pulled(acme(), HELD, directory=directory)

    assert people(found) == ["ana@acme.example", "bo@acme.example"]
    assert directory.confirmed == []
    assert reasons(found.report) == [reason]


@pytest.mark.parametrize(
    "answer", [GroupAnswer("partial", (ANA,)), GroupAnswer("empty"), GroupAnswer("absent")]
)
def test_a_list_that_was_never_read_begins_only_with_a_complete_one(answer: GroupAnswer) -> None:
    directory = MemoryDirectory({})
    directory.lies = {"Ops": answer}

    assert people(pulled(acme(), directory=directory)) is None


def test_an_empty_group_of_a_new_team_is_no_error() -> None:
    found = pulled(acme(), directory=MemoryDirectory({"Ops": []}))

    assert [each.text for each in found.report.notes] == [
        "the group has no people, so acme/ops members stays without a list until it has"
    ]
    assert exit_code(found.report, detailed=True) == 0


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ((), 0),
        ((lock(acme_ops={"members": []}),), 0),
        ((lock(acme_ops={"members": [row("ana")]}),), 5),
        # The team had its people from another source, and keeps them.
        ((lock(acme_ops={"members": [row("ana", source="other")]}),), 5),
    ],
)
def test_a_group_that_does_not_exist_is_an_error_only_where_people_stay_because_of_it(
    held: tuple[Document, ...], code: int
) -> None:
    found = pulled(acme(), *held, directory=MemoryDirectory({}))

    assert (exit_code(found.report, detailed=False), len(found.report.notes)) == (code, int(code == 0))


def test_an_empty_list_removes_only_who_certainly_left() -> None:
    directory = MemoryDirectory({"Ops": []})
    directory.entries = {"ana": "left", "bo": "unknown"}

    found = pulled(acme(), HELD, directory=directory)

    assert people(found) == ["bo@acme.example"]
    assert reasons(found.report) == ["empty: the list is empty, but nothing confirms that 1 person has left"]


def test_a_list_in_which_everybody_is_disabled_counts_as_empty() -> None:
    directory = MemoryDirectory({"Ops": [person("ana", active=False), person("bo", active=False)]})
    directory.entries = {"ana": "unknown", "bo": "unknown"}

    assert people(pulled(acme(), HELD, directory=directory)) == ["ana@acme.example", "bo@acme.example"]


def test_a_disabled_account_leaves() -> None:
    directory = MemoryDirectory({"Ops": [ANA, person("bo", active=False)]})

    assert changes(pulled(acme(), HELD, directory=directory)) == ["remove bo@acme.example"]


def test_a_changed_address_is_the_same_person_and_the_old_one_is_kept() -> None:
    directory = MemoryDirectory({"Ops": [person("ana", "Ana.Maria@Acme.example"), BO]})

    found = pulled(acme(), HELD, directory=directory)

    assert lines(found)[2] == (
        '        - {source: directory, id: "ana", email: ana.maria@acme.example,'
        " previously: [ana@acme.example]}"
    )
    assert changes(found) == ["address ana.maria@acme.example"]


def test_a_former_address_that_returns_is_former_no_longer() -> None:
    held = lock(acme_ops={"members": [row("ana", "b@acme.example", "a@acme.example")]})
    directory = MemoryDirectory({"Ops": [person("ana", "a@acme.example")]})

    assert lines(pulled(acme(), held, directory=directory))[2].endswith("previously: [b@acme.example]}")


def test_five_former_addresses_are_kept() -> None:
    held = lock(acme_ops={"members": [row("ana", "f@a.example", *(f"{each}@a.example" for each in "edcba"))]})
    directory = MemoryDirectory({"Ops": [person("ana", "g@a.example")]})

    assert lines(pulled(acme(), held, directory=directory))[2].endswith(
        "previously: [f@a.example, e@a.example, d@a.example, c@a.example, b@a.example]}"
    )


def test_an_address_changes_also_in_teams_whose_list_is_partial() -> None:
    held = lock(acme_ops={"members": [row("ana")]}, acme_web={"members": [row("ana")]})
    teams = team("ops", members=from_group("Ops")), team("web", members=from_group("Web"))
    directory = MemoryDirectory({"Ops": [person("ana", "new@acme.example")]})
    directory.lies = {"Web": GroupAnswer("partial")}

    assert people(pulled(acme(*teams), held, directory=directory), "acme/web members") == ["new@acme.example"]


def test_a_former_address_of_another_person_now_gives_no_access() -> None:
    held = lock(acme_ops={"members": [row("ana", "ana@acme.example", "a@acme.example")]})
    teams = team("ops", members=from_group("Ops")), team("web", members=from_group("Web"))
    directory = MemoryDirectory({"Ops": [ANA], "Web": [person("amy", "a@acme.example")]})

    found = pulled(acme(*teams), held, directory=directory)

    assert lines(found)[2] == '        - {source: directory, id: "ana", email: ana@acme.example}'


def test_people_can_swap_their_addresses() -> None:
    directory = MemoryDirectory({"Ops": [person("ana", "bo@acme.example"), person("bo", "ana@acme.example")]})

    found = pulled(acme(), HELD, directory=directory)

    assert [(each.id, each.email, each.previously) for each in next(iter(found.lists.values()))] == [
        ("bo", "ana@acme.example", ()),
        ("ana", "bo@acme.example", ()),
    ]


def test_an_address_under_a_new_id_changes_no_membership() -> None:
    directory = MemoryDirectory({"Ops": [person("ana2", "ana@acme.example"), BO]})

    found = pulled(acme(), HELD, directory=directory)

    assert changes(found) == ["id ana@acme.example"]
    assert [each.previous_id for each in found.report.changes] == ["ana"]


def test_an_address_that_another_person_still_has_is_not_added() -> None:
    directory = MemoryDirectory({})
    directory.lies = {"Ops": GroupAnswer("partial", (person("ana2", "ana@acme.example"), CY))}

    found = pulled(acme(), HELD, directory=directory)

    assert people(found) == ["ana@acme.example", "bo@acme.example", "cy@acme.example"]
    assert [each.text for each in found.report.notes] == [
        "acme/ops: not added, because other people still have the same address: ana@acme.example"
    ]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([ANA, CY, person("cy2", "CY@acme.example")], "cy@acme.example belongs to several ids: cy, cy2"),
        (
            [ANA, CY, person("cy", "c@acme.example")],
            "cy has several addresses: c@acme.example, cy@acme.example",
        ),
        ([ANA, CY, person("ana", active=False)], "ana is both active and disabled"),
    ],
)
def test_a_list_that_contradicts_itself_removes_nobody(rows: list[DirectoryPerson], reason: str) -> None:
    found = pulled(acme(), HELD, directory=MemoryDirectory({"Ops": rows}))

    assert "remove bo@acme.example" not in changes(found)
    assert reasons(found.report) == [f"partial: {reason}"]


def test_an_id_with_two_addresses_in_two_groups_makes_both_partial() -> None:
    teams = team("ops", members=from_group("Ops")), team("web", members=from_group("Web"))
    directory = MemoryDirectory({"Ops": [ANA], "Web": [person("ana", "other@acme.example")]})

    assert len(pulled(acme(*teams), HELD, directory=directory).report.unbelieved) == 2


def test_the_same_row_twice_is_one_person() -> None:
    found = pulled(acme(), directory=MemoryDirectory({"Ops": [ANA, person("ana", "ANA@acme.example")]}))

    assert people(found) == ["ana@acme.example"]


def test_a_person_whose_address_is_gone_keeps_the_last_one() -> None:
    rows = (ANA, DirectoryPerson("bo", ""))

    assert people(pulled(acme(), HELD, directory=MemoryDirectory({"Ops": rows}))) == [
        "ana@acme.example",
        "bo@acme.example",
    ]


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (person("x", "a b@c.example"), "a b@c.example is not a valid address, so x is not added"),
        (person("x", "a@c.example\n::set"), r"a@c.example\n::set is not a valid address, so x is not added"),
        (person("x", "a\u202eb@c.example"), r"a\u202eb@c.example is not a valid address, so x is not added"),
        (person("x\x1b[2J", "a@c.example"), r"the id x\x1b[2J cannot be used, so this person is not added"),
        (
            person("x", f"{'a' * 10_000}@c.example"),
            f"{'a' * 100}… is not a valid address, so x is not added",
        ),
    ],
)
def test_what_cannot_be_used_is_named_and_not_added(row: DirectoryPerson, note: str) -> None:
    found = pulled(acme(), directory=MemoryDirectory({"Ops": [ANA, row]}))

    assert people(found) == ["ana@acme.example"]
    assert [each.text for each in found.report.notes] == [note]


def test_a_list_without_any_address_is_not_believed() -> None:
    found = pulled(acme(), directory=MemoryDirectory({"Ops": [DirectoryPerson("x", "")]}))

    assert people(found) is None
    assert reasons(found.report) == ["partial: nobody in it has a valid address"]


def test_a_source_that_cannot_be_read_changes_nothing_and_the_others_count() -> None:
    documents = acme(), partner("bolt", team("ops", members=from_group("Bolt", "other")))
    broken = MemoryDirectory({})
    broken.broken = "401: the token is not valid"

    found = pulled(*documents, HELD, directory=broken, other=MemoryDirectory({"Bolt": [CY]}))

    assert people(found) == ["ana@acme.example", "bo@acme.example"]
    assert people(found, "bolt/ops members") == ["cy@acme.example"]
    assert [(each.name, each.outcome, each.reason) for each in found.report.sources] == [
        ("directory", "failed", "401: the token is not valid"),
        ("other", "applied", ""),
    ]
    assert exit_code(found.report, detailed=True) == 5


def test_only_a_chosen_source_is_read() -> None:
    documents = acme(), partner("bolt", team("ops", members=from_group("Bolt", "other")))
    directory = MemoryDirectory({"Ops": [CY]})

    found = pulled(
        *documents,
        HELD,
        options=PullOptions(sources=("other",)),
        directory=directory,
        other=MemoryDirectory({"Bolt": [CY]}),
    )

    assert directory.reads == []
    assert changes(found) == ["add cy@acme.example"]


def test_only_removals_writes_who_left_and_nothing_else() -> None:
    held = lock(acme_ops={"admins": [row("dan")], "members": [row("ana"), row("bo"), row("eve")]})
    teams = team("ops", members=from_group("Ops"))
    teams["admins"] = from_group("Leads")
    directory = MemoryDirectory(
        {
            "Ops": [person("ana", "new@acme.example"), CY, person("dan"), person("eve2", "eve@acme.example")],
            "Leads": [CY],
        }
    )

    found = pulled(acme(teams), held, options=PullOptions(only_removals=True), directory=directory)

    assert changes(found) == ["remove bo@acme.example"]
    assert people(found) == ["ana@acme.example", "eve@acme.example"]
    assert people(found, "acme/ops admins") == ["dan@acme.example"]


def test_a_complete_list_of_another_source_replaces_the_people_of_the_former_one() -> None:
    held = lock(acme_ops={"members": [row("1", "ana@acme.example", source="ldap"), row("2", source="ldap")]})

    found = pulled(acme(), held, directory=MemoryDirectory({"Ops": [ANA]}))

    assert changes(found) == ["remove 2@acme.example", "id ana@acme.example"]


def test_the_people_of_a_former_source_stay_until_the_new_one_has_a_complete_list() -> None:
    held = lock(acme_ops={"members": [row("1", "ana@acme.example", source="ldap"), row("2", source="ldap")]})
    directory = MemoryDirectory({})
    directory.lies = {"Ops": GroupAnswer("partial", (ANA,))}

    assert not pulled(acme(), held, directory=directory).report.changed


def test_a_team_that_no_longer_names_a_group_is_released() -> None:
    found = pulled(acme(team("ops")), HELD, directory=MemoryDirectory({}))

    assert lines(found) == [" {}"]
    assert found.report.released == ("acme/ops members",)


def test_ended_teams_and_partners_are_not_read() -> None:
    directory = MemoryDirectory({"Ops": [ANA]})
    ended = acme(team("ops", members=from_group("Ops"), status="ended"))
    gone = partner("bolt", team("ops", members=from_group("Ops")), status="ended")

    pulled(ended, gone, directory=directory)

    assert directory.reads == []


def test_a_renamed_team_keeps_its_people_and_gets_its_new_name_in_the_file() -> None:
    renamed = acme(team("platform", members=from_group("Ops"), previously="ops"))
    directory = MemoryDirectory({"Ops": [ANA]})

    found = pulled(renamed, HELD, directory=directory)
    removals = pulled(renamed, HELD, options=PullOptions(only_removals=True), directory=directory)

    assert (changes(found), found.report.renamed) == (
        ["remove bo@acme.example"],
        ("acme/ops to acme/platform",),
    )
    assert [each.team for each in found.lists] == ["acme/platform"]
    assert [each.team for each in removals.lists] == ["acme/ops"]


def test_a_row_that_is_twice_in_the_file_is_written_once() -> None:
    held = lock(acme_ops={"members": [row("ana"), row("ana"), row("bo")]})

    found = pulled(acme(), held, directory=MemoryDirectory({"Ops": [ANA, BO]}))

    assert (found.report.changed, changes(found)) == (True, [])
    assert people(found) == ["ana@acme.example", "bo@acme.example"]


def test_a_person_who_may_have_another_role_now_stays_until_that_list_is_believed() -> None:
    ops = {**team("ops", members=from_group("Ops")), "admins": from_group("Leads")}
    held = lock(acme_ops={"admins": [row("ana")], "members": [row("bo"), row("cy")]})
    directory = MemoryDirectory({"Ops": [CY], "Leads": [ANA, BO]})
    directory.lies = {"Leads": GroupAnswer("partial", (ANA,))}

    first = pulled(acme(ops), held, directory=directory)
    directory.lies = {"Leads": GroupAnswer("complete", (ANA,))}
    second = pulled(acme(ops), held, directory=directory)
    directory.lies = {}
    third = pulled(acme(ops), held, directory=directory)

    assert (changes(first), changes(second)) == ([], [])
    assert changes(third) == ["add bo@acme.example", "remove bo@acme.example"]


def test_a_removal_that_nothing_confirms_waits_for_a_list_that_is_not_there() -> None:
    ops = {**team("ops", members=from_group("Ops")), "admins": from_group("Leads")}
    held = lock(acme_ops={"admins": [row("ana")], "members": [row("bo"), row("cy")]})
    directory = MemoryDirectory({"Ops": [CY], "Leads": [ANA]})
    directory.lies = {"Leads": GroupAnswer("absent")}
    directory.entries = {"bo": "unknown"}

    assert changes(pulled(acme(ops), held, directory=directory)) == []


def test_a_person_who_left_a_team_leaves_although_its_other_list_is_partial() -> None:
    ops = {**team("ops", members=from_group("Ops")), "admins": from_group("Leads")}
    held = lock(acme_ops={"admins": [row("ana")], "members": [row("bo"), row("cy")]})
    directory = MemoryDirectory({"Ops": [CY], "Leads": [ANA]})
    directory.lies = {"Leads": GroupAnswer("partial", ())}

    assert changes(pulled(acme(ops), held, directory=directory)) == ["remove bo@acme.example"]


def test_a_confirmation_that_fails_removes_nobody() -> None:
    directory = MemoryDirectory({"Ops": [ANA]})
    directory.silent = "503"

    found = pulled(acme(), HELD, directory=directory)

    assert people(found) == ["ana@acme.example", "bo@acme.example"]
    assert reasons(found.report) == ["partial: nobody could confirm who left: 503"]


def test_files_with_errors_are_refused() -> None:
    broken = lock(acme_ops={"members": [{"source": "directory", "id": "x"}]})

    with pytest.raises(InputError, match=r"the files have errors: people\.lock"):
        pulled(acme(), broken, directory=MemoryDirectory({"Ops": [ANA]}))
