"""The names of objects, for pages: people read and choose names, while objects refer to each other by id."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, Table, bindparam, func, literal, null, select, union_all

from reconciler.portal_server.operations import responses
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import GRANT, MEMBER
from reconciler.portal_server.storage.tables import (
    access_groups,
    access_items,
    apis,
    grants,
    members,
    partners,
    product_items,
    products,
    teams,
)
from reconciler.portal_server.values.durations import expired_before

NamedKind = Literal["partner", "team", "access-group", "product", "api"]
MAX_CHOICES: Final = 300
# Counting more rows takes longer than anybody wants to wait for the number.
MAX_TOTAL: Final = 10_000


class Named(responses.Reply, frozen=True):
    """An object by its names; `reference` is unique within its kind, `acme/integration` for a team."""

    id: str
    kind: NamedKind
    reference: str
    label: str
    managed_by: str | None
    partner_id: str | None
    partner: str | None


class Ids(msgspec.Struct, frozen=True):
    """The ids of objects of any kind; unknown ones are ignored."""

    ids: Sequence[str]


class ByName(msgspec.Struct, frozen=True):
    """A kind, and the reference of an object."""

    kind: NamedKind
    reference: str


class OfKind(msgspec.Struct, frozen=True):
    """A kind, and for teams the name of their partner; empty for all."""

    kind: NamedKind
    partner: str = ""


class OpenApi(responses.Reply, frozen=True):
    """An API that an access group contains, and the product through which it does."""

    group_id: str
    id: str
    name: str
    display_name: str
    product_id: str | None
    product: str | None


def names(call: Call) -> HttpResponse:
    """Return the names of objects, in one statement for each kind."""
    return json_response(200, _named(call, call.body.ids))


def find(call: Call) -> HttpResponse:
    """Return the object with this reference in a list, which is empty without one."""
    statement = _SOURCES[call.body.kind].where(_REFERENCES[call.body.kind] == bindparam("reference"))
    rows = call.connection.execute(statement, {"reference": call.body.reference})
    return json_response(200, [_row(call.body.kind, row) for row in rows])


def choices(call: Call) -> HttpResponse:
    """Return all objects of a kind sorted by label, or MAX_CHOICES and one more if there are too many."""
    statement = _choices(call.body.kind, of_partner=bool(call.body.partner))
    rows = call.connection.execute(statement, {"partner": call.body.partner})
    found = [_row(call.body.kind, row) for row in rows]
    found.sort(key=lambda each: ((each.partner or "").lower(), each.label.lower(), each.reference))
    return json_response(200, found)


def counts(call: Call) -> HttpResponse:
    """Return how many objects depend on each object, by id and what they are."""
    found: dict[str, dict[str, int]] = {each: {} for each in call.body.ids}
    for kind, ids in _by_kind(call.body.ids):
        for noun, column in _DEPENDENT.get(kind, ()):
            number = dict.fromkeys(ids, 0)
            rows = call.connection.execute(_count(column), {"ids": ids})
            number.update({each[0]: each[1] for each in rows})
            for row_id, count in number.items():
                found[row_id][noun] = count
    return json_response(200, found)


def group_apis(call: Call) -> HttpResponse:
    """Return the APIs that access groups contain, by name."""
    rows = call.connection.execute(_APIS, {"ids": list(call.body.ids)})
    return json_response(200, [OpenApi(*row) for row in rows])


def admins(call: Call) -> HttpResponse:
    """Return the admins of teams, by address."""
    values = {"ids": list(call.body.ids), "expired_before": expired_before(call.now)}
    rows = call.connection.execute(_ADMINS, values)
    return json_response(200, [responses.Member(*row) for row in rows])


def team_grants(call: Call) -> HttpResponse:
    """Return the grants to teams, oldest first."""
    rows = call.connection.execute(_GRANTS, {"ids": list(call.body.ids)})
    return json_response(200, [responses.Grant(*row) for row in rows])


def totals(call: Call) -> HttpResponse:
    """Return how many objects of each kind there are, at most MAX_TOTAL and one more, in one statement."""
    row = call.connection.execute(_TOTALS).one()
    return json_response(200, dict(zip(_COUNTED, row, strict=True)))


def partner_members(call: Call) -> HttpResponse:
    """Return how many memberships a partner has, at most MAX_TOTAL and one more."""
    found = call.connection.scalar(_PARTNER_MEMBERS, {"row_id": call.path["id"]})
    return json_response(200, found)


def _named(call: Call, ids: Iterable[str]) -> list[Named]:
    found: list[Named] = []
    for kind, of_kind in _by_kind(ids):
        table = _TABLES[kind]
        statement = _SOURCES[kind].where(table.c.id.in_(bindparam("ids", expanding=True)))
        found += [_row(kind, row) for row in call.connection.execute(statement, {"ids": of_kind})]
    return found


def _by_kind(ids: Iterable[str]) -> list[tuple[NamedKind, list[str]]]:
    chosen: dict[NamedKind, list[str]] = {}
    for each in dict.fromkeys(ids):
        kind = _PREFIXES.get(each.partition("_")[0])
        if kind is not None:
            chosen.setdefault(kind, []).append(each)
    return list(chosen.items())


def _row(kind: NamedKind, row: Any) -> Named:
    row_id, reference, label, managed_by, partner_id, partner = row
    return Named(row_id, kind, reference, label, managed_by, partner_id, partner)


@lru_cache(maxsize=16)
def _choices(kind: NamedKind, *, of_partner: bool) -> Select[Any]:
    # Sorted afterwards: if there are too many, the order does not matter, and sorting all takes long.
    statement = _SOURCES[kind].limit(MAX_CHOICES + 1)
    return statement.where(partners.c.name == bindparam("partner")) if of_partner else statement


@lru_cache(maxsize=16)
def _count(column: ColumnElement[Any]) -> Select[Any]:
    return select(column, func.count()).where(column.in_(bindparam("ids", expanding=True))).group_by(column)


def _source(table: Table, *, managed: bool = True) -> Select[Any]:
    owner: Any = table.c.managed_by if managed else null()
    return select(table.c.id, table.c.name, table.c.display_name, owner, null(), null())


_TABLES: Final[dict[NamedKind, Table]] = {
    "partner": partners,
    "team": teams,
    "access-group": access_groups,
    "product": products,
    "api": apis,
}
_PREFIXES: Final[dict[str, NamedKind]] = {
    "par": "partner",
    "team": "team",
    "grp": "access-group",
    "prod": "product",
    "api": "api",
}
_TEAM_REFERENCE: Final[ColumnElement[str]] = partners.c.name + "/" + teams.c.name
_REFERENCES: Final[dict[NamedKind, ColumnElement[Any]]] = {
    kind: _TEAM_REFERENCE if kind == "team" else table.c.name for kind, table in _TABLES.items()
}
_SOURCES: Final[dict[NamedKind, Select[Any]]] = {
    "partner": _source(partners),
    "access-group": _source(access_groups),
    "product": _source(products),
    "api": _source(apis, managed=False),
    "team": select(
        teams.c.id,
        _TEAM_REFERENCE,
        teams.c.display_name,
        teams.c.managed_by,
        partners.c.id,
        partners.c.display_name,
    ).join_from(teams, partners),
}
_DEPENDENT: Final[dict[NamedKind, tuple[tuple[str, ColumnElement[Any]], ...]]] = {
    "partner": (("teams", teams.c.partner_id),),
    "team": (("grants", grants.c.team_id),),
    "access-group": (("items", access_items.c.group_id), ("grants", grants.c.group_id)),
    "product": (("APIs", product_items.c.product_id), ("access groups", access_items.c.product_id)),
    "api": (("products", product_items.c.api_id), ("access groups", access_items.c.api_id)),
}
_OF_GROUPS: Final = access_items.c.group_id.in_(bindparam("ids", expanding=True))
_API: Final = (apis.c.id, apis.c.name, apis.c.display_name)
_APIS: Final = union_all(
    select(access_items.c.group_id, *_API, null(), null()).join_from(access_items, apis).where(_OF_GROUPS),
    select(access_items.c.group_id, *_API, products.c.id, products.c.display_name)
    .select_from(
        access_items.join(products, products.c.id == access_items.c.product_id)
        .join(product_items, product_items.c.product_id == products.c.id)
        .join(apis, apis.c.id == product_items.c.api_id)
    )
    .where(_OF_GROUPS),
).order_by("name")
_ADMINS: Final = (
    select(*MEMBER.view.columns)
    .where(members.c.team_id.in_(bindparam("ids", expanding=True)), members.c.role == "admin")
    .order_by(members.c.email)
)
_GRANTS: Final = (
    select(*GRANT.view.columns)
    .where(grants.c.team_id.in_(bindparam("ids", expanding=True)))
    .order_by(grants.c.seq)
)
_COUNTED: Final[dict[str, Table]] = {
    "apis": apis,
    "access-groups": access_groups,
    "partners": partners,
    "teams": teams,
    "members": members,
    "grants": grants,
}
_TOTALS: Final = select(
    *(
        select(func.count())
        .select_from(select(literal(1)).select_from(table).limit(MAX_TOTAL + 1).subquery())
        .scalar_subquery()
        for table in _COUNTED.values()
    )
)
_PARTNER_MEMBERS: Final = select(func.count()).select_from(
    select(literal(1))
    .select_from(members.join(teams))
    .where(teams.c.partner_id == bindparam("row_id"))
    .limit(MAX_TOTAL + 1)
    .subquery()
)
