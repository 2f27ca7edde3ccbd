"""Access paths from a holder to an API in two states, and the steps on them that change.

A holder is a team or a person, see `model.graph`. Common parts of holders are computed once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from reconciler.model.graph.edges import Edges, grant_id, granted_api
from reconciler.model.ids import split_id
from reconciler.model.resource import Resource, ResourceId
from reconciler.order.levels import FULL, NONE, grant_level


class Step(NamedTuple):
    """An edge whose level changes: the id of the change, and the level before and after."""

    id: ResourceId
    before: int
    after: int


Steps: TypeAlias = tuple[Step, ...]
# A group (or `api/NAME`) with its level before and after, and the holder if they differ; equal tuples share
# their paths.
_Grant: TypeAlias = tuple[str, int, int, str]

_NOT_SHARED: Final = ""


class AccessPath(NamedTuple):
    """A path: its level before, after, and with the higher level of every step; and its changing steps."""

    before: int
    after: int
    mixed: int
    steps: Steps

    @property
    def lasting(self) -> int:
        """The level that the path has at all times."""
        return min(self.before, self.after)

    def prefixed(self, first_steps: Steps) -> "AccessPath":
        """Return the path with these steps before it."""
        return (
            path_from(self.before, self.after, self.mixed, first_steps, self.steps) if first_steps else self
        )


def path_from(before: int, after: int, mixed: int, first: Steps, then: Steps = ()) -> AccessPath:
    """Return a path with the first steps before steps of the given levels."""
    for step in first:
        before, after = min(before, step.before), min(after, step.after)
        mixed = min(mixed, max(step.before, step.after))
    return AccessPath(before, after, mixed, first + then)


class Reached(NamedTuple):
    """The paths of a holder to each API, and the APIs with a rising or falling step."""

    paths: Mapping[str, list[AccessPath]]
    rising: frozenset[str]
    falling: frozenset[str]


class AccessPaths:
    """The paths of all holders in two states on one day, computed on demand."""

    def __init__(self, before: Edges, after: Edges, today: str) -> None:
        self.before = before
        self.after = after
        self.today = today
        self._groups: dict[str, list[tuple[str, Steps]]] = {}
        self._holders: dict[str, Reached] = {}
        self._reached: dict[tuple[_Grant, ...], Reached] = {}

    def of(self, holder: str) -> Reached:
        """Return the paths of a holder."""
        found = self._holders.get(holder)
        if found is None:
            grants = tuple(self._grants(holder))
            found = self._reached.get(grants)
            if found is None:
                found = self._reached[grants] = self._build(grants)
            self._holders[holder] = found
        return found

    def _grants(self, holder: str) -> Iterator[_Grant]:
        before, after = self.before.grants.of(holder), self.after.grants.of(holder)
        for group in sorted({*before, *after}):
            was, will = (grant_level(each.get(group), self.today) for each in (before, after))
            if was or will:
                yield group, was, will, _NOT_SHARED if was == will else holder

    def _build(self, grants: tuple[_Grant, ...]) -> Reached:
        paths: dict[str, list[AccessPath]] = {}
        for group, was, will, holder in grants:
            granted = (Step(grant_id(group, holder), was, will),) if holder else ()
            level = FULL if holder else was
            for api, steps in self._contents(group):
                paths.setdefault(api, []).append(path_from(level, level, level, granted + steps))
        relevant = {api: _relevant(api_paths) for api, api_paths in paths.items()}
        return Reached(
            relevant,
            frozenset(_with_steps(relevant, lambda step: step.before < step.after)),
            frozenset(_with_steps(relevant, lambda step: step.before > step.after)),
        )

    def _contents(self, group: str) -> list[tuple[str, Steps]]:
        found = self._groups.get(group)
        if found is None:
            found = self._groups[group] = list(self._listed(group))
        return found

    def _listed(self, group: str) -> Iterator[tuple[str, Steps]]:
        """Yield each API of a group in either state, with the changing steps to it."""
        if api := granted_api(group):
            yield api, ()
        for item, steps in _both(
            "access-item", group, self.before.items.of(group), self.after.items.of(group)
        ):
            sort, name = split_id(item)
            if sort == "api":
                yield name, steps
            else:
                before, after = self.before.contents.of(name), self.after.contents.of(name)
                for api, inside in _both("product-item", name, before, after):
                    yield api, steps + inside


def _both(
    kind: str, start: str, before: Mapping[str, Resource], after: Mapping[str, Resource]
) -> Iterator[tuple[str, Steps]]:
    """Yield the ends of edges without a level in either state, with a step if they differ."""
    for end in sorted({*before, *after}):
        was, will = (FULL if end in each else NONE for each in (before, after))
        yield end, () if was == will else (Step(f"{kind}/{start}/{end}", was, will),)


def _relevant(paths: list[AccessPath]) -> list[AccessPath]:
    """Return the best lasting path, and the paths that can be better than it."""
    if len(paths) == 1:
        return paths
    best = max(paths, key=lambda each: each.lasting)
    return [each for each in paths if each is best or each.mixed > best.lasting]


def _with_steps(paths: Mapping[str, list[AccessPath]], matches: Callable[[Step], bool]) -> Iterable[str]:
    return (
        api
        for api, api_paths in paths.items()
        if any(matches(step) for each in api_paths for step in each.steps)
    )
