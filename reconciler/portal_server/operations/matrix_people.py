"""The people of a page: who can match its filters, in the order of their addresses."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    func,
    select,
    true,
    type_coerce,
    union,
)

from reconciler.portal_server.operations.context import Call
from reconciler.portal_server.storage.tables import grants, members, teams

MOST_COUNTED: Final = 1_000
# Of so many teams, the first people of each are read. With more teams, the first people are found soon.
_FEW_TEAMS: Final = 500
# With one of these filters, it depends on the access of each person whether they match.
_BY_ACCESS: Final = frozenset({"group", "groups", "level", "ending"})
_BY_PLACE: Final = frozenset({"partner", "team", "own"})
# No address has this character, and all characters of addresses are before it.
_LAST: Final = "\U0010ffff"
_MEMBER_UNTIL: Final[Any] = type_coerce(members.c.until, Text)
_GRANT_UNTIL: Final[Any] = type_coerce(grants.c.until, Text)


class _Source(NamedTuple):
    """The filters of a statement, and whether the teams are given by their ids."""

    names: frozenset[str]
    has_teams: bool
    is_lateral: bool


def next_people(call: Call, wanted: Mapping[str, Any], cursor: str | None, most: int) -> list[str]:
    """Return the addresses of the next people who can match the filters."""
    source, values = _source(call, wanted)
    values |= {"after": "" if cursor is None else cursor, "most": most}
    return list(call.connection.scalars(_people(source), values))


def number_of_people(call: Call, wanted: Mapping[str, Any]) -> int | None:
    """Return the number of people who match; None if that needs their access, or if they are too many."""
    if _BY_ACCESS & wanted.keys():
        return None
    source, values = _source(call, wanted)
    values |= {"after": "", "most": MOST_COUNTED + 1}
    found = select(func.count()).select_from(_people(source).subquery())
    number = call.connection.execute(found, values).scalar_one()
    return number if number <= MOST_COUNTED else None


def _source(call: Call, wanted: Mapping[str, Any]) -> tuple[_Source, dict[str, Any]]:
    """Return what is read, with the values of the filters: few teams are found first."""
    values = dict(wanted)
    if "search" in values:
        values["search_end"] = values["search"] + _LAST
    names = _narrowing(frozenset(wanted))
    if not names & (_BY_PLACE | _BY_ACCESS):
        return _Source(names, has_teams=False, is_lateral=False), values
    few = {**values, "few": _FEW_TEAMS + 1}
    found = list(call.connection.scalars(_teams(names).limit(bindparam("few")), few))
    if len(found) > _FEW_TEAMS:
        return _Source(names, has_teams=False, is_lateral=False), values
    is_lateral = call.connection.dialect.name == "postgresql"
    return _Source(names, has_teams=True, is_lateral=is_lateral), {**values, "teams": found}


def _narrowing(names: frozenset[str]) -> frozenset[str]:
    """Return the filters that choose who can match: by team or by access, each in one way only.

    A person can be in one team, receive a group through another, and lose access through a third one.
    """
    addresses = names & {"person", "search"}
    if names & _BY_PLACE:
        return addresses | (names & _BY_PLACE)
    if "groups" in names:
        return addresses | (names & {"groups", "level"})
    one = next((name for name in ("group", "level", "ending") if name in names), None)
    return addresses if one is None else addresses | {one}


@lru_cache(maxsize=256)
def _people(source: _Source) -> Select[Any] | CompoundSelect[Any]:
    names = source.names
    sources = [_members(source)]
    if "ending" in names:
        sources.append(_ending_members(names))
    if not names & _BY_PLACE:
        sources.append(_receivers(names))
    if len(sources) == 1:
        return sources[0]
    # Each part is limited by itself: the database stops to read when it has a page.
    parts = [select(each.subquery().c.email) for each in sources]
    return union(*parts).order_by("email").limit(bindparam("most"))


def _members(source: _Source) -> Select[Any]:
    """Return the members of the teams. With a lateral join, the first ones of each team are read."""
    names, table = source.names, members.c
    clauses = [table.state != "declined", *_addresses(names, table.email)]
    if not source.has_teams:
        if names & (_BY_PLACE | _BY_ACCESS):
            clauses.append(table.team_id.in_(_teams(names)))
        return _page(table.email, clauses)
    chosen = teams.c.id.in_(bindparam("teams", expanding=True))
    if not source.is_lateral:
        return _page(table.email, [*clauses, table.team_id.in_(bindparam("teams", expanding=True))])
    of_team = select(table.email).where(table.team_id == teams.c.id, *clauses)
    first = of_team.order_by(table.email).limit(bindparam("most")).lateral()
    found = select(first.c.email.label("email")).distinct().select_from(teams.join(first, true()))
    return found.where(chosen).order_by(first.c.email).limit(bindparam("most"))


def _ending_members(names: frozenset[str]) -> Select[Any]:
    """Return the people whose own membership ends."""
    email = members.c.email
    return _page(email, [*_addresses(names, email), members.c.state != "declined", _ending(_MEMBER_UNTIL)])


def _teams(names: frozenset[str]) -> Select[Any]:
    """Return the teams through which people can match."""
    clauses: list[Any] = []
    if "own" in names:
        clauses.append(teams.c.id == bindparam("own"))
    if "team" in names:
        clauses.append(teams.c.id == bindparam("team"))
    if "partner" in names:
        clauses.append(teams.c.partner_id == bindparam("partner"))
    through = _grants(names)
    if through:
        receivers = select(grants.c.team_id).where(grants.c.team_id.is_not(None), *through)
        clauses.append(teams.c.id.in_(receivers))
    return select(teams.c.id).where(*clauses)


def _receivers(names: frozenset[str]) -> Select[Any]:
    """Return the people with grants of their own."""
    email = grants.c.email
    clauses = [email.is_not(None), *_addresses(names, email), *_grants(names)]
    return _page(email, clauses)


def _grants(names: frozenset[str]) -> list[Any]:
    clauses: list[Any] = []
    if "group" in names:
        clauses.append(grants.c.group_id == bindparam("group"))
    if "groups" in names:
        clauses.append(grants.c.group_id.in_(bindparam("groups", expanding=True)))
    if "level" in names:
        clauses.append(grants.c.level == bindparam("level"))
    if "ending" in names:
        clauses.append(_ending(_GRANT_UNTIL))
    return clauses


def _ending(until: Any) -> ColumnElement[bool]:
    ends: ColumnElement[bool] = until.between(bindparam("from"), bindparam("ending"))
    return ends


def _addresses(names: frozenset[str], email: Any) -> list[Any]:
    clauses = [email > bindparam("after")]
    if "person" in names:
        clauses.append(email == bindparam("person"))
    if "search" in names:
        clauses += [email >= bindparam("search"), email < bindparam("search_end")]
    return clauses


def _page(email: Any, clauses: list[Any]) -> Select[Any]:
    found = select(email.label("email")).distinct().where(*clauses)
    return found.order_by(email).limit(bindparam("most"))
