"""Operations of the portal's operator, directly in the database."""

import msgspec
from sqlalchemy import select

from reconciler.portal_server import clock
from reconciler.portal_server.errors import PortalServerError, UnknownTeamError
from reconciler.portal_server.identity import sign_in_links
from reconciler.portal_server.operations import tokens
from reconciler.portal_server.operations.context import NO_HEADERS, Call
from reconciler.portal_server.operations.request_models import TokenFields
from reconciler.portal_server.storage.database import empty, open_database
from reconciler.portal_server.storage.tables import partners, teams


def issue_token(database: str, name: str, scope: str, team: tuple[str, str] | None) -> str:
    """Issue a token and return its text, which cannot be retrieved again."""
    opened = open_database(database)
    try:
        with opened.writing() as connection:
            call = Call(connection, clock.now(), None, NO_HEADERS, None, None, NO_HEADERS)
            team_id = _team_id(call, team) if team else None
            return tokens.issue(call, msgspec.structs.asdict(_token(name, scope, team_id)))[1]
    finally:
        opened.close()


def sign_in_path(database: str, email: str) -> str:
    """Create a single-use link that signs a person in, and return its path."""
    opened = open_database(database)
    try:
        with opened.writing() as connection:
            return sign_in_links.create(connection, clock.now(), email)
    finally:
        opened.close()


def reset(database: str) -> None:
    """Delete everything in a portal's database and assign a new instance id."""
    opened = open_database(database)
    try:
        empty(opened)
    finally:
        opened.close()


def _team_id(call: Call, team: tuple[str, str]) -> str:
    partner_name, team_name = team
    found = call.connection.scalar(
        select(teams.c.id)
        .join_from(teams, partners)
        .where(partners.c.name == partner_name, teams.c.name == team_name)
    )
    if found is None:
        raise UnknownTeamError(f"partner {partner_name} has no team {team_name}; create it first")
    return str(found)


def _token(name: str, scope: str, team_id: str | None) -> TokenFields:
    try:
        return msgspec.convert({"name": name, "scope": scope, "teamId": team_id}, TokenFields)
    except msgspec.ValidationError as error:
        raise PortalServerError(f"the token cannot be issued: {error}") from error
