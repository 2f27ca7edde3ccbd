"""Lists for pages: sorted by what a person looks for, with a search, and pages in both directions."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import starmap
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)

from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import (
    ACCESS_GROUP,
    API,
    PARTNER,
    PERSON,
    PRODUCT,
    TEAM,
    TOKEN,
    Filter,
    Kind,
)
from reconciler.portal_server.operations.listing import query_class
from reconciler.portal_server.operations.references import MAX_TOTAL
from reconciler.portal_server.storage import tables
from reconciler.portal_server.values.formats import Identifier, PartnerStatus, PartnerType, Scope, Visibility

PAGE_SIZE: Final = 50
Search = Annotated[str, msgspec.Meta(max_length=200)]
# A row as `id~sort key`, so that it needs not exist any more.
Place = Annotated[str, msgspec.Meta(pattern="^[a-z]+_[0-9a-z]+~", max_length=600)]
Item = TypeVar("Item")


class BrowseQuery(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The search, and the row after or before which a page begins."""

    search: Search = ""
    after: Place | UnsetType = UNSET
    before: Place | UnsetType = UNSET


class Browsed(msgspec.Struct, Generic[Item], frozen=True, gc=False):
    """A page; `total` is null above MAX_TOTAL, `previous` and `next` are places, null at the ends."""

    items: list[Item]
    total: int | None
    previous: str | None
    next: str | None


class Browsing(msgspec.Struct, frozen=True, eq=False):
    """How a kind is browsed: its sort key, the columns that a search reads, and its filters.

    With `begins`, a search finds the beginning of the sort key, which stays fast in a very long list.
    """

    kind: Kind
    sort: ColumnElement[Any]
    searched: Sequence[ColumnElement[Any]]
    filters: Mapping[str, Filter] = {}
    begins: bool = False


def query_of(browsing: Browsing) -> type[msgspec.Struct]:
    """Return the class of the query parameters."""
    return query_class(f"Browse{browsing.kind.view.reply.__name__}Query", BrowseQuery, browsing.filters)


def page(call: Call, browsing: Browsing) -> HttpResponse:
    """Return a page of a kind."""
    query = call.query
    values = {name: getattr(query, name) for name in browsing.filters if getattr(query, name) is not UNSET}
    names = tuple(values)
    text = query.search.strip().lower()
    if text:
        values["search"] = text if browsing.begins else f"%{_escaped(text)}%"
        values["beyond"] = text + "\U0010ffff"
    backward = query.before is not UNSET
    place = query.before if backward else query.after
    at = None
    if place is not UNSET:
        row_id, _, key = place.partition("~")
        at = {"at_key": key, "at_id": row_id}
    direction: Literal["on", "back"] | None = None if at is None else "back" if backward else "on"
    rows_of, total_of = _statements(browsing, names, direction, searched=bool(text))
    rows = call.connection.execute(rows_of, {**values, **(at or {}), "fetched": PAGE_SIZE + 1}).all()
    total = call.connection.execute(total_of, values).scalar_one()
    more = len(rows) > PAGE_SIZE
    shown = rows[:PAGE_SIZE][::-1] if backward else rows[:PAGE_SIZE]
    items: list[Any] = list(starmap(browsing.kind.view.reply, (row[1:] for row in shown)))
    places = [f"{item.id}~{row[0]}" for item, row in zip(items, shown, strict=True)]
    has_previous, has_next = (more, True) if backward else (at is not None, more)
    answer = Browsed(
        items,
        total if total <= MAX_TOTAL else None,
        places[0] if places and has_previous else None,
        places[-1] if places and has_next else None,
    )
    return json_response(200, answer)


@lru_cache(maxsize=256)
def _statements(
    browsing: Browsing, names: tuple[str, ...], direction: Literal["on", "back"] | None, *, searched: bool
) -> tuple[Select[Any], Select[Any]]:
    """Return the statements for a page and for the total, cached for each set of filters."""
    view = browsing.kind.view
    key, row_id = browsing.sort, view.table.c.id
    clauses = [browsing.filters[name].clause(bindparam(name)) for name in names]
    if searched:
        clauses.append(_search(browsing))
    here = tuple_(key, row_id)
    there = tuple_(type_coerce(bindparam("at_key"), Text), type_coerce(bindparam("at_id"), Text))
    rows = select(key, *view.columns).where(*clauses)
    if direction is not None:
        rows = rows.where(here > there if direction == "on" else here < there)
    order = (key.desc(), row_id.desc()) if direction == "back" else (key, row_id)
    counted = select(literal(1)).select_from(view.table).where(*clauses).limit(MAX_TOTAL + 1).subquery()
    total = select(func.count()).select_from(counted)
    return rows.order_by(*order).limit(bindparam("fetched")), total


def _search(browsing: Browsing) -> ColumnElement[bool]:
    pattern = type_coerce(bindparam("search"), Text)
    if browsing.begins:
        return (browsing.sort >= pattern) & (browsing.sort < type_coerce(bindparam("beyond"), Text))
    return or_(*(func.lower(column).like(pattern, escape="\\") for column in browsing.searched))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _equal(column: ColumnElement[Any], value_format: Any) -> Filter:
    return Filter(value_format, lambda value: column == value)


def _managed(table: Table) -> Filter:
    answer = case((table.c.managed_by.is_(None), "no"), else_="yes")
    return Filter(Literal["yes", "no"], lambda value: answer == value)


def _named(kind: Kind, *more: ColumnElement[Any], **filters: Filter) -> Browsing:
    columns = kind.table.c
    searched = (columns.display_name, columns.name, *more)
    return Browsing(kind, func.lower(columns.display_name), searched, filters)


_DELEGATED: Final = case((tables.teams.c.delegated, "yes"), else_="no")
BROWSED: Final = (
    _named(
        PARTNER,
        tables.partners.c.owner,
        status=_equal(tables.partners.c.status, PartnerStatus),
        type=_equal(tables.partners.c.type, PartnerType),
        managed=_managed(tables.partners),
    ),
    _named(
        TEAM,
        partner=_equal(tables.teams.c.partner_id, Identifier),
        delegated=Filter(Literal["yes", "no"], lambda value: value == _DELEGATED),
        managed=_managed(tables.teams),
    ),
    _named(ACCESS_GROUP, tables.access_groups.c.owner, managed=_managed(tables.access_groups)),
    _named(
        PRODUCT,
        tables.products.c.owner,
        visibility=_equal(tables.products.c.visibility, Visibility),
        managed=_managed(tables.products),
    ),
    _named(API, tables.apis.c.owner, visibility=_equal(tables.apis.c.visibility, Visibility)),
    Browsing(PERSON, tables.people.c.email, (), begins=True),
    Browsing(
        TOKEN,
        func.lower(tables.tokens.c.name),
        (tables.tokens.c.name,),
        {"scope": _equal(tables.tokens.c.scope, Scope), "team": _equal(tables.tokens.c.team_id, Identifier)},
    ),
)
