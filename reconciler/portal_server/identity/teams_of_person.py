"""The teams of a person who is signed in, which decide what they may see and do."""

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Text, bindparam, or_, select, type_coerce

from reconciler.portal_server.operations.context import Caller
from reconciler.portal_server.storage.tables import members, partners, teams
from reconciler.portal_server.values.formats import CallerScope, PartnerStatus, Role


class OwnTeam(msgspec.Struct, frozen=True):
    """A team with an active membership of the person; `name` and `partner` are display names."""

    id: str
    name: str
    partner: str
    role: Role
    until: str | None
    delegated: bool
    managed_by: str | None
    partner_id: str
    partner_status: PartnerStatus


_UNTIL: Final[Any] = type_coerce(members.c.until, Text)
_COLUMNS: Final = (
    teams.c.id,
    teams.c.display_name,
    partners.c.display_name,
    members.c.role,
    _UNTIL,
    teams.c.delegated,
    teams.c.managed_by,
    partners.c.id,
    partners.c.status,
)
_OWN: Final = (
    select(*_COLUMNS, partners.c.blocked)
    .select_from(members.join(teams).join(partners))
    .where(
        members.c.email == bindparam("email"),
        members.c.state == "active",
        or_(_UNTIL.is_(None), type_coerce(bindparam("today"), Text) <= _UNTIL),
    )
    .order_by(partners.c.display_name, teams.c.display_name)
)
_AS_ADMIN: Final = (
    select(*_COLUMNS[:3], *_COLUMNS[5:])
    .select_from(teams.join(partners))
    .where(teams.c.id == bindparam("team_id"))
)


def own_teams(connection: Connection, now: datetime, email: str) -> list[OwnTeam]:
    """Return the teams in which the person is active and not blocked, sorted by partner and team."""
    rows = connection.execute(_OWN, {"email": email, "today": now.date().isoformat()})
    return [OwnTeam(*row[:-1]) for row in rows if email not in msgspec.json.decode(row[-1])]


def viewed_team(connection: Connection, team_id: str) -> OwnTeam | None:
    """Return a team as its admin has it, for an operator who looks at the portal as one."""
    row = connection.execute(_AS_ADMIN, {"team_id": team_id}).one_or_none()
    if row is None:
        return None
    team, name, partner, *rest = row
    return OwnTeam(team, name, partner, "admin", None, *rest)


def caller_in(email: str, team: OwnTeam | None) -> Caller:
    """Return the caller for a person on the pages of one of their teams, or on those of no team."""
    if team is None:
        return Caller(None, email, "person", email=email)
    scope: CallerScope = "team" if team.role == "admin" else "person"
    return Caller(
        None, email, scope, team.id, team.delegated, team.partner_id, team.partner_status, email=email
    )
