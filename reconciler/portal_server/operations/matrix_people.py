"""The people of a page: who can match its filters, in the order of their addresses."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import CompoundSelect, Select, Text, bindparam, func, or_, select, type_coerce, union

from reconciler.portal_server.operations.context import Call
from reconciler.portal_server.storage.tables import grants, members, teams

MOST_COUNTED: Final = 10_000
# With one of these filters, it depends on the access of each person whether they match.
_BY_ACCESS: Final = frozenset({"group", "groups", "level", "ending"})
# No address has this character, and all characters of addresses are before it.
_LAST: Final = "\U0010ffff"
_MEMBER_UNTIL: Final[Any] = type_coerce(members.c.until, Text)
_GRANT_UNTIL: Final[Any] = type_coerce(grants.c.until, Text)


def next_people(call: Call, wanted: Mapping[str, Any], cursor: str | None, most: int) -> list[str]:
    """Return the addresses of the next people who can match the filters."""
    names = frozenset(wanted)
    values = {**wanted, "after": "" if cursor is None else cursor, "most": most}
    return list(call.connection.scalars(_people(names), _bound(values)))


def number_of_people(call: Call, wanted: Mapping[str, Any]) -> int | None:
    """Return the number of people who match; None if that needs their access, or if they are too many."""
    if _BY_ACCESS & wanted.keys():
        return None
    values = {**wanted, "after": "", "most": MOST_COUNTED + 1}
    found = select(func.count()).select_from(_people(frozenset(wanted)).subquery())
    number = call.connection.execute(found, _bound(values)).scalar_one()
    return number if number <= MOST_COUNTED else None


def _bound(values: Mapping[str, Any]) -> dict[str, Any]:
    bound = dict(values)
    if "search" in bound:
        bound["search_end"] = bound["search"] + _LAST
    return bound


@lru_cache(maxsize=256)
def _people(names: frozenset[str]) -> Select[Any] | CompoundSelect[Any]:
    of_members = _members(names)
    if names & {"partner", "team", "own"}:
        return of_members
    # Each half is limited by itself: the database stops to read when it has a page.
    halves = [select(each.subquery().c.email) for each in (of_members, _receivers(names))]
    return union(*halves).order_by("email").limit(bindparam("most"))


def _members(names: frozenset[str]) -> Select[Any]:
    table = members.c
    clauses = [table.state != "declined", *_addresses(names, table.email)]
    if "own" in names:
        clauses.append(table.team_id == bindparam("own"))
    if "team" in names:
        clauses.append(table.team_id == bindparam("team"))
    if "partner" in names:
        of_partner = select(teams.c.id).where(teams.c.partner_id == bindparam("partner"))
        clauses.append(table.team_id.in_(of_partner))
    through = _grants(names)
    if through:
        receivers = select(grants.c.team_id).where(grants.c.team_id.is_not(None), *through)
        clauses.append(table.team_id.in_(receivers))
    if "ending" in names:
        ending = select(grants.c.team_id).where(
            grants.c.team_id.is_not(None), _GRANT_UNTIL.between(bindparam("from"), bindparam("ending"))
        )
        own = _MEMBER_UNTIL.between(bindparam("from"), bindparam("ending"))
        clauses.append(or_(own, table.team_id.in_(ending)))
    return _page(table.email, clauses)


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
    return clauses


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
