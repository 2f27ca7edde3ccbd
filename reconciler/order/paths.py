"""The ways from a holder to an API, made of the edges of two states, and the steps on them that change.

A holder is a team or a person, see `model.graph`. What holders have in common is computed once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from reconciler.model.graph.edges import Edges, grant_id
from reconciler.model.resource import Resource, ResourceId
from reconciler.order.levels import OPEN, SHUT, grant_level


class Step(NamedTuple):
    """An edge whose level changes: the id of its change, and its level before and after."""

    id: ResourceId
    before: int
    after: int


Steps: TypeAlias = tuple[Step, ...]
# A group of a holder: its level before and after, and the holder where they differ, so that others can share.
_Held: TypeAlias = tuple[str, int, int, str]

_NOT_SHARED: Final = ""


class AccessPath(NamedTuple):
    """A way: the level it gives before, after, and with whatever is better of either; the steps on it."""

    before: int
    after: int
    mixed: int
    steps: Steps

    @property
    def lasting(self) -> int:
        """The level that it gives throughout."""
        return min(self.before, self.after)

    def behind(self, gates: Steps) -> "AccessPath":
        """Return the way that leads through these gates first."""
        return way(self.before, self.after, self.mixed, gates, self.steps) if gates else self


def way(before: int, after: int, mixed: int, first: Steps, then: Steps = ()) -> AccessPath:
    """Return the way that takes the first steps and then goes on as one with these levels."""
    for step in first:
        before, after = min(before, step.before), min(after, step.after)
        mixed = min(mixed, max(step.before, step.after))
    return AccessPath(before, after, mixed, first + then)


class Reached(NamedTuple):
    """What a holder reaches: the ways to each API, and the APIs with a step on them that rises or falls."""

    ways: Mapping[str, list[AccessPath]]
    rising: frozenset[str]
    falling: frozenset[str]


class AccessPaths:
    """The ways of all holders in two states on one day; computed when they are first asked for."""

    def __init__(self, before: Edges, after: Edges, today: str) -> None:
        self.before = before
        self.after = after
        self.today = today
        self._groups: dict[str, list[tuple[str, Steps]]] = {}
        self._holders: dict[str, Reached] = {}
        self._reached: dict[tuple[_Held, ...], Reached] = {}

    def of(self, holder: str) -> Reached:
        """Return what a holder reaches, whoever it is."""
        found = self._holders.get(holder)
        if found is None:
            held = tuple(self._held(holder))
            found = self._reached.get(held)
            if found is None:
                found = self._reached[held] = self._made(held)
            self._holders[holder] = found
        return found

    def _held(self, holder: str) -> Iterator[_Held]:
        before, after = self.before.grants.of(holder), self.after.grants.of(holder)
        for group in sorted({*before, *after}):
            was, will = (grant_level(each.get(group), self.today) for each in (before, after))
            if was or will:
                yield group, was, will, _NOT_SHARED if was == will else holder

    def _made(self, held: tuple[_Held, ...]) -> Reached:
        ways: dict[str, list[AccessPath]] = {}
        for group, was, will, holder in held:
            granted = (Step(grant_id(group, holder), was, will),) if holder else ()
            level = OPEN if holder else was
            for api, steps in self._contents(group):
                ways.setdefault(api, []).append(way(level, level, level, granted + steps))
        kept = {api: _worth_keeping(several) for api, several in ways.items()}
        return Reached(
            kept,
            frozenset(_with_steps(kept, lambda step: step.before < step.after)),
            frozenset(_with_steps(kept, lambda step: step.before > step.after)),
        )

    def _contents(self, group: str) -> list[tuple[str, Steps]]:
        found = self._groups.get(group)
        if found is None:
            found = self._groups[group] = list(self._listed(group))
        return found

    def _listed(self, group: str) -> Iterator[tuple[str, Steps]]:
        """Yield each API of a group in either state, with the steps that lead there."""
        for item, steps in _both(
            "access-item", group, self.before.items.of(group), self.after.items.of(group)
        ):
            sort, _, name = item.partition("/")
            if sort == "api":
                yield name, steps
            else:
                before, after = self.before.contents.of(name), self.after.contents.of(name)
                for api, inside in _both("product-item", name, before, after):
                    yield api, steps + inside


def _both(
    kind: str, start: str, before: Mapping[str, Resource], after: Mapping[str, Resource]
) -> Iterator[tuple[str, Steps]]:
    """Yield where edges without a level lead in either state, with the step where they differ."""
    for end in sorted({*before, *after}):
        was, will = (OPEN if end in each else SHUT for each in (before, after))
        yield end, () if was == will else (Step(f"{kind}/{start}/{end}", was, will),)


def _worth_keeping(ways: list[AccessPath]) -> list[AccessPath]:
    """Return the best way that lasts, and those that are ever better than it."""
    if len(ways) == 1:
        return ways
    best = max(ways, key=lambda each: each.lasting)
    return [each for each in ways if each is best or each.mixed > best.lasting]


def _with_steps(ways: Mapping[str, list[AccessPath]], is_meant: Callable[[Step], bool]) -> Iterable[str]:
    return (
        api for api, several in ways.items() if any(is_meant(step) for each in several for step in each.steps)
    )
