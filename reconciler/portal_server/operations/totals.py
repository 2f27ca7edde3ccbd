"""The numbers of a whole portal: what a configuration manages, and how many people have any access."""

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
    union,
    union_all,
)

from reconciler.portal_server.operations import responses
from reconciler.portal_server.operations.access import gives_access, lasts, membership_lasts
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
    managed = responses.ManagedTotals(*call.connection.execute(_managed(), values).one())
    people = None
    if wanted.on is not None:
        values = {"on": wanted.on.isoformat(), "expired_before": expired_before(call.now)}
        people = call.connection.execute(_people(), values).scalar_one()
    return json_response(200, responses.Totals(managed, people))


def _count(labelled: Any, source: Any) -> ScalarSelect[int]:
    """Count the rows of a source in which the labelled object is managed by the configuration."""
    counted = select(func.count()).select_from(source)
    return counted.where(labelled.c.managed_by == bindparam("label")).scalar_subquery()


@cache
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


@cache
def _people() -> Select[Any]:
    with_apis = union(
        select(access_items.c.group_id).where(access_items.c.api_id.is_not(None)),
        select(access_items.c.group_id).join(
            product_items, product_items.c.product_id == access_items.c.product_id
        ),
    )
    works = and_(grants.c.group_id.in_(with_apis), lasts(grants.c.until))
    granted = teams.c.id.in_(select(grants.c.team_id).where(grants.c.team_id.is_not(None), works))
    blocked = type_coerce(partners.c.blocked, Text)
    # Few partners block anybody. The members of the others are counted without a join of their own.
    blocking = and_(blocked != "[]", granted)
    open_teams = select(teams.c.id).join(partners).where(_ACTIVE, blocked == "[]", granted)
    found = union_all(
        select(grants.c.email).where(grants.c.email.is_not(None), works),
        select(members.c.email).where(members.c.team_id.in_(open_teams), membership_lasts()),
        select(members.c.email)
        .select_from(members.join(teams).join(partners))
        .where(blocking, gives_access(), ~blocked.like(_ENTRY, escape="\\")),
    ).subquery()
    return select(func.count(found.c.email.distinct()))


_ACTIVE: Final = partners.c.status == "active"
# A member's entry in a list of JSON; the quotes make whole entries match only.
_ENTRY: Final = '%"' + func.replace(func.replace(members.c.email, "%", "\\%"), "_", "\\_") + '"%'
