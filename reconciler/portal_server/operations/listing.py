"""Paginated lists in a stable order, with the total number."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Select, bindparam, func, select

from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import Filter, TeamSight, View
from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.storage.json_rows import json_rows
from reconciler.portal_server.values.addresses import canonical_email
from reconciler.portal_server.values.durations import expired_before

MAX_PAGE: Final = 1000
# Lists of objects are read whole by plans, in as few requests as possible.
MAX_PAGE_OF_OBJECTS: Final = 5000
# The sequence number of the last row of a page, which fits into any integer column.
_DIGITS: Final = 18
Cursor = Annotated[str, msgspec.Meta(pattern=rf"^[0-9]{{1,{_DIGITS}}}$(?!\n)")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)]


class Paging(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The query parameters of every list."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE_OF_OBJECTS)] = 100
    cursor: Cursor | UnsetType = UNSET


def page_query(view: View) -> type[msgspec.Struct]:
    """Return the class of the query parameters of a list."""
    return query_class(f"{view.reply.__name__}Query", Paging, view.filters)


def query_class(name: str, base: type[msgspec.Struct], filters: Mapping[str, Filter]) -> type[msgspec.Struct]:
    """Return a class of query parameters: those of the base and the filters, which are optional."""
    fields = [(key, filtered.format | UnsetType, UNSET) for key, filtered in filters.items()]
    return msgspec.defstruct(
        name, fields, bases=(base,), kw_only=True, frozen=True, forbid_unknown_fields=True
    )


def page(call: Call, view: View, sight: TeamSight | None = None) -> HttpResponse:
    """Return a page of the rows that the caller can see."""
    values = filter_values(call.query, view)
    names = tuple(values)
    seen = sight if call.of_team else None
    values["own"] = seen.of(call.caller) if seen and call.caller else None
    values["expired_before"] = expired_before(call.now)
    limit = call.query.limit
    cursor = call.query.cursor
    after = 0 if cursor is UNSET else int(cursor)
    statements = _statements(view, names, seen)
    rows = json_rows(call.connection, statements.rows, {**values, "after": after, "limit": limit}, view.reply)
    total = call.connection.execute(statements.total, values).scalar_one()
    following = {**values, "after": rows.last}
    more = rows.number == limit and call.connection.scalar(statements.more, following) is not None
    return json_response(200, _WrittenPage(rows.items, total, str(rows.last) if more else None))


def filter_values(query: Any, view: View) -> dict[str, Any]:
    """Return the values of a list's filters, with canonical addresses. Reject invalid ones with 422."""
    given = msgspec.structs.asdict(query)
    values = {name: given[name] for name in view.filters if given[name] is not UNSET}
    for name in {"email", "to"} & values.keys():
        try:
            values[name] = canonical_email(values[name])
        except ValueError as error:
            raise invalid(f"?{name}", str(error)) from error
    return values


def is_cursor(text: str) -> bool:
    """Whether a text is a cursor of a list in the order of creation."""
    return text.isdecimal() and text.isascii() and len(text) <= _DIGITS


class _WrittenPage(msgspec.Struct, frozen=True):
    """A page like that of `responses`, whose items are JSON already."""

    items: msgspec.Raw
    total: int
    next: str | None


class _Statements(msgspec.Struct, frozen=True):
    """The statements for the rows of a page, for their total, and for a row after a page."""

    rows: Select[Any]
    total: Select[int]
    more: Select[int]


@lru_cache(maxsize=256)
def _statements(view: View, names: tuple[str, ...], sight: TeamSight | None) -> _Statements:
    """Return the statements for a list, cached for each set of filters."""
    seq = view.table.c.seq
    chosen: list[Filter] = [view.filters[name] for name in names]
    clauses = [filtered.clause(bindparam(name)) for name, filtered in zip(names, chosen, strict=True)]
    if view.where is not None:
        clauses.append(view.where)
    if sight:
        clauses.append(sight.column == bindparam("own"))
    following = (*clauses, seq > bindparam("after"))
    # A reply may end with fields that the table does not have.
    keys = zip(view.reply.__struct_encode_fields__, view.columns, strict=False)
    rows = select(seq, *(column.label(key) for key, column in keys)).where(*following)
    return _Statements(
        rows.order_by(seq).limit(bindparam("limit")),
        select(func.count()).select_from(view.table).where(*clauses),
        # Sorted, PostgreSQL finds one by the index; EXISTS would look through the rows before it.
        select(seq).where(*following).order_by(seq).limit(1),
    )
