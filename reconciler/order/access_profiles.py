"""Where people stand in two states: through which holders they reach anything; who stands alike."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from reconciler.model.graph.affected import touched
from reconciler.model.graph.edges import PARTNERS, Edges
from reconciler.model.plan import Change
from reconciler.model.resource import Fields
from reconciler.order.levels import OPEN, SHUT, blocked, is_suspended, membership_level
from reconciler.order.paths import AccessPaths, Step, Steps


class EntryPoint(msgspec.Struct, frozen=True, eq=False):
    """A holder through which somebody reaches what it reaches, and the steps that lead to it.

    The step of a membership bears the name of its team, so that all who take it stand alike: they share one
    gate, which equals itself alone.
    """

    holder: str
    steps: Steps


AccessProfile: TypeAlias = tuple[EntryPoint, ...]
# What a membership and a partner let through, each before and after.
_Levels: TypeAlias = tuple[int, int, int, int]


def access_profiles(ways: AccessPaths, changes: Sequence[Change]) -> dict[AccessProfile, list[str]]:
    """Return the people whom the changes touch, sorted, by where they stand."""
    found: dict[AccessProfile, list[str]] = {}
    gates = _Gates(ways)
    for person in sorted(_people(ways, changes)):
        found.setdefault(gates.of(person), []).append(person)
    return found


def _people(ways: AccessPaths, changes: Sequence[Change]) -> set[str]:
    moved = touched(ways.before, ways.after, changes)
    people = set(moved.people)
    for holder in moved.holders:
        sort, _, name = holder.partition("/")
        if sort == "developer":
            people.add(name)
        people.update(ways.before.members.of(holder), ways.after.members.of(holder))
    return people


class _Gates:
    """The gates of people: what is the same for a whole team, or partner, is looked up once."""

    def __init__(self, ways: AccessPaths) -> None:
        self._ways = ways
        self._teams: dict[str, _Team | None] = {}
        self._partners: dict[str, _Sides] = {}

    def of(self, person: str) -> AccessProfile:
        """Return the gates of a person that lead to anything, sorted."""
        gates = []
        own = f"developer/{person}"
        if self._ways.of(own).ways:
            gates.append(EntryPoint(own, ()))
        before, after = self._ways.before.members.to(person), self._ways.after.members.to(person)
        for name in sorted({*before, *after}):
            team = self._teams[name] if name in self._teams else self._team(name)
            gate = team.gate(person) if team else None
            if gate:
                gates.append(gate)
        return tuple(gates)

    def _team(self, name: str) -> "_Team | None":
        """Return a team, if it reaches anything."""
        partner = name.split("/", 2)[1]
        if partner not in self._partners:
            self._partners[partner] = _Sides(
                _fields(self._ways.before, partner), _fields(self._ways.after, partner)
            )
        found = _Team(self._ways, name, self._partners[partner]) if self._ways.of(name).ways else None
        self._teams[name] = found
        return found


class _Team:
    """The gates of one team: one for all whose memberships, and whose partner, let them through alike."""

    def __init__(self, ways: AccessPaths, name: str, partner: "_Sides") -> None:
        self._name = name
        self._today = ways.today
        self._before, self._after = ways.before.members.of(name), ways.after.members.of(name)
        self._partner = partner
        self._gates: dict[_Levels, EntryPoint | None] = {}

    def gate(self, person: str) -> EntryPoint | None:
        """Return the gate that a person passes through, if they do before or after."""
        held, holds = self._before.get(person), self._after.get(person)
        was = membership_level(held, self._today)
        will = was if holds is held else membership_level(holds, self._today)
        key = (was, will, *self._partner.levels(person))
        if key not in self._gates:
            self._gates[key] = self._made(*key)
        return self._gates[key]

    def _made(self, was: int, will: int, let_in: int, lets_in: int) -> EntryPoint | None:
        if not ((was or will) and (let_in or lets_in)):
            return None
        steps = (Step(self._name, was, will), Step(f"partner/{self._name.split('/', 2)[1]}", let_in, lets_in))
        return EntryPoint(self._name, tuple(step for step in steps if step.before != step.after))


class _Sides:
    """A partner before and after; one that comes or goes lets through what it does where it is there."""

    def __init__(self, before: Fields | None, after: Fields | None) -> None:
        here: list[Fields] = [fields for fields in (before, after) if fields is not None] or [{}]
        self._suspended = is_suspended(here[0]), is_suspended(here[-1])
        self._blocked = blocked(here[0]), blocked(here[-1])

    def levels(self, person: str) -> tuple[int, int]:
        """Return what the partner lets through to this person, before and after."""
        (was, will), (before, after) = self._suspended, self._blocked
        return SHUT if was or person in before else OPEN, SHUT if will or person in after else OPEN


def _fields(edges: Edges, partner: str) -> Fields | None:
    found = edges.partners.of(PARTNERS).get(partner)
    return found.fields if found else None
