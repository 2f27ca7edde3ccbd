"""Members of a team, sorted by address, with a search, and with pages in both directions."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import starmap
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ColumnElement, Select, Text, bindparam, func, or_, select, type_coerce

from reconciler.portal_server.operations import listing, responses
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import MEMBER
from reconciler.portal_server.operations.problems import ProblemError, invalid
from reconciler.portal_server.storage.tables import members, partners, teams
from reconciler.portal_server.values.durations import expired_before
from reconciler.portal_server.values.formats import Day, Identifier, ListedState, Role

_VIEW: Final = MEMBER.view
_MAX_IDS: Final = 1000
Search = Annotated[str, msgspec.Meta(max_length=254)]
# The direction, and the address of the last row that was seen, which may be deleted since.
Cursor = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{1,600}$(?!\n)")]
Query: Final = msgspec.defstruct(
    "MemberQuery",
    [
        ("search", Search | UnsetType, UNSET),
        ("sort", Literal["email"] | UnsetType, UNSET),
        ("cursor", Cursor | UnsetType, UNSET),
    ],
    bases=(listing.page_query(_VIEW),),
    kw_only=True,
    frozen=True,
    forbid_unknown_fields=True,
)


class BrowseQuery(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The filters of the list on a page; `ending` is the last of the days on which a membership ends."""

    search: Search = ""
    state: ListedState | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    ending: Day | UnsetType = UNSET
    managed: Literal["yes"] | UnsetType = UNSET
    cursor: Cursor | UnsetType = UNSET
    limit: listing.Limit = 50


class Ids(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ids of members."""

    ids: Annotated[list[Identifier], msgspec.Meta(max_length=_MAX_IDS)]


class _Slice(msgspec.Struct, frozen=True):
    """A page of rows; `previous` and `next` are cursors."""

    rows: Sequence[Any]
    total: int
    previous: str | None
    next: str | None


def show(call: Call) -> HttpResponse:
    """Return a page of members, in the order of their creation or, with `sort` or `search`, by address."""
    query = call.query
    if query.sort is UNSET and query.search is UNSET:
        if query.cursor is not UNSET and not listing.is_cursor(query.cursor):
            raise invalid("?cursor", "not a cursor of this list")
        return listing.page(call, _VIEW, MEMBER.sight)
    values = listing.filter_values(query, _VIEW)
    own = call.caller.team_id if call.of_team and call.caller else None
    if own is None and "team" not in values:
        # Only within a team, an index makes both fast at any number of members.
        raise invalid("?team", "is required with ?sort and ?search")
    found = _slice(call, {**values, **({"own": own} if own else {}), **_searched(query.search)})
    items: list[Any] = list(starmap(responses.Member, found.rows))
    return json_response(200, responses.Page(items, found.total, found.next))


def browse(call: Call) -> HttpResponse:
    """Return a page of the members of a team. A person who is not an admin sees only the active admins."""
    query = call.query
    team = _team(call)
    values: dict[str, Any] = {"team": call.path["id"], **_searched(query.search)}
    if call.caller is not None and call.caller.scope == "person":
        values |= {"role": "admin", "listed": "active"}
    else:
        values |= {
            name: getattr(query, name) for name in ("role", "ending") if getattr(query, name) is not UNSET
        }
        if query.state is not UNSET:
            values["listed"] = query.state
        if query.managed is not UNSET and team.delegated:
            values["managed"] = True
    found = _slice(call, values, team.blocked)
    listed = [_listed(team, responses.Member(*row)) for row in found.rows]
    return json_response(200, responses.ListedMembers(listed, found.total, found.previous, found.next))


def find(call: Call) -> HttpResponse:
    """Return those of the members that are in the team, sorted by address."""
    team = _team(call)
    values = {
        "team": call.path["id"],
        "ids": call.body.ids,
        "expired_before": expired_before(call.now),
    }
    rows = call.connection.execute(_FIND, values)
    return json_response(200, [_listed(team, responses.Member(*row)) for row in rows])


class _Team(msgspec.Struct, frozen=True):
    delegated: bool
    blocked: frozenset[str]


def _team(call: Call) -> _Team:
    """Return what decides about the members of the team. Reject with 403 people of other teams."""
    caller, team_id = call.caller, call.path["id"]
    if caller is None or (caller.scope != "admin" and caller.team_id != team_id):
        raise ProblemError(403, "You can only see the members of your own teams.")
    row = call.connection.execute(_TEAM, {"team": team_id}).one_or_none()
    if row is None:
        raise ProblemError(404, "The team does not exist.")
    return _Team(row.delegated, frozenset(msgspec.json.decode(row.blocked)))


def _listed(team: _Team, member: responses.Member) -> responses.ListedMember:
    return responses.ListedMember(
        member.id,
        member.email,
        member.role,
        member.until,
        "blocked" if member.email in team.blocked else member.state,
        member.invited_at,
        not team.delegated or member.role == "admin" or member.until is not None,
        member.etag,
    )


def _searched(search: str | UnsetType) -> dict[str, str]:
    text = "" if search is UNSET else str(search).strip().lower()
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"search": f"%{escaped}%"} if text else {}


def _slice(call: Call, values: Mapping[str, Any], blocked: frozenset[str] = frozenset()) -> _Slice:
    query = call.query
    backward, place = _place(query.cursor)
    names = tuple(name for name in values if name != "listed")
    listed = values.get("listed")
    if listed is not None:
        names += ("blocked",) if listed == "blocked" else ("state", "unblocked")
    direction: _Direction = "first" if place is None else "back" if backward else "on"
    rows_of, total_of = _statements(names, direction)
    given = {
        **values,
        "state": listed if listed is not None else values.get("state"),
        "blocked": sorted(blocked),
        "today": call.now.date().isoformat(),
        "expired_before": expired_before(call.now),
        "place": place,
        "fetched": query.limit + 1,
    }
    rows = call.connection.execute(rows_of, given).all()
    more = len(rows) > query.limit
    # The only page has its total; counting a rare match would search the whole team again.
    is_whole = place is None and not more
    total = len(rows) if is_whole else call.connection.execute(total_of, given).scalar_one()
    shown = rows[: query.limit]
    if backward:
        shown = shown[::-1]
    has_previous, has_next = (more, True) if backward else (place is not None, more)
    return _Slice(
        shown,
        total,
        _cursor("b", shown[0].email) if shown and has_previous else None,
        _cursor("a", shown[-1].email) if shown and has_next else None,
    )


def _cursor(direction: str, email: str) -> str:
    return urlsafe_b64encode(f"{direction}{email}".encode()).decode().rstrip("=")


def _place(cursor: str | UnsetType) -> tuple[bool, str | None]:
    """Return whether a cursor leads backward, and the address where it starts. Reject with 422."""
    if cursor is UNSET:
        return False, None
    try:
        text = urlsafe_b64decode(f"{cursor}===").decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    if text[:1] not in {"a", "b"} or "\0" in text:
        raise invalid("?cursor", "not a cursor of this list")
    return text[0] == "b", text[1:]


_Direction = Literal["first", "on", "back"]
_UNTIL: Final[Any] = type_coerce(members.c.until, Text)
_CLAUSES: Final[Mapping[str, ColumnElement[bool]]] = {
    **{name: each.clause(bindparam(name)) for name, each in _VIEW.filters.items()},
    "own": members.c.team_id == bindparam("own"),
    "search": members.c.email.like(bindparam("search"), escape="\\"),
    "blocked": members.c.email.in_(bindparam("blocked", expanding=True)),
    "unblocked": members.c.email.not_in(bindparam("blocked", expanding=True)),
    "ending": _UNTIL.between(
        type_coerce(bindparam("today"), Text), type_coerce(bindparam("ending"), members.c.until.type)
    ),
    "managed": or_(members.c.role == "admin", members.c.until.is_not(None)),
}
_FIND: Final = (
    select(*_VIEW.columns)
    .where(members.c.team_id == bindparam("team"), members.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(members.c.email)
)
_TEAM: Final = (
    select(teams.c.delegated, partners.c.blocked)
    .join_from(teams, partners)
    .where(teams.c.id == bindparam("team"))
)


@lru_cache(maxsize=256)
def _statements(names: tuple[str, ...], direction: _Direction) -> tuple[Select[Any], Select[Any]]:
    """Return the statements for a page and for the total, cached for each set of filters.

    The addresses of the page are found in an index alone; only their rows are read.
    """
    clauses = [_CLAUSES[name] for name in names]
    place = type_coerce(bindparam("place"), Text)
    sides = {"first": (), "on": (members.c.email > place,), "back": (members.c.email < place,)}
    order = members.c.email.desc() if direction == "back" else members.c.email.asc()
    found = (
        select(members.c.email)
        .where(*clauses, *sides[direction])
        .order_by(order)
        .limit(bindparam("fetched"))
        .correlate(None)
    )
    in_team = [_CLAUSES[name] for name in names if name in {"own", "team"}]
    rows = select(*_VIEW.columns).where(*in_team, members.c.email.in_(found)).order_by(order)
    return rows, select(func.count()).select_from(members).where(*clauses)
