"""What the order of changes has to see to, so that nobody passes below or above both of their levels."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeAlias

from reconciler.model.graph.edges import membership_id
from reconciler.model.resource import ResourceId
from reconciler.order.access_profiles import AccessProfile, EntryPoint
from reconciler.order.paths import AccessPath, AccessPaths, Reached

Ids: TypeAlias = tuple[ResourceId, ...]
# Whether it is kept (else shut out), the lowerings, the raises.
_Rule: TypeAlias = tuple[bool, Ids, Ids]


class Constraint(NamedTuple):
    """What keeps people's levels for some APIs.

    *Kept*: each lowering needs each raise. *Shut out*: one raise needs one lowering. A membership is named by
    its team, for each of the people; `ids` names it in full.
    """

    kept: bool
    lowerings: Ids
    raises: Ids
    apis: tuple[str, ...]
    people: Sequence[str]

    def each(self) -> Iterator[tuple[Ids, Ids, Sequence[str]]]:
        """Yield the ids of lowerings and raises, and the people whom they are for."""
        if any(name.startswith("team/") for name in (*self.lowerings, *self.raises)):
            for person in self.people:
                yield _named(self.lowerings, person), _named(self.raises, person), (person,)
        else:
            yield self.lowerings, self.raises, self.people


def _named(names: Ids, person: str) -> Ids:
    return tuple(
        membership_id(name.removeprefix("team/"), person) if name.startswith("team/") else name
        for name in names
    )


def constraints(ways: AccessPaths, people: Mapping[AccessProfile, list[str]]) -> list[Constraint]:
    """Return the demands of all, in the order of the people and of the APIs."""
    rules = _Rules(ways)
    return [
        Constraint(*rule, tuple(apis), several)
        for standing, several in people.items()
        for rule, apis in rules.of(standing).items()
    ]


class _Through(NamedTuple):
    """What leads through one gate: the ways to each API, and the APIs with a step that rises or falls."""

    ways: Mapping[str, Sequence[AccessPath]]
    rising: AbstractSet[str]
    falling: AbstractSet[str]


class _Rules:
    """The rules of people; what leads through a gate is the same for all who pass through it."""

    def __init__(self, ways: AccessPaths) -> None:
        self._ways = ways
        self._through: dict[EntryPoint, _Through] = {}

    def of(self, standing: AccessProfile) -> Mapping[_Rule, list[str]]:
        """Return the rules for those who stand there, each with its APIs."""
        rules: dict[_Rule, list[str]] = {}
        through = [self._behind(gate) for gate in standing]
        for api in _in_question(through):
            paths = [way for each in through for way in each.ways.get(api, ())]
            for rule in _of_paths(paths):
                rules.setdefault(rule, []).append(api)
        return rules

    def _behind(self, gate: EntryPoint) -> _Through:
        found = self._through.get(gate)
        if found is None:
            found = self._through[gate] = _through(gate, self._ways.of(gate.holder))
        return found


def _through(gate: EntryPoint, reached: Reached) -> _Through:
    ways = reached.ways
    if not gate.steps:
        return _Through(ways, reached.rising, reached.falling)
    rises, falls = any(s.before < s.after for s in gate.steps), any(s.before > s.after for s in gate.steps)
    return _Through(
        {api: [way.behind(gate.steps) for way in several] for api, several in ways.items()},
        ways.keys() if rises else reached.rising,
        ways.keys() if falls else reached.falling,
    )


def _in_question(through: Sequence[_Through]) -> list[str]:
    """Return the APIs to which something rises and something falls: otherwise every order will do."""
    rising = set().union(*(each.rising for each in through))
    falling = set().union(*(each.falling for each in through))
    return sorted(rising & falling)


def _of_paths(paths: Sequence[AccessPath]) -> Iterator[_Rule]:
    """Yield what the paths of one person to one API demand."""
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
    """Return the steps on a path that bring it below a level."""
    return _each_once([step.id for step in path.steps if step.after < level])


def _raises(path: AccessPath, level: int) -> Ids:
    """Return the steps on a path without which it is below a level."""
    return _each_once([step.id for step in path.steps if step.before < level])


def _each_once(ids: list[ResourceId]) -> Ids:
    return tuple(sorted(set(ids)) if len(ids) > 1 else ids)
