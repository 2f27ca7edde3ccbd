"""Teams whose people come from a source: memberships are made from people.lock."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import diff
from reconciler.model.document import Document
from reconciler.model.resource import Desired
from tests.builders import partner, people, team
from tests.diff.test_diff import outcome
from tests.laws import examples
from tests.states import TODAY, holding, live, made, member, wanted

SOURCE = {"from": "directory", "group": "Acme Developers"}
ANA, BO, CY = "ana@acme.example", "bo@acme.example", "cy@acme.example"


def from_source(name: str = "dev", **fields: Any) -> dict[str, Any]:
    return {**team(name, members=SOURCE), **fields}


def memberships(desired: Desired) -> dict[str, str]:
    return {
        each.id.removeprefix("membership/"): each.fields["role"]
        for each in desired.resources.values()
        if each.kind == "membership"
    }


def test_members_come_from_people_lock_with_their_place_there() -> None:
    lock = people({"acme/dev": {"members": [BO, "CY@acme.example"]}})
    made = wanted(partner("acme", from_source()), lock)

    assert (memberships(made), made.delegated, made.not_pulled) == (
        {f"acme/dev/{ANA}": "admin", f"acme/dev/{BO}": "member", f"acme/dev/{CY}": "member"},
        frozenset(),
        {},
    )
    origin = made.resources[f"membership/acme/dev/{CY}"].origin
    assert origin is not None
    assert str(origin.source) == "people.lock:12:9"


def test_an_admin_is_not_also_a_member() -> None:
    both = {**from_source(), "admins": {"from": "directory", "group": "Leads"}}
    lock = people({"acme/dev": {"admins": [BO], "members": [BO, CY]}})

    assert memberships(wanted(partner("acme", both), lock)) == {
        f"acme/dev/{BO}": "admin",
        f"acme/dev/{CY}": "member",
    }
    assert memberships(
        wanted(partner("acme", from_source()), people({"acme/dev": {"members": [ANA, CY]}}))
    ) == {f"acme/dev/{ANA}": "admin", f"acme/dev/{CY}": "member"}


def test_an_admin_who_has_ended_can_be_a_member() -> None:
    ended = from_source(admins=[{"email": BO, "until": "2026-01-01"}])

    assert memberships(wanted(partner("acme", ended), people({"acme/dev": {"members": [BO]}}))) == {
        f"acme/dev/{BO}": "member"
    }


def test_blocked_people_and_ended_teams_count_as_for_listed_people() -> None:
    lock = people({"acme/dev": {"members": [BO, CY]}, "acme/old": {"members": [BO]}})
    made = wanted(partner("acme", from_source(), from_source("old", status="ended"), blocked=[BO]), lock)

    assert memberships(made) == {f"acme/dev/{ANA}": "admin", f"acme/dev/{CY}": "member"}
    assert {each: why for each, why in made.because.items() if each.startswith("membership")} == {
        f"membership/acme/dev/{BO}": "blocked",
        f"membership/acme/old/{BO}": "blocked",
        f"membership/acme/old/{ANA}": "ended",
    }


@pytest.mark.parametrize(
    ("renamed", "key"),
    [
        (partner("acme", from_source("dev", previously="devs")), "acme/devs"),
        (partner("acme", from_source("dev", previously="globex/dev")), "globex/dev"),
        (partner("acme", from_source(), metadata={"previously": "acme-gmbh"}), "acme-gmbh/dev"),
        (
            partner("acme", from_source("dev", previously="devs"), metadata={"previously": "acme-gmbh"}),
            "acme-gmbh/devs",
        ),
    ],
)
def test_a_renamed_team_keeps_its_people(renamed: Document, key: str) -> None:
    made = wanted(renamed, people({key: {"members": [BO]}}))

    assert memberships(made) == {f"acme/dev/{ANA}": "admin", f"acme/dev/{BO}": "member"}


def test_rows_of_a_renamed_team_are_not_those_of_a_new_team_with_its_name() -> None:
    """The directory has not been read for either; nobody may get into the new team by its name."""
    made = wanted(
        partner("acme", from_source("dev"), from_source("ops", previously="dev")),
        people({"acme/dev": {"members": [BO]}}),
    )

    assert (memberships(made), made.not_pulled) == (
        {f"acme/dev/{ANA}": "admin", f"acme/ops/{ANA}": "admin", f"acme/ops/{BO}": "member"},
        {"team/acme/dev": frozenset({"member"})},
    )


@pytest.mark.parametrize(
    "lock",
    [
        [],
        [people({})],
        [people({"acme/dev": {"admins": [BO]}})],
        [people({"acme/dev": {"members": [{"email": BO, "source": "other"}]}})],
    ],
)
def test_a_list_that_was_never_read_neither_adds_nor_removes_anybody(lock: list[Document]) -> None:
    files = (partner("acme", from_source()), *lock)
    held = [*holding(*files), member(CY, "acme/dev"), member(BO, "acme/dev", "admin")]

    assert (outcome(diff(wanted(*files), live(held)))) == [f"delete membership/acme/dev/{BO}"]
    assert memberships(wanted(*files)) == {f"acme/dev/{ANA}": "admin"}


def test_an_empty_list_is_known_to_be_empty() -> None:
    files = (partner("acme", from_source()), people({"acme/dev": {"members": []}}))

    assert outcome(diff(wanted(*files), live([*holding(*files), member(CY, "acme/dev")]))) == [
        f"delete membership/acme/dev/{CY}"
    ]


def test_rows_of_another_source_are_not_members() -> None:
    lock = people({"acme/dev": {"members": [BO, {"email": CY, "source": "other"}]}})

    assert memberships(wanted(partner("acme", from_source()), lock)) == {
        f"acme/dev/{ANA}": "admin",
        f"acme/dev/{BO}": "member",
    }


def test_admins_stay_admins_as_long_as_their_list_was_never_read() -> None:
    """Neither a list of members nor delegation changes who is an admin."""
    leads = {"from": "directory", "group": "Leads"}
    for fields in ({"members": SOURCE}, {"members": "delegated"}, {"members": [BO, CY]}):
        files = (
            partner("acme", {"name": "dev", "admins": leads, **fields}),
            people({"acme/dev": {"members": [BO, CY]}}),
        )
        held = [*holding(*files), member(ANA, "acme/dev", "admin"), member(BO, "acme/dev", "admin")]
        kept = {each.id: each for each in held}

        assert diff(wanted(*files), live(kept.values())).changes == ()


def test_blocked_and_expired_people_leave_a_list_that_was_never_read() -> None:
    files = (partner("acme", from_source(), blocked=[BO]),)
    held = [
        *holding(*files),
        member(BO, "acme/dev"),
        member(CY, "acme/dev", fields={"until": "2026-01-01"}),
    ]

    assert outcome(diff(wanted(*files), live(held))) == [
        f"delete membership/acme/dev/{BO} (blocked)",
        f"delete membership/acme/dev/{CY} (expired)",
    ]


def test_the_day_does_not_matter_to_people_of_a_source() -> None:
    files = (partner("acme", from_source()), people({"acme/dev": {"members": [BO]}}))

    assert wanted(*files, today="2036-01-01").resources.keys() == wanted(*files, today=TODAY).resources.keys()


ROLES = st.sampled_from(["admin", "member"])
STATES = st.sampled_from(["active", "invited", "declined", None])
ADDRESSES = st.sampled_from([f"p{number}@acme.example" for number in range(4)])


@given(
    held=st.dictionaries(ADDRESSES, st.tuples(ROLES, STATES)),
    admins=st.none() | st.lists(ADDRESSES, unique=True),
    members=st.none() | st.lists(ADDRESSES, unique=True),
    delegated=st.booleans(),
)
@examples(150)
def test_a_role_that_was_never_read_gains_and_loses_nobody(
    held: dict[str, tuple[str, str | None]], admins: Any, members: Any, *, delegated: bool
) -> None:
    known = {role: rows for role, rows in (("admins", admins), ("members", members)) if rows is not None}
    fields = {"name": "dev", "admins": SOURCE, "members": "delegated" if delegated else SOURCE}
    files = (partner("acme", fields), people({"acme/dev": known}))
    people_held = [member(each, "acme/dev", role, state=state) for each, (role, state) in held.items()]
    state = live([*holding(*files[:1]), *people_held])
    unread = {"admin"} if admins is None else set()
    unread |= {"member"} if members is None and not delegated else set()
    after = made(state, diff(wanted(*files), state).changes, "our-company")
    roles = {each.id: each.fields["role"] for each in after.resources.values() if each.kind == "membership"}

    for each in people_held:
        role = each.fields["role"]
        # A member can become an admin by a list of admins, and then is not a member.
        assert role not in unread or roles.get(each.id) in {role, "admin"}
    was = {each.id: each.fields["role"] for each in people_held}
    assert [each for each, role in roles.items() if role in unread and was.get(each) != role] == []
    assert diff(wanted(*files), after).changes == ()
