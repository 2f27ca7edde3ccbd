"""Group people by access profile: the holders that give them access in two states."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from reconciler.model.graph.affected import find_affected
from reconciler.model.graph.edges import PARTNERS, Edges
from reconciler.model.ids import split_id
from reconciler.model.kinds import parents, partner_of
from reconciler.model.plan import Change
from reconciler.model.resource import Fields
from reconciler.order.levels import FULL, NONE, blocked, is_suspended, membership_level
from reconciler.order.paths import AccessPaths, Step, Steps


class EntryPoint(msgspec.Struct, frozen=True, eq=False):
    """A holder that gives a person its access, and the changing edges between the person and the holder.

    The step of a membership has the id of the team, so that its members can share one entry point.
    Entry points are compared by identity.
    """

    holder: str
    steps: Steps


AccessProfile: TypeAlias = tuple[EntryPoint, ...]
# The levels of a membership and of a partner, each before and after.
_Levels: TypeAlias = tuple[int, int, int, int]


def access_profiles(paths: AccessPaths, changes: Sequence[Change]) -> dict[AccessProfile, list[str]]:
    """Return the people whom the changes affect, sorted, by access profile."""
    found: dict[AccessProfile, list[str]] = {}
    entry_points = _EntryPoints(paths)
    for person in sorted(_people(paths, changes)):
        found.setdefault(entry_points.of(person), []).append(person)
    return found


def _people(paths: AccessPaths, changes: Sequence[Change]) -> set[str]:
    affected = find_affected(paths.before, paths.after, changes)
    people = set(affected.people)
    for holder in affected.holders:
        sort, name = split_id(holder)
        if sort == "developer":
            people.add(name)
        people.update(paths.before.members.of(holder), paths.after.members.of(holder))
    return people


class _EntryPoints:
    """The entry points of people; teams and partners are looked up once."""

    def __init__(self, paths: AccessPaths) -> None:
        self._paths = paths
        self._teams: dict[str, _Team | None] = {}
        self._partners: dict[str, _Sides] = {}

    def of(self, person: str) -> AccessProfile:
        """Return the sorted entry points of a person that give any access."""
        entry_points = []
        own = f"developer/{person}"
        if self._paths.of(own).paths:
            entry_points.append(EntryPoint(own, ()))
        before, after = self._paths.before.members.to(person), self._paths.after.members.to(person)
        for name in sorted({*before, *after}):
            team = self._teams[name] if name in self._teams else self._team(name)
            entry_point = team.entry_point(person) if team else None
            if entry_point:
                entry_points.append(entry_point)
        return tuple(entry_points)

    def _team(self, name: str) -> "_Team | None":
        """Return a team if it has access to anything."""
        partner = partner_of(name) or ""
        if partner not in self._partners:
            self._partners[partner] = _Sides(
                _fields(self._paths.before, partner), _fields(self._paths.after, partner)
            )
        found = _Team(self._paths, name, self._partners[partner]) if self._paths.of(name).paths else None
        self._teams[name] = found
        return found


class _Team:
    """The entry points of one team; members with the same levels share one."""

    def __init__(self, paths: AccessPaths, name: str, partner: "_Sides") -> None:
        self._name = name
        self._today = paths.today
        self._before, self._after = paths.before.members.of(name), paths.after.members.of(name)
        self._partner = partner
        self._entry_points: dict[_Levels, EntryPoint | None] = {}

    def entry_point(self, person: str) -> EntryPoint | None:
        """Return the entry point of a person who has access through the team before or after."""
        membership_before, membership_after = self._before.get(person), self._after.get(person)
        was = membership_level(membership_before, self._today)
        will = (
            was if membership_after is membership_before else membership_level(membership_after, self._today)
        )
        key = (was, will, *self._partner.levels(person))
        if key not in self._entry_points:
            self._entry_points[key] = self._build(*key)
        return self._entry_points[key]

    def _build(self, was: int, will: int, allowed: int, allows: int) -> EntryPoint | None:
        if not ((was or will) and (allowed or allows)):
            return None
        steps = (Step(self._name, was, will), Step(parents(self._name)[0], allowed, allows))
        return EntryPoint(self._name, tuple(step for step in steps if step.before != step.after))


class _Sides:
    """A partner before and after; if it exists on one side only, that side counts for both."""

    def __init__(self, before: Fields | None, after: Fields | None) -> None:
        sides: list[Fields] = [fields for fields in (before, after) if fields is not None] or [{}]
        self._suspended = is_suspended(sides[0]), is_suspended(sides[-1])
        self._blocked = blocked(sides[0]), blocked(sides[-1])

    def levels(self, person: str) -> tuple[int, int]:
        """Return the levels that the partner allows this person, before and after."""
        (was, will), (before, after) = self._suspended, self._blocked
        return NONE if was or person in before else FULL, NONE if will or person in after else FULL


def _fields(edges: Edges, partner: str) -> Fields | None:
    found = edges.partners.of(PARTNERS).get(partner)
    return found.fields if found else None
