"""The holders (teams and people with own grants) that give people access, and the people behind holders."""

from collections.abc import Iterable
from typing import TypeAlias

from reconciler.model.graph.reachability import Reach
from reconciler.model.ids import split_id

# The holders that give a person access, each with the last day of the membership.
Through: TypeAlias = tuple[tuple[str, str | None], ...]


def through(reach: Reach, person: str) -> Through:
    """Return the holders that give a person any access."""
    own = f"developer/{person}"
    found: list[tuple[str, str | None]] = [(own, None)] if reach.holding(own) else []
    for team in reach.edges.members.to(person):
        membership = reach.membership(team, person)
        if membership and reach.holding(team):
            found.append((team, membership.fields.get("until")))
    found.sort()
    return tuple(found)


def people_of(before: Reach, after: Reach, holders: Iterable[str]) -> set[str]:
    """Return all members of these teams in either state, and the individual people among the holders."""
    people: set[str] = set()
    for holder in holders:
        sort, name = split_id(holder)
        if sort == "developer":
            people.add(name)
        people.update(before.edges.members.of(holder), after.edges.members.of(holder))
    return people
