"""The access of a person on a day, computed in one SQL statement."""

from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, case, func, or_, select, type_coerce

from reconciler.portal_server.operations import responses
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import EXPIRED
from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.storage.tables import (
    access_items,
    apis,
    grants,
    members,
    partners,
    product_items,
    teams,
)
from reconciler.portal_server.values.addresses import canonical_email
from reconciler.portal_server.values.durations import expired_before
from reconciler.portal_server.values.formats import Day


class AccessQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The requested day; the default is today."""

    on: Day | msgspec.UnsetType = msgspec.UNSET


def show(call: Call) -> HttpResponse:
    """Return the highest level for each API, sorted by name."""
    try:
        email = canonical_email(call.path["email"])
    except ValueError as error:
        raise invalid("", f"the path: {error}") from error
    on = call.now.date() if call.query.on is msgspec.UNSET else call.query.on
    values = {
        "email": email,
        "entry": _entry(email),
        "on": on.isoformat(),
        "expired_before": expired_before(call.now),
    }
    rows = call.connection.execute(_ACCESS, values)
    reached = [responses.ApiAccess(api, "consume" if rank == _CONSUME else "view") for api, rank in rows]
    return json_response(200, responses.Access(email, values["on"], reached))


_CONSUME: Final = 2


def _entry(email: str) -> str:
    """Return a LIKE pattern for an entry of a JSON list; the quotes make it match whole entries only."""
    escaped = email.replace("%", "\\%").replace("_", "\\_")
    return f'%"{escaped}"%'


def _lasts(until: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(until.is_(None), until >= type_coerce(bindparam("on"), Text))


def _teams_of_person() -> Select[Any]:
    """Return the teams that give the person access."""
    blocked = type_coerce(partners.c.blocked, Text).like(bindparam("entry"), escape="\\")
    counts = and_(
        members.c.email == bindparam("email"),
        members.c.state.in_(["active", "invited"]),
        or_(members.c.state == "active", ~EXPIRED),
        _lasts(type_coerce(members.c.until, Text)),
        partners.c.status == "active",
        ~blocked,
    )
    joined = members.join(teams, members.c.team_id == teams.c.id).join(
        partners, teams.c.partner_id == partners.c.id
    )
    return select(members.c.team_id).select_from(joined).where(counts)


def _access() -> Select[Any]:
    receives = or_(grants.c.email == bindparam("email"), grants.c.team_id.in_(_teams_of_person()))
    in_product = access_items.outerjoin(
        product_items, product_items.c.product_id == access_items.c.product_id
    )
    paths = (grants.join(in_product, access_items.c.group_id == grants.c.group_id)).join(
        apis, apis.c.id == func.coalesce(access_items.c.api_id, product_items.c.api_id)
    )
    rank = func.max(case((grants.c.level == "consume", _CONSUME), else_=1))
    return (
        select(apis.c.name, rank)
        .select_from(paths)
        .where(receives, _lasts(type_coerce(grants.c.until, Text)))
        .group_by(apis.c.name)
        .order_by(apis.c.name)
    )


_ACCESS: Final = _access()
