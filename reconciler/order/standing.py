"""Where people stand in two states: through which holders they reach anything; who stands alike."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from reconciler.model.graph.edges import PARTNERS, Edges
from reconciler.model.graph.touched import touched
from reconciler.model.plan import Change
from reconciler.model.resource import Fields
from reconciler.order.levels import OPEN, SHUT, blocked, is_suspended, membership_level
from reconciler.order.ways import Step, Steps, Ways


class Gate(NamedTuple):
    """A holder through which somebody reaches what it reaches, and the steps that lead to it.

    The step of a membership bears the name of its team, so that all who take it stand alike.
    """

    holder: str
    steps: Steps


Standing: TypeAlias = tuple[Gate, ...]


def standings(ways: Ways, changes: Sequence[Change]) -> dict[Standing, list[str]]:
    """Return the people whom the changes touch, sorted, by where they stand."""
    found: dict[Standing, list[str]] = {}
    gates = _Gates(ways)
    for person in sorted(_people(ways, changes)):
        found.setdefault(tuple(gates.of(person)), []).append(person)
    return found


def _people(ways: Ways, changes: Sequence[Change]) -> set[str]:
    moved = touched(ways.before, ways.after, changes)
    people = set(moved.people)
    for holder in moved.holders:
        sort, _, name = holder.partition("/")
        if sort == "developer":
            people.add(name)
        people.update(ways.before.members.of(holder), ways.after.members.of(holder))
    return people


class _Gates:
    """The gates of people: what is the same for a whole partner is looked up once."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._known: dict[tuple[str, int, int, int, int], Gate] = {}
        self._partners: dict[str, _Sides] = {}

    def of(self, person: str) -> Iterator[Gate]:
        """Yield the gates of a person that lead to anything, sorted."""
        own = f"developer/{person}"
        if self._ways.of(own).ways:
            yield Gate(own, ())
        before, after = self._ways.before.members, self._ways.after.members
        for team in sorted({*before.to(person), *after.to(person)}):
            if self._ways.of(team).ways:
                was, will = (
                    membership_level(each.of(team).get(person), self._ways.today) for each in (before, after)
                )
                let_in, lets_in = self._partner(team).levels(person)
                if (was or will) and (let_in or lets_in):
                    yield self._gate((team, was, will, let_in, lets_in))

    def _gate(self, key: tuple[str, int, int, int, int]) -> Gate:
        found = self._known.get(key)
        if found is None:
            team, was, will, let_in, lets_in = key
            steps = (Step(team, was, will), Step(f"partner/{_partner_of(team)}", let_in, lets_in))
            found = self._known[key] = Gate(team, tuple(step for step in steps if step.before != step.after))
        return found

    def _partner(self, team: str) -> "_Sides":
        name = _partner_of(team)
        found = self._partners.get(name)
        if found is None:
            found = self._partners[name] = _Sides(
                _fields(self._ways.before, name), _fields(self._ways.after, name)
            )
        return found


class _Sides:
    """A partner before and after; one that comes or goes lets through what it does where it is there."""

    def __init__(self, before: Fields | None, after: Fields | None) -> None:
        here: list[Fields] = [fields for fields in (before, after) if fields is not None] or [{}]
        self._sides = [(is_suspended(fields), blocked(fields)) for fields in (here[0], here[-1])]

    def levels(self, person: str) -> tuple[int, int]:
        was, will = (SHUT if suspended or person in people else OPEN for suspended, people in self._sides)
        return was, will


def _partner_of(team: str) -> str:
    return team.split("/", 2)[1]


def _fields(edges: Edges, partner: str) -> Fields | None:
    found = edges.partners.of(PARTNERS).get(partner)
    return found.fields if found else None
