"""Order changes so that access stays monotone: between its old and its new level for each person and API.

Constraints come from the access paths of people. They are added to the dependency graph of the changes, and
cycles are broken by removing the weakest constraints. People whom no order protects are reported.
"""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from reconciler.model.graph.delta import Delta
from reconciler.model.ids import kind_of
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.model.toposort import in_order
from reconciler.model.transient_access import TransientAccess
from reconciler.order.access_profiles import access_profiles
from reconciler.order.constraints import Constraint, Ids, constraints
from reconciler.order.cycles import break_cycles
from reconciler.order.dependency_graph import MANY, DependencyGraph, Strength
from reconciler.order.levels import may_lower, may_raise
from reconciler.order.paths import AccessPaths

__all__ = ["Ordered", "order"]

_Key: TypeAlias = tuple[Ids, Ids]
# Search limits: changes visited before a dependency is assumed to close no cycle, or to cover no constraint.
_CYCLE_SEARCH_LIMIT: Final = 64
_COVER_SEARCH_LIMIT: Final = 1_000


class Ordered(msgspec.Struct, frozen=True):
    """Changes in the order of applying with all dependencies, and unavoidable transient access."""

    changes: tuple[Change, ...]
    transient: tuple[TransientAccess, ...] = ()


def order(delta: Delta, today: str, *, many: int = MANY) -> Ordered:
    """Return the changes in the order of applying, with dependencies that keep people's access monotone.

    The result does not depend on the order of the input. Lowering changes that share at least `many`
    dependencies are chained, so that only the first one has them all.
    """
    changes = tuple(in_order({each.id: each for each in delta.changes}))
    if not (
        any(may_raise(each, today) for each in changes) and any(may_lower(each, today) for each in changes)
    ):
        return Ordered(changes)
    paths = AccessPaths(delta.before, delta.after, today)
    found = constraints(paths, access_profiles(paths, changes))
    if not found:
        return Ordered(changes)
    graph = DependencyGraph(changes, many)
    _preserve(graph, found)
    _prevent_excess(graph, found)
    break_cycles(graph, changes)
    planned = {each.id: _with_needs(each, graph) for each in changes}
    return Ordered(tuple(in_order(planned)), tuple(_transient(graph, found)))


def _with_needs(change: Change, graph: DependencyGraph) -> Change:
    needs = graph.of(change.id)
    return msgspec.structs.replace(change, needs=tuple(sorted(needs))) if needs else change


def _preserve(graph: DependencyGraph, found: Iterable[Constraint]) -> None:
    raises_by_lowerings: dict[Ids, set[ResourceId]] = {}
    for constraint in found:
        if constraint.preserves:
            for lowerings, raises, _ in constraint.each():
                raises_by_lowerings.setdefault(lowerings, set()).update(raises)
    for lowerings in sorted(raises_by_lowerings):
        graph.preserve(lowerings, sorted(raises_by_lowerings[lowerings]))


def _prevent_excess(graph: DependencyGraph, found: Iterable[Constraint]) -> None:
    """Let a raising change depend on a lowering one on each mixed path, for the most people first."""
    people: dict[_Key, int] = {}
    for constraint in found:
        if not constraint.preserves:
            for lowerings, raises, affected in constraint.each():
                people[lowerings, raises] = people.get((lowerings, raises), 0) + len(affected)
    for lowerings, raises in sorted(people, key=lambda key: (-people[key], key)):
        if not any(need in graph.of(each) for each in raises for need in lowerings):
            pairs = sorted((len(graph.of(need)) > 0, need, each) for need in lowerings for each in raises)
            for _, need, each in pairs:
                if not graph.reaches(need, {each}, _CYCLE_SEARCH_LIMIT):
                    graph.add(each, need, Strength.NO_EXCESS)
                    break


def _transient(graph: DependencyGraph, found: Iterable[Constraint]) -> Iterator[TransientAccess]:
    """Yield the people whom no dependency protects, grouped by APIs and changes except memberships."""
    groups: dict[tuple[bool, tuple[str, ...], Ids], tuple[set[str], set[ResourceId]]] = {}
    for constraint in found:
        if constraint.preserves and not graph.given_up:
            continue
        for lowerings, raises, affected in constraint.each():
            if not _is_covered(graph, constraint.preserves, lowerings, raises):
                ids = (*lowerings, *raises)
                shared = tuple(sorted(each for each in ids if kind_of(each) != "membership"))
                people, changes = groups.setdefault(
                    (constraint.preserves, constraint.apis, shared), (set(), set())
                )
                people.update(affected)
                changes.update(ids)
    for key in sorted(groups):
        people, changes = groups[key]
        yield TransientAccess(
            "below" if key[0] else "above", key[1], tuple(sorted(people)), tuple(sorted(changes))
        )


def _is_covered(graph: DependencyGraph, preserves: bool, lowerings: Ids, raises: Ids) -> bool:  # noqa: FBT001  a field of the constraint
    if preserves:
        pairs = [(low, high) for low in lowerings for high in raises if (low, high) in graph.given_up]
        return all(graph.reaches(low, {high}, _COVER_SEARCH_LIMIT) for low, high in pairs)
    goals = set(lowerings)
    return any(
        not goals.isdisjoint(graph.of(each)) or graph.reaches(each, goals, _COVER_SEARCH_LIMIT)
        for each in raises
    )
