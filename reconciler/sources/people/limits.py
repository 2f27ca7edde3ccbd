"""Limits on how many people may leave at once: of a source, of a partner, and of a team."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from reconciler.model.directory_settings import RemovalLimits, Removals
from reconciler.model.ids import split_team
from reconciler.model.people_pull import ExceededLimit, LeavingPerson, Lists, TeamRole

_Level: TypeAlias = Literal["source", "partner", "team"]
_Group: TypeAlias = tuple[_Level, str]
_PersonKey: TypeAlias = tuple[str, str]


def exceeded(
    source: str,
    limits: RemovalLimits,
    before: Lists,
    roles: Iterable[TeamRole],
    leaving: Sequence[LeavingPerson],
) -> tuple[ExceededLimit, ...]:
    """Return the limits that these people exceed if they leave these roles, from the widest to the narrowest.

    Each person counts once at each level, by id.
    """
    everybody = _grouped(
        source, ((place.team, each.source, each.id) for place in roles for each in before.get(place, ()))
    )
    gone = _grouped(source, ((each.team, each.source, each.id) for each in leaving))
    return tuple(
        ExceededLimit(
            level=group[0],
            name=group[1],
            leaving=len(who),
            people=len(everybody.get(group, ())),
            percent=limit.percent,
            count=limit.count,
            floor=limit.floor,
        )
        for group, who in gone.items()
        for limit in (_limit(limits, group[0]),)
        if _is_exceeded(limit, len(who), len(everybody.get(group, ())))
    )


def digest(source: str, leaving: Iterable[LeavingPerson]) -> str:
    """Return the digest of exactly these people leaving because of a source."""
    content = msgspec.json.encode([source, sorted(leaving)])
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _limit(limits: RemovalLimits, level: _Level) -> Removals:
    return {"source": limits.source, "partner": limits.partner, "team": limits.team}[level]


def _is_exceeded(limit: Removals, leaving: int, people: int) -> bool:
    return leaving > limit.floor and (leaving > limit.count or leaving * 100 > limit.percent * people)


def _grouped(source: str, people: Iterable[tuple[str, str, str]]) -> dict[_Group, set[_PersonKey]]:
    found: dict[_Group, set[_PersonKey]] = {}
    for team, origin, person in people:
        for group in _groups(source, team):
            found.setdefault(group, set()).add((origin, person))
    return dict(sorted(found.items(), key=lambda each: (_ORDER.index(each[0][0]), each[0][1])))


_ORDER: tuple[_Level, ...] = ("source", "partner", "team")


def _groups(source: str, team: str) -> Iterator[_Group]:
    yield "source", source
    yield "partner", split_team(team)[0]
    yield "team", team
