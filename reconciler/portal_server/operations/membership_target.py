"""The team and partner of a new membership, and their rules for the person."""

from typing import Final

import msgspec
from sqlalchemy import bindparam, exists, select

from reconciler.portal_server.operations.context import Call
from reconciler.portal_server.operations.problems import invalid
from reconciler.portal_server.storage.tables import partners, people, teams

_FIND: Final = (
    select(
        teams.c.display_name,
        partners.c.display_name,
        partners.c.id,
        partners.c.blocked,
        exists().where(people.c.email == bindparam("email")),
    )
    .join_from(teams, partners)
    .where(teams.c.id == bindparam("team_id"))
)


class Place(msgspec.Struct, frozen=True):
    """A team and its partner, by display names, and their rules for a person."""

    team: str
    partner: str
    partner_id: str
    blocked: frozenset[str]
    has_account: bool


def place_of(call: Call, team_id: str, email: str) -> Place:
    """Return the target of a membership. Reject with 422 if the team does not exist."""
    row = call.connection.execute(_FIND, {"team_id": team_id, "email": email}).one_or_none()
    if row is None:
        raise invalid("/teamId", f"{team_id} does not exist")
    team, partner, partner_id, blocked, has_account = row
    return Place(team, partner, partner_id, frozenset(msgspec.json.decode(blocked)), has_account)
