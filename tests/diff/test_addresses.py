"""A changed address is the same person: no removal, no second invitation, and nothing left to plan."""

from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import at_live_addresses, branch, diff, effective_renames
from reconciler.model.document import Document
from reconciler.model.kinds import person_of
from reconciler.model.plan import Change
from reconciler.model.resource import Desired, Live, Resource
from tests.builders import partner, people
from tests.diff.test_diff import outcome
from tests.laws import examples
from tests.states import holding, live, made, member, wanted

OLD, OLDER, NEW, BO = "ana.old@acme.example", "ana@old.example", "ana.new@acme.example", "bo@acme.example"
ACTIVE = {None, "active"}


def files(*rows: dict[str, Any], admins: Any = ("root@acme.example",), **fields: Any) -> list[Document]:
    """Return a team whose members come from a source, and people.lock with these rows."""
    source = {"from": "directory", "group": "Developers"}
    dev = {"name": "dev", "admins": list(admins), "members": source, **fields}
    return [partner("acme", dev), people({"acme/dev": {"members": list(rows)}})]


def against(state: Live, *documents: Document) -> tuple[Desired, tuple[Change, ...]]:
    desired = wanted(*documents)
    desired = at_live_addresses(desired, state, effective_renames(desired, state))
    return desired, diff(desired, state).changes


def changes(held: list[Resource], *documents: Document) -> list[str]:
    state = live([*holding(*files()), *held])
    return outcome(diff(against(state, *documents)[0], state))


def ana(*previously: str) -> dict[str, Any]:
    return {"id": "1", "email": NEW, "previously": list(previously)}


def in_dev(address: str, state: str | None = "active", role: str = "member") -> Resource:
    return member(address, "acme/dev", role, state=state)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], [f"create membership/acme/dev/{NEW}"]),
        ([in_dev(NEW)], []),
        ([in_dev(OLD)], []),
        ([in_dev(OLDER)], []),
        ([in_dev(OLD, "invited")], []),
        ([in_dev(OLD, "declined")], []),
        ([in_dev(OLD, None)], []),
        # The invitation to the former address has expired, so that the new one gets the next.
        (
            [in_dev(OLD, "expired")],
            [f"create membership/acme/dev/{NEW}", f"delete membership/acme/dev/{OLD} (expired)"],
        ),
        # Both stay until the person has accepted under the new address.
        ([in_dev(OLD), in_dev(NEW, "invited")], []),
        ([in_dev(OLD), in_dev(NEW)], [f"delete membership/acme/dev/{OLD}"]),
        (
            [in_dev(OLD), in_dev(NEW, "expired")],
            [f"delete membership/acme/dev/{NEW} (expired)"],
        ),
        ([in_dev(OLD, role="admin")], [f"update membership/acme/dev/{OLD}"]),
    ],
)
def test_a_person_keeps_the_membership_under_a_former_address(
    held: list[Resource], expected: list[str]
) -> None:
    assert changes(held, *files(ana(OLD, OLDER))) == expected


def test_an_address_that_another_person_has_now_is_not_that_of_its_former_owner() -> None:
    rows = [ana(OLD), {"id": "2", "email": OLD}]

    assert changes([in_dev(OLD)], *files(*rows)) == [f"create membership/acme/dev/{NEW}"]
    elsewhere = [
        *files(ana(OLD))[:1],
        people({"acme/dev": {"members": [ana(OLD)]}, "b/x": {"members": [OLD]}}),
    ]
    assert changes([in_dev(OLD)], *elsewhere) == [
        f"create membership/acme/dev/{NEW}",
        f"delete membership/acme/dev/{OLD}",
    ]


def test_two_people_with_one_former_address_do_not_share_a_membership() -> None:
    source = {"from": "directory", "group": "Developers"}
    documents = [
        partner("acme", {"name": "dev", "admins": source, "members": source}),
        people(
            {"acme/dev": {"admins": [ana(OLD)], "members": [{"id": "2", "email": BO, "previously": [OLD]}]}}
        ),
    ]
    state = live([*holding(*documents[:1]), in_dev(OLD, role="admin")])

    assert outcome(diff(against(state, *documents)[0], state)) == [f"create membership/acme/dev/{BO}"]


@pytest.mark.parametrize("blocked", [NEW, OLD])
def test_a_person_is_blocked_under_all_addresses(blocked: str) -> None:
    plain, lock = files(ana(OLD))
    assert plain.body is not None
    barred = partner("acme", plain.data["spec"]["teams"][0], blocked=[blocked])

    assert changes([in_dev(OLD)], barred, lock) == [
        "update partner/acme",
        f"delete membership/acme/dev/{OLD} (blocked)",
    ]
    assert wanted(barred, lock).blocked == {"acme": frozenset({NEW, OLD})}


def test_a_renamed_team_keeps_people_under_former_addresses() -> None:
    before = files({"id": "1", "email": OLD})
    renamed = partner(
        "acme2",
        {**before[0].data["spec"]["teams"][0], "name": "devs", "previously": "dev"},
        metadata={"previously": "acme"},
    )
    state = live(holding(*before))
    lock = people({"acme/dev": {"members": [ana(OLD)]}})

    assert [
        each for each in outcome(diff(against(state, renamed, lock)[0], state)) if "membership" in each
    ] == []


def test_a_branch_that_records_a_new_address_changes_nothing() -> None:
    base, head = files({"id": "1", "email": OLD}), files(ana(OLD))
    state = live(holding(*base))
    found = branch(against(state, *head)[0], against(state, *base)[0], state)

    assert (found.difference.changes, found.drift) == ((), ())


def applied(state: Live, planned: tuple[Change, ...]) -> Live:
    """Return the state after the changes; an update accepts no invitation."""
    after = made(state, planned, "our-company")
    updated = {each.id for each in planned if each.action == "update"} & state.resources.keys()
    kept = {
        each: msgspec.structs.replace(after.resources[each], state=state.resources[each].state)
        for each in updated
    }
    return msgspec.structs.replace(after, resources={**after.resources, **kept})


class World(NamedTuple):
    """Rows of a team, what the portal has, and the address of each person in the portal's own records."""

    rows: list[dict[str, Any]]
    held: list[Resource]


@st.composite
def worlds(draw: Any) -> World:
    """Return people with former addresses, and a portal that has them under any of these, or others."""
    number = draw(st.integers(0, 5))
    rows: list[dict[str, Any]] = []
    held: list[Resource] = []
    states = st.sampled_from(["active", "active", "invited", "declined", "expired", None])
    for each in range(number):
        addresses = [f"p{each}-{at}@acme.example" for at in range(draw(st.integers(1, 3)))]
        # A source can give an address to another person later.
        if each and draw(st.integers(0, 4)) == 0:
            addresses.append(rows[-1]["email"])
        rows.append({"id": str(each), "email": addresses[0], "previously": addresses[1:]})
        live_under = draw(st.lists(st.sampled_from(addresses), unique=True, max_size=2))
        held += [
            in_dev(address, draw(states), draw(st.sampled_from(["member", "admin"])))
            for address in live_under
        ]
    held += [in_dev(f"x{each}@acme.example") for each in range(draw(st.integers(0, 2)))]
    return World(rows, list({each.id: each for each in held}.values()))


def of(row: dict[str, Any], world: World) -> set[str]:
    """Return the addresses that are those of a person: another one may have a former address now."""
    now = {each["email"] for each in world.rows if each is not row}
    return {row["email"], *row["previously"]} - now


def members(state: Live, among: set[str | None]) -> set[str]:
    return {
        person_of(each.id)
        for each in state.resources.values()
        if each.kind == "membership" and each.state in among
    }


@given(worlds())
@examples(120)
def test_nobody_loses_access_and_nobody_is_invited_twice(world: World) -> None:
    documents = files(*world.rows)
    before = live([*holding(*files()), *world.held])
    planned = against(before, *documents)[1]
    after = applied(before, planned)
    invited = {
        person_of(each.id) for each in planned if each.kind == "membership" and each.action == "create"
    }
    had, pending = members(before, ACTIVE), members(before, {"invited", "declined", *ACTIVE})

    for row in world.rows:
        own = of(row, world)
        assert not own & had or own & had & members(after, ACTIVE)
        assert not own & pending or not own & invited
        assert len(own & invited) <= 1
        assert own & members(after, {"active", "invited", "declined", "expired", None})
    assert against(after, *documents)[1] == ()


@given(worlds(), st.randoms(use_true_random=False))
@examples(80)
def test_a_portal_that_renames_addresses_itself_invites_nobody_and_keeps_everybody(
    world: World, random: Any
) -> None:
    documents = files(*world.rows)
    before = live([*holding(*files()), *world.held])
    after = applied(before, against(before, *documents)[1])
    current = {
        address: row["email"] for row in world.rows for address in of(row, world) if random.random() < 1 / 2
    }
    renamed = {}
    for each in after.resources.values():
        email = current.get(person_of(each.id)) if each.kind == "membership" else None
        moved = Resource(f"membership/acme/dev/{email}", each.fields, state=each.state) if email else each
        renamed[moved.id] = moved

    again = live(renamed.values())
    planned = against(again, *documents)[1]
    kept = applied(again, planned)
    assert [each for each in planned if each.action != "delete"] == []
    for row in world.rows:
        own = of(row, world)
        assert not own & members(again, ACTIVE) or own & members(kept, ACTIVE)
