"""The order law: wherever a run stops, nobody is below or above both of their levels, but who is named."""

from collections.abc import Iterable, Sequence
from random import Random

import msgspec
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from reconciler.diff.dependencies import with_needs
from reconciler.model.graph.delta import Delta
from reconciler.model.plan import Change
from reconciler.model.toposort import in_order
from reconciler.model.transient_access import TransientAccess
from reconciler.order import Ordered, order
from tests.access.strategies import changed_states
from tests.access.worlds import (
    TODAY,
    State,
    create,
    delete,
    edge,
    granted,
    highest,
    holds,
    live,
    made,
    member,
    paths,
    product,
    update,
)
from tests.laws import examples
from tests.order.stops import Between, closed, some_closed, unwarned
from tests.order.strategies import Edited, circles, edited_states

ANA, BO = "ana@a.example", "bo@a.example"
# Few links, many, and as it is.
_many = st.sampled_from((1, 2, 32))


def ordered(before: State, changes: Iterable[Change], many: int = 32) -> Ordered:
    return order(Delta(before, tuple(changes)), TODAY, many=many)


def needs(found: Ordered) -> dict[str, tuple[str, ...]]:
    """Return the needs of the changes that have some, in the order of applying."""
    return {change.id: change.needs for change in found.changes if change.needs}


def is_in_order(changes: Sequence[Change]) -> bool:
    places = {change.id: place for place, change in enumerate(changes)}
    return all(places[need] < places[each.id] for each in changes for need in each.needs)


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(300)
@given(edited_states(), _many)
def test_nobody_is_harmed_unwarned_wherever_a_small_run_stops(edited: Edited, many: int) -> None:
    found = ordered(edited.before, edited.changes, many)
    stops = closed(found.changes)

    assert {each.id for each in edited.changes} == {each.id for each in found.changes}
    assert is_in_order(found.changes)
    assert stops[-1] == (1 << len(found.changes)) - 1
    assert unwarned(edited.before, found, stops) == set()


@examples(100)
@given(circles(), _many)
def test_nobody_is_harmed_unwarned_around_a_circle(edited: Edited, many: int) -> None:
    found = ordered(edited.before, edited.changes, many)

    assert is_in_order(found.changes)
    assert unwarned(edited.before, found, closed(found.changes)) == set()


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(50)
@given(changed_states(), _many)
def test_nobody_is_harmed_unwarned_where_a_big_run_may_stop(
    drawn: tuple[State, list[Change]], many: int
) -> None:
    before, changes = drawn
    try:
        planned = tuple(in_order(with_needs(changes, {})))
    except RuntimeError:
        # Names that are swapped need each other; no difference holds them.
        reject()
    found = ordered(before, planned, many)

    assert {each.id for each in changes} == {each.id for each in found.changes}
    assert is_in_order(found.changes)
    assert unwarned(before, found, some_closed(found.changes)) == set()


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(100)
@given(st.one_of(edited_states(), circles()))
def test_where_nobody_can_be_harmed_changes_need_their_parts_alone(edited: Edited) -> None:
    harmed = Between(edited.before, edited.changes, closed(edited.changes)).harmed()

    assert harmed or ordered(edited.before, edited.changes) == Ordered(edited.changes)


@examples(50)
@given(edited_states(), st.data())
def test_levels_at_a_stop_are_those_of_the_state_it_leaves(edited: Edited, data: st.DataObject) -> None:
    """The law looks at all stops at once; here is one of them, made and read the long way round."""
    stops = closed(edited.changes)
    at = data.draw(st.integers(0, len(stops) - 1))
    left = [_as_left(each, stops[at] >> place & 1) for place, each in enumerate(edited.changes)]

    levels = Between(edited.before, edited.changes, stops).at_least()
    reached = {
        key: max(level for level, held in enumerate(by) if held >> at & 1) for key, by in levels.items()
    }

    assert {key: level for key, level in reached.items() if level} == highest(
        paths(made(edited.before, [each for each in left if each])[1], TODAY)
    )


def _as_left(change: Change, applied: int) -> Change | None:
    """Return a change that was applied; of a rename that was not, what gives ids their new names alone."""
    if applied:
        return change
    return msgspec.structs.replace(change, after=change.before) if change.renamed_from else None


@examples(100)
@given(st.one_of(edited_states(), circles()), _many, st.randoms(use_true_random=False))
def test_however_changes_and_portal_are_sorted_the_answer_is_the_same(
    edited: Edited, many: int, random: Random
) -> None:
    changes, held = list(edited.changes), list(edited.before.items())
    random.shuffle(changes)
    random.shuffle(held)

    found = ordered(dict(held), changes, many)

    assert msgspec.json.encode(found) == msgspec.json.encode(ordered(edited.before, edited.changes, many))


def test_without_dependencies_a_person_who_changes_teams_loses_access() -> None:
    before = live(*holds("gold", "pay"), granted("gold", "a/x"), granted("gold", "a/y"), member("a/x", ANA))
    leaves, joins = delete(member("a/x", ANA)), create(member("a/y", ANA))
    changes = (joins, leaves)

    assert Between(before.resources, changes, closed(changes)).harmed() == {("below", ANA, "pay")}
    assert needs(order(Delta(before.resources, changes), TODAY)) == {leaves.id: (joins.id,)}


def test_changes_that_are_no_access_need_their_parts_alone() -> None:
    before = live(*holds("gold", "pay"), granted("gold", "a/x"), member("a/x", ANA), edge("partner/a"))
    changes = [
        update(granted("gold", "a/x"), reason="agreed"),
        update(member("a/x", ANA), role="admin"),
        update(edge("partner/a"), displayName="A"),
        create(edge("team/a/y")),
        create(edge("access-group/silver")),
        create(granted("silver", "a/y")),
        delete(holds("trial", "pay")[0]),
    ]
    planned = with_needs(changes, {})

    assert order(Delta(before.resources, list(planned.values())), TODAY) == Ordered(tuple(in_order(planned)))


def test_a_partner_without_fields_is_there_and_blocks_nobody() -> None:
    """Whoever is being blocked must not see an API that comes into their group meanwhile."""
    before = live(edge("partner/a"), granted("gold", "a/x"), member("a/x", ANA))
    blocks, comes = update(edge("partner/a"), blocked=[ANA]), create(holds("gold", "pay")[0])

    assert needs(order(Delta(before.resources, [comes, blocks]), TODAY)) == {comes.id: (blocks.id,)}


def test_lowerings_that_share_many_needs_have_them_in_a_chain() -> None:
    apis = [f"api-{number}" for number in range(40)]
    grant, [item], leaves = granted("gold", "a/x"), holds("gold", "product/suite"), member("a/x", ANA)
    lasting = [*product("suite", *apis), granted("silver", "a/y"), member("a/y", ANA)]
    before = live(grant, item, leaves, *lasting)
    raises = [create(each) for each in holds("silver", *apis)]

    found = order(Delta(before.resources, [delete(leaves), delete(item), delete(grant), *raises]), TODAY)

    assert needs(found) == {
        grant.id: tuple(sorted(each.id for each in raises)),
        item.id: (grant.id,),
        leaves.id: (item.id,),
    }
    assert found.transient == ()
    assert unwarned(before.resources, found, some_closed(found.changes)) == set()


def test_a_circle_that_nobody_can_avoid_loses_what_shuts_out_and_warns_of_it() -> None:
    before = live(
        *holds("gold", "tracking", "rates"),
        *holds("silver", "rates"),
        granted("silver", "a/old"),
        granted("gold", "a/new"),
        granted("gold", "a/both"),
        granted("silver", "a/both"),
        member("a/old", ANA),
        member("a/both", BO),
    )
    drops, gets = delete(holds("gold", "tracking")[0]), create(holds("silver", "tracking")[0])
    leaves, joins = delete(member("a/old", ANA)), create(member("a/new", ANA))

    found = order(Delta(before.resources, [drops, gets, leaves, joins]), TODAY)

    # That silver gets it needs that Ana has left: that is what closes the circle.
    assert needs(found) == {drops.id: (gets.id,), joins.id: (drops.id,), leaves.id: (joins.id,)}
    assert found.transient == (TransientAccess("above", ("tracking",), (ANA,), (gets.id, leaves.id)),)
    assert Between(before.resources, found.changes, closed(found.changes)).harmed() == {
        ("above", ANA, "tracking")
    }


def test_two_who_change_places_lose_one_kept_need_and_one_of_them_is_named() -> None:
    """Each partner lets in whom the other shuts out, so each change needs the other."""
    one, other = edge("partner/a", blocked=[ANA]), edge("partner/b", blocked=[BO])
    everywhere = [member(team, person) for team in ("a/x", "b/x") for person in (ANA, BO)]
    before = live(
        *holds("gold", "pay"), granted("gold", "a/x"), granted("gold", "b/x"), *everywhere, one, other
    )

    found = order(Delta(before.resources, [update(one, blocked=[BO]), update(other, blocked=[ANA])]), TODAY)

    assert needs(found) == {"partner/b": ("partner/a",)}
    assert found.transient == (TransientAccess("below", ("pay",), (BO,), ("partner/a", "partner/b")),)
    assert Between(before.resources, found.changes, closed(found.changes)).harmed() == {("below", BO, "pay")}
