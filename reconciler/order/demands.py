"""What the order of changes has to see to, so that nobody passes below or above both of their levels."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from reconciler.model.resource import ResourceId
from reconciler.order.standing import Standing
from reconciler.order.ways import Way, Ways

Ids: TypeAlias = tuple[ResourceId, ...]
# Whether it is kept (else shut out), the lowerings, the raises.
_Rule: TypeAlias = tuple[bool, Ids, Ids]


class Demand(NamedTuple):
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
        f"membership/{name.removeprefix('team/')}/{person}" if name.startswith("team/") else name
        for name in names
    )


def demands(ways: Ways, people: Mapping[Standing, list[str]]) -> list[Demand]:
    """Return the demands of all, in the order of the people and of the APIs."""
    return [
        Demand(*rule, tuple(apis), several)
        for standing, several in people.items()
        for rule, apis in _rules(ways, standing).items()
    ]


def _rules(ways: Ways, standing: Standing) -> dict[_Rule, list[str]]:
    rules: dict[_Rule, list[str]] = {}
    for api in _in_question(ways, standing):
        paths = [
            way.behind(gate.steps) for gate in standing for way in ways.of(gate.holder).ways.get(api, ())
        ]
        for rule in _of_paths(paths):
            rules.setdefault(rule, []).append(api)
    return rules


def _in_question(ways: Ways, standing: Standing) -> list[str]:
    """Return the APIs to which something rises and something falls: otherwise every order will do."""
    rising: set[str] = set()
    falling: set[str] = set()
    for gate in standing:
        reached = ways.of(gate.holder)
        rising.update(
            reached.ways if any(step.before < step.after for step in gate.steps) else reached.rising
        )
        falling.update(
            reached.ways if any(step.before > step.after for step in gate.steps) else reached.falling
        )
    return sorted(rising & falling)


def _of_paths(paths: Sequence[Way]) -> Iterator[_Rule]:
    """Yield what the paths of one person to one API demand."""
    levels = max(path.before for path in paths), max(path.after for path in paths)
    low, high = min(levels), max(levels)
    if max(path.lasting for path in paths) < low:
        yield (
            True,
            _fewest([_lowerings(path, low) for path in paths if path.before >= low]),
            _fewest([_raises(path, low) for path in paths if path.after >= low]),
        )
    for path in paths:
        if path.mixed > high:
            yield False, _lowerings(path, high + 1), _raises(path, high + 1)


def _fewest(choices: Sequence[Ids]) -> Ids:
    return min(choices, key=lambda ids: (len(ids), ids))


def _lowerings(path: Way, level: int) -> Ids:
    """Return the steps on a path that bring it below a level."""
    return tuple(sorted({step.id for step in path.steps if step.after < level}))


def _raises(path: Way, level: int) -> Ids:
    """Return the steps on a path without which it is below a level."""
    return tuple(sorted({step.id for step in path.steps if step.before < level}))
