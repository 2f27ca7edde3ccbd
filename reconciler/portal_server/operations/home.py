"""What a person finds on the start page: their teams in numbers, what ends soon, and what waits for them."""

from datetime import timedelta
from itertools import starmap
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, and_, bindparam, func, or_, select, type_coerce

from reconciler.portal_server.operations.access import email_entry, is_blocked, lasts
from reconciler.portal_server.operations.context import Call, HttpResponse, json_response
from reconciler.portal_server.operations.kinds import EXPIRED
from reconciler.portal_server.operations.responses import Reply
from reconciler.portal_server.storage.tables import (
    access_groups,
    access_requests,
    grants,
    members,
    partners,
    teams,
)
from reconciler.portal_server.values.durations import expired_before
from reconciler.portal_server.values.formats import (
    DayText,
    Identifier,
    Instant,
    Level,
    Line,
    RequestState,
    instant_text,
)
from reconciler.portal_server.values.formats import Text as FreeText

SOON: Final = timedelta(days=30)
RECENT: Final = timedelta(days=14)
_MOST: Final = 20


class TeamNumbers(Reply, frozen=True):
    """How many memberships a team has, and for its admins how many expired invitations."""

    members: int
    expired: int


class EndingGrant(Reply, frozen=True):
    """A grant of a team that ends soon; the texts are display names."""

    team_id: Identifier
    team: Line
    group_id: Identifier
    group: Line
    level: Level
    until: DayText


class PendingInvitation(Reply, frozen=True):
    """An invitation that the person has not answered; `id` is the membership, the texts are display names."""

    id: Identifier
    team: Line
    partner: Line
    invited_at: Instant


class AnsweredRequest(Reply, frozen=True):
    """A request of a team that was decided lately."""

    team_id: Identifier
    team: Line
    group: Line | None
    state: RequestState
    decided_at: Instant
    answer: FreeText | None


class Home(Reply, frozen=True):
    """The start page of a person; `open_requests` and `partners` are for operators, otherwise null."""

    teams: dict[str, TeamNumbers]
    ending: list[EndingGrant]
    invitations: list[PendingInvitation]
    answered: list[AnsweredRequest]
    open_requests: int | None
    partners: int | None


def show(call: Call) -> HttpResponse:
    """Return what the start page shows to the person who is signed in."""
    email = call.caller.email or "" if call.caller else ""
    values: dict[str, Any] = {
        "email": email,
        "entry": email_entry(email),
        "on": call.now.date().isoformat(),
        "soon": (call.now.date() + SOON).isoformat(),
        "recent": instant_text(call.now - RECENT),
        "expired_before": expired_before(call.now),
    }
    execute = call.connection.execute
    roles: dict[str, str] = {row.team_id: row.role for row in execute(_OWN, values)}
    invitations = list(starmap(PendingInvitation, execute(_INVITATIONS, values)))
    values["own"] = list(roles)
    values["administered"] = [team for team, role in roles.items() if role == "admin"]
    counted = {row[0]: row[1] for row in execute(_MEMBERS, values)} if roles else {}
    ending, answered, expired = [], [], {}
    if values["administered"]:
        ending = list(starmap(EndingGrant, execute(_ENDING, values)))
        answered = list(starmap(AnsweredRequest, execute(_ANSWERED, values)))
        expired = {row[0]: row[1] for row in execute(_EXPIRED, values)}
    numbers = {team: TeamNumbers(counted.get(team, 0), expired.get(team, 0)) for team in roles}
    administers = call.caller is not None and call.caller.scope == "admin"
    totals = execute(_TOTALS).one() if administers else (None, None)
    return json_response(200, Home(numbers, ending, invitations, answered, *totals))


def _listed(name: str) -> Any:
    return bindparam(name, expanding=True)


_UNTIL: Final[ColumnElement[Any]] = type_coerce(grants.c.until, Text)
_PLACES: Final = members.join(teams, teams.c.id == members.c.team_id).join(
    partners, partners.c.id == teams.c.partner_id
)
_MINE: Final = and_(members.c.email == bindparam("email"), ~is_blocked())
_OWN: Final = (
    select(members.c.team_id, members.c.role)
    .select_from(_PLACES)
    .where(_MINE, members.c.state == "active", lasts(members.c.until))
)
_INVITATIONS: Final = (
    select(members.c.id, teams.c.display_name, partners.c.display_name, members.c.invited_at)
    .select_from(_PLACES)
    .where(_MINE, members.c.state == "invited", ~EXPIRED)
    .order_by(members.c.invited_at)
)
_MEMBERS: Final = (
    select(members.c.team_id, func.count())
    .where(members.c.team_id.in_(_listed("own")))
    .group_by(members.c.team_id)
)
_EXPIRED: Final = (
    select(members.c.team_id, func.count())
    .where(members.c.team_id.in_(_listed("administered")), EXPIRED)
    .group_by(members.c.team_id)
)
_ENDING: Final = (
    select(
        teams.c.id,
        teams.c.display_name,
        access_groups.c.id,
        access_groups.c.display_name,
        grants.c.level,
        grants.c.until,
    )
    .select_from(grants.join(access_groups).join(teams))
    .where(
        grants.c.team_id.in_(_listed("administered")),
        _UNTIL.between(type_coerce(bindparam("on"), Text), type_coerce(bindparam("soon"), Text)),
    )
    .order_by(_UNTIL, access_groups.c.display_name, grants.c.id)
    .limit(_MOST)
)
_ANSWERED: Final = (
    select(
        teams.c.id,
        teams.c.display_name,
        access_groups.c.display_name,
        access_requests.c.state,
        access_requests.c.decided_at,
        access_requests.c.answer,
    )
    .select_from(
        access_requests.join(teams).outerjoin(access_groups, access_groups.c.id == access_requests.c.group_id)
    )
    .where(
        access_requests.c.team_id.in_(_listed("administered")),
        or_(access_requests.c.state == "granted", access_requests.c.state == "declined"),
        access_requests.c.decided_at > bindparam("recent"),
    )
    .order_by(access_requests.c.decided_at.desc())
    .limit(_MOST)
)
_TOTALS: Final = select(
    select(func.count())
    .select_from(access_requests)
    .where(access_requests.c.state == "open")
    .scalar_subquery(),
    select(func.count()).select_from(partners).scalar_subquery(),
)
