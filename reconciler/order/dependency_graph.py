"""The needs of all changes while they are being woven: which there are, how strong, and what they lead to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Final

from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId

# From so many common needs on, lowerings need them through one another.
MANY: Final = 32


class Strength(IntEnum):
    """The sorts of needs; in a circle the weakest is given up. A link stands for needs and loses none."""

    LINK = 0
    SHUT_OUT = 1
    KEPT = 2
    PART = 3


class DependencyGraph:
    """Who needs whom. `given_up` are the pairs of changes that were kept, and cannot be."""

    def __init__(self, changes: Sequence[Change], many: int = MANY) -> None:
        self._many = many
        self._needs: dict[ResourceId, dict[ResourceId, Strength]] = {
            change.id: dict.fromkeys(change.needs, Strength.PART) for change in changes
        }
        self._places = {change.id: place for place, change in enumerate(changes)}
        self._links: dict[tuple[ResourceId, ResourceId], list[Collection[ResourceId]]] = {}
        self.given_up: set[tuple[ResourceId, ResourceId]] = set()

    def of(self, change: ResourceId) -> Mapping[ResourceId, Strength]:
        """Return what a change needs."""
        return self._needs[change]

    def add(self, change: ResourceId, need: ResourceId, strength: Strength) -> None:
        """Let one change need another, by its strongest reason."""
        needs = self._needs[change]
        needs[need] = max(strength, needs.get(need, strength))

    def keep(self, lowerings: Collection[ResourceId], raises: Collection[ResourceId]) -> None:
        """Let each lowering need each raise: where those are many, the others through the first."""
        first, *others = sorted(lowerings, key=self._places.__getitem__)
        self._keep(first, raises)
        for change in others:
            if len(raises) < self._many:
                self._keep(change, raises)
            else:
                self.add(change, first, Strength.LINK)
                self._links.setdefault((change, first), []).append(raises)
                first = change

    def reaches(self, change: ResourceId, goals: Collection[ResourceId], at_most: int) -> bool | None:
        """Whether a change comes after a goal by its needs; None when that takes too long to say."""
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

    def weakest(self, circle: Iterable[tuple[ResourceId, ResourceId]]) -> tuple[ResourceId, ResourceId]:
        """Return the need of a circle that can best be given up."""
        return min(circle, key=lambda pair: (self._needs[pair[0]][pair[1]], pair))

    def give_up(self, change: ResourceId, need: ResourceId) -> Collection[ResourceId]:
        """Take a need away, and return what takes its place: something only where it was a link."""
        strength = self._needs[change].pop(need)
        if strength is Strength.KEPT:
            self.given_up.add((change, need))
        instead = [each for raises in self._links.pop((change, need), ()) for each in raises]
        self._keep(change, instead)
        return instead

    def _keep(self, change: ResourceId, raises: Iterable[ResourceId]) -> None:
        for need in raises:
            self.add(change, need, Strength.KEPT)
