"""What a team reaches, and which access groups it can ask for."""

from itertools import starmap
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select

from reconciler.portal_server.operations import objects, responses
from reconciler.portal_server.operations.access import asked_day, lasts
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import GRANT
from reconciler.portal_server.operations.paths import bundled_apis
from reconciler.portal_server.operations.preconditions import require_match
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.storage.tables import (
    access_groups,
    access_items,
    apis,
    grants,
    partners,
    products,
    teams,
)
from reconciler.portal_server.values.formats import PartnerStatus


def show(call: Call) -> HttpResponse:
    """Return the grants of a team, and its paths to APIs on a day, sorted by API.

    Reject with 404 a team that does not exist, and with 403 one that is not the caller's own.
    """
    status = _own_team(call)
    values = {"team_id": call.path["id"], "on": asked_day(call)}
    held = list(starmap(responses.TeamGrant, call.connection.execute(_GRANTS, values)))
    paths = call.connection.execute(_PATHS, values) if status == "active" else ()
    access = list(starmap(responses.TeamPath, paths))
    return json_response(200, responses.TeamAccess(values["team_id"], values["on"], status, held, access))


def give_back(call: Call) -> HttpResponse:
    """Delete a grant of the caller's own team.

    Reject with 403 grants of others, and every grant while the partner is suspended.
    """
    grant: responses.Grant = objects.load(call, GRANT)
    caller = call.caller
    if caller is None or grant.team_id != caller.team_id:
        raise ProblemError(403, "You can only give back grants of your own team.")
    if caller.partner_status != "active":
        raise ProblemError(403, "The partner is suspended.")
    require_match(call.headers.get("if-match"), grant.etag)
    return objects.remove_loaded(call, GRANT, grant)


def requestable_groups(call: Call) -> HttpResponse:
    """Return the access groups that a team can ask for, sorted by display name.

    They contain only what is public or for the organization, or a team of the partner already has them.
    """
    _own_team(call)
    rows = call.connection.execute(_REQUESTABLE, {"team_id": call.path["id"]})
    groups = list(starmap(responses.RequestableGroup, rows))
    return json_response(200, responses.RequestableGroups(groups))


def is_requestable(call: Call, team_id: str, group_id: str) -> bool:
    """Whether the team can ask for this group."""
    found = call.connection.execute(_ONE_REQUESTABLE, {"team_id": team_id, "group_id": group_id})
    return found.one_or_none() is not None


def _own_team(call: Call) -> PartnerStatus:
    """Return the status of the partner. Reject with 403 a team that is not the caller's own."""
    caller, team_id = call.caller, call.path["id"]
    if caller is None or (caller.scope in {"team", "person"} and caller.team_id != team_id):
        raise ProblemError(403, "You can only see the access of your own team.")
    status: PartnerStatus | None = call.connection.execute(_STATUS, {"team_id": team_id}).scalar()
    if status is None:
        raise ProblemError(404, "The team does not exist.")
    return status


_OWN: Final = grants.c.team_id == bindparam("team_id")
_STATUS: Final = (
    select(partners.c.status).select_from(teams.join(partners)).where(teams.c.id == bindparam("team_id"))
)
_GRANTS: Final = (
    select(
        grants.c.id,
        grants.c.group_id,
        access_groups.c.display_name,
        access_groups.c.description,
        grants.c.level,
        grants.c.until,
        or_(teams.c.managed_by.is_not(None), access_groups.c.managed_by.is_not(None)),
        grants.c.etag,
    )
    .select_from(grants.join(access_groups).join(teams))
    .where(_OWN)
    .order_by(func.lower(access_groups.c.display_name), access_groups.c.id)
)
_PATHS: Final = (
    select(
        grants.c.id,
        access_groups.c.id,
        access_groups.c.display_name,
        products.c.display_name,
        apis.c.name,
        apis.c.display_name,
        grants.c.level,
        grants.c.until,
    )
    .select_from(bundled_apis(grants))
    .where(_OWN, lasts(grants.c.until))
    .order_by(apis.c.name, access_groups.c.display_name, grants.c.id, products.c.display_name)
)


def _requestable() -> Select[Any]:
    own = grants.alias("own")
    partner = select(teams.c.partner_id).where(teams.c.id == bindparam("team_id")).scalar_subquery()
    group = access_groups.c.id
    has = exists().where(
        grants.c.group_id == group, grants.c.team_id == teams.c.id, teams.c.partner_id == partner
    )
    items = access_items.outerjoin(apis, apis.c.id == access_items.c.api_id).outerjoin(
        products, products.c.id == access_items.c.product_id
    )
    inside = select(access_items.c.id).select_from(items).where(access_items.c.group_id == group)
    visibility = func.coalesce(apis.c.visibility, products.c.visibility)
    is_open = and_(exists(inside), ~exists(inside.where(visibility == "restricted")))
    return (
        select(
            group,
            access_groups.c.name,
            access_groups.c.display_name,
            access_groups.c.description,
            own.c.level,
            own.c.until,
        )
        .select_from(
            access_groups.outerjoin(own, and_(own.c.group_id == group, own.c.team_id == bindparam("team_id")))
        )
        .where(or_(has, is_open))
    )


_REQUESTABLE: Final = _requestable().order_by(func.lower(access_groups.c.display_name), access_groups.c.id)
_ONE_REQUESTABLE: Final = _requestable().where(access_groups.c.id == bindparam("group_id"))
