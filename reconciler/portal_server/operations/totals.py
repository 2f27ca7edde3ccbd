"""The numbers of a whole portal: what a configuration manages, and how many people have any access."""

from typing import Any, Final

from sqlalchemy import ScalarSelect, Select, Text, bindparam, func, or_, select, type_coerce, union

from reconciler.portal_server.operations import responses
from reconciler.portal_server.operations.access import gives_access, lasts
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.storage.sets import is_among
from reconciler.portal_server.storage.tables import (
    access_groups,
    access_items,
    grants,
    members,
    partners,
    product_items,
    products,
    teams,
)
from reconciler.portal_server.values.durations import expired_before


def show(call: Call) -> HttpResponse:
    """Return the numbers; people are only counted for a day."""
    wanted = call.body
    values = {"label": wanted.managed_by, "external": wanted.external_partners}
    managed = responses.ManagedTotals(*call.connection.execute(_MANAGED, values).one())
    people = None
    if wanted.on is not None:
        values = {"on": wanted.on.isoformat(), "expired_before": expired_before(call.now)}
        people = call.connection.execute(_PEOPLE, values).scalar_one()
    return json_response(200, responses.Totals(managed, people))


def _count(labelled: Any, source: Any) -> ScalarSelect[int]:
    """Count the rows of a source in which the labelled object is managed by the configuration."""
    counted = select(func.count()).select_from(source)
    return counted.where(labelled.c.managed_by == bindparam("label")).scalar_subquery()


def _managed() -> Select[Any]:
    granted = grants.join(access_groups).outerjoin(teams).outerjoin(partners)
    # A grant to a team of another configuration is that configuration's, except to external partners.
    ours = or_(
        grants.c.team_id.is_(None),
        teams.c.managed_by == bindparam("label"),
        is_among(partners.c.name, "external"),
    )
    of_groups = (
        select(func.count())
        .select_from(granted)
        .where(access_groups.c.managed_by == bindparam("label"), ours)
        .scalar_subquery()
    )
    return select(
        _count(partners, partners),
        _count(teams, teams),
        _count(teams, members.join(teams)),
        _count(products, products),
        _count(products, product_items.join(products)),
        _count(access_groups, access_groups),
        _count(access_groups, access_items.join(access_groups)),
        of_groups,
    )


def _people() -> Select[Any]:
    with_apis = union(
        select(access_items.c.group_id).where(access_items.c.api_id.is_not(None)),
        select(access_items.c.group_id).join(
            product_items, product_items.c.product_id == access_items.c.product_id
        ),
    )
    working = (grants.c.group_id.in_(with_apis), lasts(grants.c.until))
    own = select(grants.c.email).where(grants.c.email.is_not(None), *working)
    through_teams = (
        select(members.c.email)
        .select_from(members.join(teams).join(partners))
        .where(
            members.c.team_id.in_(select(grants.c.team_id).where(grants.c.team_id.is_not(None), *working)),
            gives_access(),
            ~_is_blocked(),
        )
    )
    return select(func.count()).select_from(union(own, through_teams).subquery())


def _is_blocked() -> Any:
    """Whether the partner blocks the member: its list is JSON, and quotes make whole entries match."""
    listed = type_coerce(partners.c.blocked, Text)
    escaped = func.replace(func.replace(members.c.email, "%", "\\%"), "_", "\\_")
    return (listed != "[]") & listed.like('%"' + escaped + '"%', escape="\\")


_MANAGED: Final = _managed()
_PEOPLE: Final = _people()
