"""Precedence constraints on changes that keep each level between its old and its new value."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeAlias

from reconciler.model.graph.edges import membership_id
from reconciler.model.ids import kind_of, name_of
from reconciler.model.resource import ResourceId
from reconciler.order.access_profiles import AccessProfile, EntryPoint
from reconciler.order.paths import AccessPath, AccessPaths, Reached

Ids: TypeAlias = tuple[ResourceId, ...]
# Whether the level is preserved (otherwise excess is prevented), the lowering changes, the raising changes.
_Rule: TypeAlias = tuple[bool, Ids, Ids]


class Constraint(NamedTuple):
    """A constraint that keeps people's levels for some APIs within bounds.

    If it *preserves* a level, each lowering change depends on each raising one. Otherwise it prevents excess:
    one raising change depends on one lowering one. A membership has the id of its team; `each` has full ids.
    """

    preserves: bool
    lowerings: Ids
    raises: Ids
    apis: tuple[str, ...]
    people: Sequence[str]

    def each(self) -> Iterator[tuple[Ids, Ids, Sequence[str]]]:
        """Yield the ids of lowering and raising changes, and the affected people."""
        if any(kind_of(name) == "team" for name in (*self.lowerings, *self.raises)):
            for person in self.people:
                yield _named(self.lowerings, person), _named(self.raises, person), (person,)
        else:
            yield self.lowerings, self.raises, self.people


def _named(names: Ids, person: str) -> Ids:
    return tuple(membership_id(name_of(name), person) if kind_of(name) == "team" else name for name in names)


def constraints(paths: AccessPaths, profiles: Mapping[AccessProfile, list[str]]) -> list[Constraint]:
    """Return the constraints of all people, ordered by people and APIs."""
    rules = _Rules(paths)
    return [
        Constraint(*rule, tuple(apis), people)
        for profile, people in profiles.items()
        for rule, apis in rules.of(profile).items()
    ]


class _Part(NamedTuple):
    """The paths through one entry point to each API, and the APIs with a rising or falling step."""

    paths: Mapping[str, Sequence[AccessPath]]
    rising: AbstractSet[str]
    falling: AbstractSet[str]


class _Rules:
    """The rules of access profiles; the paths of each entry point are computed once."""

    def __init__(self, paths: AccessPaths) -> None:
        self._paths = paths
        self._parts: dict[EntryPoint, _Part] = {}

    def of(self, profile: AccessProfile) -> Mapping[_Rule, list[str]]:
        """Return the rules of an access profile, each with its APIs."""
        rules: dict[_Rule, list[str]] = {}
        parts = [self._part_of(entry_point) for entry_point in profile]
        for api in _contested(parts):
            paths = [path for each in parts for path in each.paths.get(api, ())]
            for rule in _of_paths(paths):
                rules.setdefault(rule, []).append(api)
        return rules

    def _part_of(self, entry_point: EntryPoint) -> _Part:
        found = self._parts.get(entry_point)
        if found is None:
            found = self._parts[entry_point] = _part(entry_point, self._paths.of(entry_point.holder))
        return found


def _part(entry_point: EntryPoint, reached: Reached) -> _Part:
    paths = reached.paths
    if not entry_point.steps:
        return _Part(paths, reached.rising, reached.falling)
    rises = any(step.before < step.after for step in entry_point.steps)
    falls = any(step.before > step.after for step in entry_point.steps)
    return _Part(
        {api: [path.prefixed(entry_point.steps) for path in each] for api, each in paths.items()},
        paths.keys() if rises else reached.rising,
        paths.keys() if falls else reached.falling,
    )


def _contested(parts: Sequence[_Part]) -> list[str]:
    """Return the APIs with rising and falling steps; for others, any order is monotone."""
    rising = set().union(*(each.rising for each in parts))
    falling = set().union(*(each.falling for each in parts))
    return sorted(rising & falling)


def _of_paths(paths: Sequence[AccessPath]) -> Iterator[_Rule]:
    """Yield the rules for the paths of one person to one API."""
    before, after = max([path.before for path in paths]), max([path.after for path in paths])
    low, high = (before, after) if before < after else (after, before)
    if max([path.lasting for path in paths]) < low:
        yield (
            True,
            _fewest([_lowerings(path, low) for path in paths if path.before >= low]),
            _fewest([_raises(path, low) for path in paths if path.after >= low]),
        )
    for path in paths:
        if path.mixed > high:
            yield False, _lowerings(path, high + 1), _raises(path, high + 1)


def _fewest(choices: Sequence[Ids]) -> Ids:
    return min(choices, key=lambda ids: (len(ids), ids)) if len(choices) > 1 else choices[0]


def _lowerings(path: AccessPath, level: int) -> Ids:
    """Return the steps that lower a path below a level."""
    return _each_once([step.id for step in path.steps if step.after < level])


def _raises(path: AccessPath, level: int) -> Ids:
    """Return the steps that a path needs to reach a level."""
    return _each_once([step.id for step in path.steps if step.before < level])


def _each_once(ids: list[ResourceId]) -> Ids:
    return tuple(sorted(set(ids)) if len(ids) > 1 else ids)
