"""The access of a person on a day, computed in one SQL statement."""

from typing import Any, Final

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)

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
    values = person_values(call, path_email(call))
    rows = call.connection.execute(_ACCESS, values)
    reached = [responses.ApiAccess(api, "consume" if rank == _CONSUME else "view") for api, rank in rows]
    return json_response(200, responses.Access(values["email"], values["on"], reached))


def path_email(call: Call) -> str:
    """Return the address in the path in its one spelling. Reject with 422 what is not one."""
    try:
        return canonical_email(call.path["email"])
    except ValueError as error:
        raise invalid("", f"the path: {error}") from error


def asked_day(call: Call) -> str:
    """Return the day of the query, by default today."""
    day = call.now.date() if call.query.on is msgspec.UNSET else call.query.on
    return str(day.isoformat())


def person_values(call: Call, email: str) -> dict[str, str]:
    """Return the values for `membership_counts` and `lasts` of a person on the requested day."""
    return {
        "email": email,
        "entry": email_entry(email),
        "on": asked_day(call),
        "expired_before": expired_before(call.now),
    }


def lasts(until: Column[Any]) -> ColumnElement[bool]:
    """Whether something with this last day, or without one, lasts on the day."""
    day = type_coerce(until, Text)
    return or_(day.is_(None), day >= type_coerce(bindparam("on"), Text))


def is_blocked() -> ColumnElement[bool]:
    """Whether the partner blocks the person, whose `entry` is that of `email_entry`."""
    return type_coerce(partners.c.blocked, Text).like(bindparam("entry"), escape="\\")


def membership_counts() -> ColumnElement[bool]:
    """Whether a membership of the person, joined with team and partner, gives access on the day."""
    return and_(members.c.email == bindparam("email"), gives_access(), ~is_blocked())


def gives_access() -> ColumnElement[bool]:
    """Whether a membership gives access on the day, unless the partner blocks the person."""
    return and_(membership_lasts(), partners.c.status == "active")


def membership_lasts() -> ColumnElement[bool]:
    """Whether a membership gives access on the day, as far as it alone decides that."""
    return and_(
        members.c.state.in_(["active", "invited"]),
        or_(members.c.state == "active", ~EXPIRED),
        lasts(members.c.until),
    )


_CONSUME: Final = 2


def email_entry(email: str) -> str:
    """Return a LIKE pattern for an entry of a JSON list; the quotes make it match whole entries only."""
    escaped = email.replace("%", "\\%").replace("_", "\\_")
    return f'%"{escaped}"%'


def _access() -> Select[Any]:
    joined = members.join(teams, members.c.team_id == teams.c.id).join(
        partners, teams.c.partner_id == partners.c.id
    )
    own_teams = select(members.c.team_id).select_from(joined).where(membership_counts())
    # Two statements instead of an OR, which PostgreSQL answers by reading all grants.
    granted = union_all(
        _granted(grants.c.email == bindparam("email")), _granted(grants.c.team_id.in_(own_teams))
    ).subquery()
    return select(granted.c.name, func.max(granted.c.rank)).group_by(granted.c.name).order_by(granted.c.name)


def _granted(received: ColumnElement[bool]) -> Select[Any]:
    in_product = access_items.outerjoin(
        product_items, product_items.c.product_id == access_items.c.product_id
    )
    paths = (grants.join(in_product, access_items.c.group_id == grants.c.group_id)).join(
        apis, apis.c.id == func.coalesce(access_items.c.api_id, product_items.c.api_id)
    )
    rank = case((grants.c.level == "consume", _CONSUME), else_=1).label("rank")
    return select(apis.c.name, rank).select_from(paths).where(received, lasts(grants.c.until))


_ACCESS: Final = _access()
