"""How a person reaches each API on a day: team, grant, access group, product, API."""

from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, exists, func, null, select

from reconciler.portal_server.operations import responses
from reconciler.portal_server.operations.access import (
    asked_day,
    lasts,
    membership_counts,
    path_email,
    person_values,
)
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.problems import ProblemError
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
from reconciler.portal_server.values.formats import Day, Identifier


class PathsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The requested day, by default today, and the team that paths lead through."""

    on: Day | msgspec.UnsetType = msgspec.UNSET
    team: Identifier | msgspec.UnsetType = msgspec.UNSET


def show(call: Call) -> HttpResponse:
    """Return every path of a person to an API, sorted by API.

    A team's token sees only paths through its own team, and a person only their own. Reject others with 403.
    """
    email = path_email(call)
    team = _required_team(call, email)
    values = {**person_values(call, email), "team_id": team}
    rows = list(call.connection.execute(_THROUGH_TEAMS if team is None else _THROUGH_TEAM, values))
    if team is None:
        rows += call.connection.execute(_DIRECT, values)
    paths = [_path(*row) for row in rows]
    paths.sort(key=lambda path: (path.api, path.partner or "", path.team or "", path.group, path.grant_id))
    return json_response(200, responses.Paths(email, asked_day(call), paths))


def _required_team(call: Call, email: str) -> str | None:
    """Return the team that limits the paths, or None. Reject with 403 what the caller may not see."""
    caller = call.caller
    wanted = None if call.query.team is msgspec.UNSET else str(call.query.team)
    if caller is None or caller.scope in {"admin", "read"}:
        return wanted
    if caller.scope == "person" and caller.email == email:
        return wanted
    if caller.scope == "team" and wanted in {None, caller.team_id}:
        own = {"team_id": caller.team_id, "email": email}
        if call.connection.execute(_IS_MEMBER, own).scalar_one():
            return caller.team_id
    raise ProblemError(403, "You can only see how you, or the members of your team, reach an API.")


def _path(*row: Any) -> responses.AccessPath:
    *fields, member_until, grant_until = row
    ends = [day for day in (member_until, grant_until) if day is not None]
    fields.append(min(ends, default=None))
    return responses.AccessPath(*fields)


def bundled_apis(source: Any) -> Any:
    """Join the access groups of grants with the APIs that they contain, directly or in a product."""
    return (
        source.join(access_groups, access_groups.c.id == grants.c.group_id)
        .join(access_items, access_items.c.group_id == grants.c.group_id)
        .outerjoin(products, products.c.id == access_items.c.product_id)
        .outerjoin(product_items, product_items.c.product_id == access_items.c.product_id)
        .join(apis, apis.c.id == func.coalesce(access_items.c.api_id, product_items.c.api_id))
    )


# In the order of the fields of AccessPath; the two ends become one.
_API: Final = (
    grants.c.id,
    access_groups.c.id,
    access_groups.c.display_name,
    products.c.display_name,
    apis.c.name,
    apis.c.display_name,
    grants.c.level,
)
_GRANT_LASTS: Final = lasts(grants.c.until)


def _through_teams(*more: ColumnElement[bool]) -> Select[Any]:
    source = (
        members.join(teams, teams.c.id == members.c.team_id)
        .join(partners, partners.c.id == teams.c.partner_id)
        .join(grants, grants.c.team_id == teams.c.id)
    )
    place = (members.c.id, teams.c.id, teams.c.display_name, partners.c.display_name)
    return (
        select(*place, *_API, members.c.until, grants.c.until)
        .select_from(bundled_apis(source))
        .where(members.c.email == bindparam("email"), membership_counts(), _GRANT_LASTS, *more)
    )


_THROUGH_TEAMS: Final = _through_teams()
_THROUGH_TEAM: Final = _through_teams(members.c.team_id == bindparam("team_id"))
_DIRECT: Final = (
    select(null(), null(), null(), null(), *_API, null(), grants.c.until)
    .select_from(bundled_apis(grants))
    .where(grants.c.email == bindparam("email"), _GRANT_LASTS)
)
_IS_MEMBER: Final = select(
    exists().where(members.c.team_id == bindparam("team_id"), members.c.email == bindparam("email"))
)
