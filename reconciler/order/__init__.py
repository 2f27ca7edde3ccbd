"""The order of changes: nobody passes below or above both of their levels, but those who are named."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from reconciler.model.graph.delta import Shift
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
# How many changes are looked at before a need is taken to close no circle, or to cover nothing.
_FEW: Final = 64
_SEVERAL: Final = 1_000


class Ordered(msgspec.Struct, frozen=True):
    """Changes in the order of applying, with all their needs, and the people whom no order spares."""

    changes: tuple[Change, ...]
    passing: tuple[TransientAccess, ...] = ()


def order(shift: Shift, today: str, *, many: int = MANY) -> Ordered:
    """Return the changes, which have the needs of parts, with those of people, in the order of applying.

    However they and the resources are sorted, the answer is the same. Lowerings that share `many` needs or
    more have them through one another.
    """
    changes = tuple(in_order({each.id: each for each in shift.changes}))
    if not (
        any(may_raise(each, today) for each in changes) and any(may_lower(each, today) for each in changes)
    ):
        return Ordered(changes)
    ways = AccessPaths(shift.before, shift.after, today)
    found = constraints(ways, access_profiles(ways, changes))
    if not found:
        return Ordered(changes)
    web = DependencyGraph(changes, many)
    _keep(web, found)
    _shut_out(web, found)
    break_cycles(web, changes)
    planned = {each.id: _with_needs(each, web) for each in changes}
    return Ordered(tuple(in_order(planned)), tuple(_passing(web, found)))


def _with_needs(change: Change, web: DependencyGraph) -> Change:
    needs = web.of(change.id)
    return msgspec.structs.replace(change, needs=tuple(sorted(needs))) if needs else change


def _keep(web: DependencyGraph, found: Iterable[Constraint]) -> None:
    bundles: dict[Ids, set[ResourceId]] = {}
    for demand in found:
        if demand.kept:
            for lowerings, raises, _ in demand.each():
                bundles.setdefault(lowerings, set()).update(raises)
    for lowerings in sorted(bundles):
        web.keep(lowerings, sorted(bundles[lowerings]))


def _shut_out(web: DependencyGraph, found: Iterable[Constraint]) -> None:
    """Let a raise need a lowering on each mixed path, unless one does: for the most people first."""
    people: dict[_Key, int] = {}
    for demand in found:
        if not demand.kept:
            for lowerings, raises, several in demand.each():
                people[lowerings, raises] = people.get((lowerings, raises), 0) + len(several)
    for lowerings, raises in sorted(people, key=lambda key: (-people[key], key)):
        if not any(need in web.of(each) for each in raises for need in lowerings):
            pairs = sorted((len(web.of(need)) > 0, need, each) for need in lowerings for each in raises)
            for _, need, each in pairs:
                if not web.reaches(need, {each}, _FEW):
                    web.add(each, need, Strength.SHUT_OUT)
                    break


def _passing(web: DependencyGraph, found: Iterable[Constraint]) -> Iterator[TransientAccess]:
    """Yield whom no need that is left covers, gathered by APIs and by the changes but for memberships."""
    groups: dict[tuple[bool, tuple[str, ...], Ids], tuple[set[str], set[ResourceId]]] = {}
    for demand in found:
        if demand.kept and not web.given_up:
            continue
        for lowerings, raises, several in demand.each():
            if not _is_covered(web, demand.kept, lowerings, raises):
                ids = (*lowerings, *raises)
                shared = tuple(sorted(each for each in ids if not each.startswith("membership/")))
                people, changes = groups.setdefault((demand.kept, demand.apis, shared), (set(), set()))
                people.update(several)
                changes.update(ids)
    for key in sorted(groups):
        people, changes = groups[key]
        yield TransientAccess(
            "below" if key[0] else "above", key[1], tuple(sorted(people)), tuple(sorted(changes))
        )


def _is_covered(web: DependencyGraph, kept: bool, lowerings: Ids, raises: Ids) -> bool:  # noqa: FBT001  a demand's own field
    if kept:
        pairs = [(low, high) for low in lowerings for high in raises if (low, high) in web.given_up]
        return all(web.reaches(low, {high}, _SEVERAL) for low, high in pairs)
    goals = set(lowerings)
    return any(not goals.isdisjoint(web.of(each)) or web.reaches(each, goals, _SEVERAL) for each in raises)
