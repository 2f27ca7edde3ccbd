"""Read the audit log: all of it, or what a team may know of its own."""

from functools import lru_cache
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)

from reconciler.portal_server.operations.audit_names import names_in
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.listing import Cursor, Limit
from reconciler.portal_server.operations.operation import ADMIN_AND_TEAM, Operation
from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.operations.responses import Entry, Page, Reply
from reconciler.portal_server.storage.tables import audit, tokens
from reconciler.portal_server.values.addresses import canonical_email
from reconciler.portal_server.values.formats import Action, Day, Email, Identifier, Line, Through

_Order = Literal["written", "older", "newer"]
# What a team does not see of its objects, by kind. Of other kinds, it does not see the values at all.
_HIDDEN: Final = {
    "member": frozenset[str](),
    "team": frozenset[str](),
    "token": frozenset[str](),
    "grant": frozenset({"reason"}),
    "access-request": frozenset({"decidedBy"}),
}
_PAGING: Final = frozenset({"limit", "cursor", "order", "older", "newer"})
_FIELDS: Final = msgspec.json.Decoder(dict[str, Any])


class AuditFilters(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The filters of the audit log; `since` and `until` are days in UTC, both inclusive."""

    object: Identifier | UnsetType = UNSET
    team: Identifier | UnsetType = UNSET
    person: Email | UnsetType = UNSET
    action: Action | UnsetType = UNSET
    kind: Line | UnsetType = UNSET
    since: Day | UnsetType = UNSET
    until: Day | UnsetType = UNSET
    through: Through | UnsetType = UNSET


class AuditQuery(AuditFilters, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The filters and the order of a list of entries."""

    limit: Limit = 100
    cursor: Cursor | UnsetType = UNSET
    order: Literal["asc", "desc"] = "asc"


class BrowseQuery(AuditFilters, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The filters of a page, whose entries are older or newer than a cursor; or only one `entry`."""

    entry: Identifier | UnsetType = UNSET
    limit: Limit = 50
    older: Cursor | UnsetType = UNSET
    newer: Cursor | UnsetType = UNSET


class AuditView(Reply, frozen=True):
    """Entries, the newest first, with the display names of what they refer to, by id.

    `newer` and `older` are the cursors of the pages before and after; they are null at an end.
    """

    items: list[Entry]
    names: dict[str, str]
    newer: str | None
    older: str | None


def page(call: Call) -> HttpResponse:
    """Return a page of the entries that the caller may see, the oldest or the newest first."""
    query = call.query
    values = _filter_values(call)
    order: _Order = "written" if query.order == "asc" else "older"
    rows = _rows(call, values, order, query.cursor, query.limit)
    total = call.connection.execute(_total(tuple(sorted(values)), of_team=call.of_team), values)
    items = [_entry(call, row) for row in rows[: query.limit]]
    following = str(rows[query.limit - 1].seq) if len(rows) > query.limit else None
    return json_response(200, Page(items, total.scalar_one(), following))


def browse(call: Call) -> HttpResponse:
    """Return a page of entries for people, the newest first, with names."""
    query = call.query
    values = _filter_values(call)
    backwards = query.newer is not UNSET
    cursor = query.newer if backwards else query.older
    rows = _rows(call, values, "newer" if backwards else "older", cursor, query.limit)
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    if backwards:
        rows.reverse()
    items = [_entry(call, row) for row in rows]
    is_first = not more if backwards else cursor is UNSET
    is_last = False if backwards else not more
    newer = None if is_first or not rows else str(rows[0].seq)
    older = None if is_last or not rows else str(rows[-1].seq)
    return json_response(200, AuditView(items, names_in(call, items), newer, older))


def _filter_values(call: Call) -> dict[str, Any]:
    filters = msgspec.structs.asdict(call.query)
    values = {name: value for name, value in filters.items() if value is not UNSET and name not in _PAGING}
    if "person" in values:
        try:
            values["person"] = canonical_email(values["person"])
        except ValueError as error:
            raise invalid("?person", str(error)) from error
    for name in {"since", "until"} & values.keys():
        values[name] = values[name].isoformat()
    if "until" in values:
        # After every time of that day.
        values["until"] += "T24"
    if call.of_team and call.caller:
        values["own"] = call.caller.team_id
    return values


def _rows(call: Call, values: dict[str, Any], order: _Order, cursor: Any, limit: int) -> list[Any]:
    statement = _page(tuple(sorted(values)), order, of_team=call.of_team, starts=cursor is UNSET)
    place = {} if cursor is UNSET else {"cursor": int(cursor)}
    return list(call.connection.execute(statement, {**values, **place, "fetched": limit + 1}).all())


def _entry(call: Call, row: Any) -> Entry:
    *fields, _ = row
    entry = Entry(*fields)
    if not call.of_team:
        return entry
    before, after = (_known_to_team(entry.kind, side) for side in (entry.before, entry.after))
    return msgspec.structs.replace(entry, before=before, after=after)


def _known_to_team(kind: str, side: Any) -> Any:
    if side is None or kind not in _HIDDEN:
        return None
    hidden = _HIDDEN[kind]
    return {name: value for name, value in _FIELDS.decode(side).items() if name not in hidden}


def _columns(*, of_team: bool) -> dict[str, ColumnElement[Any]]:
    """Return the fields of an entry. A team sees what its own people, tokens and invitations did as such."""
    columns: dict[str, ColumnElement[Any]] = {name: audit.c[name] for name in Entry.__struct_fields__}
    if not of_team:
        return columns
    own_token = exists().where(tokens.c.id == audit.c.token_id, tokens.c.team_id == bindparam("own"))
    through = audit.c.through
    own = or_(through.in_(["page", "invitation"]), and_(through == "token", own_token))
    for name in ("token", "token_id", "person"):
        columns[name] = case((own, audit.c[name]), else_=null())
    columns["through"] = case((own, through), (through.is_(None), null()), else_=literal("operator"))
    columns["source"] = null()
    return columns


def _clauses(names: tuple[str, ...], columns: dict[str, ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    clauses: dict[str, ColumnElement[bool]] = {
        "own": audit.c.team_id == bindparam("own"),
        "entry": audit.c.id == bindparam("entry"),
        "team": audit.c.team_id == bindparam("team"),
        "since": audit.c.at >= bindparam("since"),
        "until": audit.c.at < bindparam("until"),
        **{
            name: columns[name] == bindparam(name)
            for name in ("object", "person", "action", "kind", "through")
        },
    }
    return [clauses[name] for name in names]


@lru_cache(maxsize=256)
def _page(names: tuple[str, ...], order: _Order, *, of_team: bool, starts: bool) -> Select[Any]:
    columns = _columns(of_team=of_team)
    seq, at = audit.c.seq, audit.c.at
    statement = select(*(column.label(name) for name, column in columns.items()), seq.label("seq"))
    statement = statement.where(*_clauses(names, columns)).limit(bindparam("fetched"))
    if order == "written":
        statement = statement.order_by(seq)
        return statement if starts else statement.where(seq > bindparam("cursor"))
    place = tuple_(select(at).where(seq == bindparam("cursor")).scalar_subquery(), bindparam("cursor"))
    if order == "older":
        statement = statement.order_by(at.desc(), seq.desc())
        return statement if starts else statement.where(tuple_(at, seq) < place)
    return statement.order_by(at, seq).where(tuple_(at, seq) > place)


@lru_cache(maxsize=256)
def _total(names: tuple[str, ...], *, of_team: bool) -> Select[Any]:
    return select(func.count()).select_from(audit).where(*_clauses(names, _columns(of_team=of_team)))


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/audit",
        name="list-audit",
        summary="List the audit log, by default the oldest entries first",
        run=page,
        scopes=ADMIN_AND_TEAM,
        query=AuditQuery,
        reply=Page[Entry],
    ),
    Operation(
        method="GET",
        path="/audit",
        name="browse-audit",
        summary="Show a page of the audit log",
        run=browse,
        scopes=ADMIN_AND_TEAM,
        query=BrowseQuery,
        reply=AuditView,
        for_pages=True,
    ),
)
