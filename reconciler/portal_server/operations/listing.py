"""Paginated lists in a stable order, with the total number."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import starmap
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Select, bindparam, func, select

from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import Filter, TeamSight, View
from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.operations.responses import Page
from reconciler.portal_server.values.addresses import canonical_email
from reconciler.portal_server.values.durations import expired_before

MAX_PAGE: Final = 1000
# The sequence number of the last row of a page, which fits into any integer column.
_DIGITS: Final = 18
Cursor = Annotated[str, msgspec.Meta(pattern=rf"^[0-9]{{1,{_DIGITS}}}$(?!\n)")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)]


class Paging(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The query parameters of every list."""

    limit: Limit = 100
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
    rows_of, total_of = _statements(view, names, seen)
    rows = call.connection.execute(rows_of, {**values, "after": after, "fetched": limit + 1}).all()
    total = call.connection.execute(total_of, values).scalar_one()
    items: list[Any] = list(starmap(view.reply, rows[:limit]))
    following = _cursor(call, view, items[-1].id) if len(rows) > limit else None
    return json_response(200, Page(items, total, following))


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


@lru_cache(maxsize=256)
def _statements(
    view: View, names: tuple[str, ...], sight: TeamSight | None
) -> tuple[Select[Any], Select[Any]]:
    """Return the statements for a page and for the total, cached for each set of filters."""
    seq = view.table.c.seq
    chosen: list[Filter] = [view.filters[name] for name in names]
    clauses = [filtered.clause(bindparam(name)) for name, filtered in zip(names, chosen, strict=True)]
    if view.where is not None:
        clauses.append(view.where)
    if sight:
        clauses.append(sight.column == bindparam("own"))
    rows = select(*view.columns).where(*clauses, seq > bindparam("after"))
    total = select(func.count()).select_from(view.table).where(*clauses)
    return rows.order_by(seq).limit(bindparam("fetched")), total


def _cursor(call: Call, view: View, last: str) -> str:
    """Return the cursor after a page, looked up by its last row."""
    seq = call.connection.execute(_place(view), {"last": last}).scalar_one()
    return str(seq)


@lru_cache(maxsize=64)
def _place(view: View) -> Select[Any]:
    return select(view.table.c.seq).where(view.table.c.id == bindparam("last"))
