"""The dependency graph of the changes: dependencies with their strengths."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Final

from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId

# Lowering changes with at least this many common dependencies are chained.
MANY: Final = 32


class Strength(IntEnum):
    """The strength of a dependency; in a cycle, the weakest is removed. A link replaces several others."""

    LINK = 0
    NO_EXCESS = 1
    PRESERVE = 2
    STRUCTURAL = 3


class DependencyGraph:
    """The dependencies of changes. `given_up` has the removed dependencies that preserved levels."""

    def __init__(self, changes: Sequence[Change], many: int = MANY) -> None:
        self._many = many
        self._needs: dict[ResourceId, dict[ResourceId, Strength]] = {
            change.id: dict.fromkeys(change.needs, Strength.STRUCTURAL) for change in changes
        }
        self._places = {change.id: place for place, change in enumerate(changes)}
        self._links: dict[tuple[ResourceId, ResourceId], list[Collection[ResourceId]]] = {}
        self.given_up: set[tuple[ResourceId, ResourceId]] = set()

    def of(self, change: ResourceId) -> Mapping[ResourceId, Strength]:
        """Return the dependencies of a change."""
        return self._needs[change]

    def add(self, change: ResourceId, need: ResourceId, strength: Strength) -> None:
        """Add a dependency; of several strengths, the highest counts."""
        needs = self._needs[change]
        needs[need] = max(strength, needs.get(need, strength))

    def preserve(self, lowerings: Collection[ResourceId], raises: Collection[ResourceId]) -> None:
        """Let each lowering change depend on each raising one, chained if there are many."""
        first, *others = sorted(lowerings, key=self._places.__getitem__)
        self._preserve(first, raises)
        for change in others:
            if len(raises) < self._many:
                self._preserve(change, raises)
            else:
                self.add(change, first, Strength.LINK)
                self._links.setdefault((change, first), []).append(raises)
                first = change

    def reaches(self, change: ResourceId, goals: Collection[ResourceId], at_most: int) -> bool | None:
        """Whether a change depends on a goal, even indirectly; None if the search limit is exceeded."""
        seen = {change}
        waiting = [change]
        while waiting:
            for need in self._needs.get(waiting.pop(), ()):
                if need in goals:
                    return True
                if need not in seen:
                    seen.add(need)
                    waiting.append(need)
            if len(seen) > at_most:
                return None
        return False

    def weakest(self, cycle: Iterable[tuple[ResourceId, ResourceId]]) -> tuple[ResourceId, ResourceId]:
        """Return the weakest dependency of a cycle."""
        return min(cycle, key=lambda pair: (self._needs[pair[0]][pair[1]], pair))

    def remove(self, change: ResourceId, need: ResourceId) -> Collection[ResourceId]:
        """Remove a dependency, and return its replacements, which only a link has."""
        strength = self._needs[change].pop(need)
        if strength is Strength.PRESERVE:
            self.given_up.add((change, need))
        replacements = [each for raises in self._links.pop((change, need), ()) for each in raises]
        self._preserve(change, replacements)
        return replacements

    def _preserve(self, change: ResourceId, raises: Iterable[ResourceId]) -> None:
        for need in raises:
            self.add(change, need, Strength.PRESERVE)
