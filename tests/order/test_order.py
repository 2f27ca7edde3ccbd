"""The order law: wherever a run stops, nobody is below or above both of their levels, but who is named."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from hypothesis import given, reject, settings

from reconciler.diff.needs import with_needs
from reconciler.model.ordering import in_order
from reconciler.model.plan import Change
from reconciler.model.resource import Live
from reconciler.order import Ordered, order
from tests.access.strategies import changed_states
from tests.access.worlds import (
    TODAY,
    State,
    create,
    delete,
    granted,
    highest,
    holds,
    live,
    made,
    member,
    paths,
)


def closed(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield sets of changes that hold all that they need: what a run may leave behind."""
    by_id = {change.id: change for change in changes}
    for number in range(1, 3):
        for chosen in combinations(changes, number):
            yield list(_needed(chosen, by_id).values())
    for place in range(len(changes)):
        yield list(changes[:place])
        # All that can be applied when one change fails.
        failed = {changes[place].id}
        for change in changes[place:]:
            if failed.intersection(change.needs):
                failed.add(change.id)
        yield [change for change in changes if change.id not in failed]


def _needed(chosen: Sequence[Change], by_id: dict[str, Change]) -> dict[str, Change]:
    found: dict[str, Change] = {}
    waiting = list(chosen)
    while waiting:
        change = waiting.pop()
        if change.id not in found:
            found[change.id] = change
            waiting += [by_id[need] for need in change.needs]
    return found


def harmed(before: State, ordered: Ordered) -> set[tuple[str, str]]:
    """Return people and APIs that are below or above both levels in between and that nobody warns of."""
    first, last = (highest(paths(each, TODAY)) for each in made(before, ordered.changes))
    warned = {
        (each.direction, person, api)
        for each in ordered.passing
        for person in each.people
        for api in each.apis
    }
    found = set()
    renames = [change for change in ordered.changes if change.renamed_from]
    for some in closed(ordered.changes):
        applied = {change.id for change in some}
        some += [
            Change(
                id=each.id,
                kind=each.kind,
                action="update",
                renamed_from=each.renamed_from,
                before=each.before,
                after=each.before,
            )
            for each in renames
            if each.id not in applied
        ]
        between = highest(paths(made(before, some)[1], TODAY))
        for key in {*first, *last, *between}:
            levels, level = (first.get(key, 0), last.get(key, 0)), between.get(key, 0)
            if (level < min(levels) and ("below", *key) not in warned) or (
                level > max(levels) and ("above", *key) not in warned
            ):
                found.add(key)
    return found


@settings(deadline=None, max_examples=30)
@given(changed_states())
def test_nobody_passes_below_or_above_both_levels_unwarned(drawn: tuple[State, list[Change]]) -> None:
    before, changes = drawn
    try:
        planned = tuple(in_order(with_needs(changes, {})))
    except RuntimeError:
        # Names that are swapped need each other; no difference holds them.
        reject()
    ordered = order(Live("portal", before, {}), planned, TODAY)
    places = {change.id: place for place, change in enumerate(ordered.changes)}

    assert {change.id for change in changes} == set(places)
    assert all(places[need] < places[each.id] for each in ordered.changes for need in each.needs)
    assert harmed(before, ordered) == set()


def test_a_circle_that_nobody_can_avoid_is_warned_of() -> None:
    before = live(
        *holds("gold", "tracking", "rates"),
        *holds("silver", "rates"),
        granted("silver", "a/old"),
        granted("gold", "a/new"),
        granted("gold", "a/both"),
        granted("silver", "a/both"),
        member("a/old", "ana@a.example"),
        member("a/both", "bo@a.example"),
    )
    changes = [
        delete(holds("gold", "tracking")[0]),
        create(holds("silver", "tracking")[0]),
        delete(member("a/old", "ana@a.example")),
        create(member("a/new", "ana@a.example")),
    ]

    [passing] = order(before, changes, TODAY).passing

    assert (passing.direction, passing.apis, passing.people) == ("above", ("tracking",), ("ana@a.example",))
