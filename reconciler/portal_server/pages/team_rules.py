"""Who decides about the members of a team, for its pages."""

from typing import cast

import msgspec

from reconciler.portal_server.identity.teams_of_person import OwnTeam
from reconciler.portal_server.operations.responses import Partner
from reconciler.portal_server.pages.operator.files import GitFile, file_of
from reconciler.portal_server.pages.visit import Visit


class Rule(msgspec.Struct, frozen=True):
    """Why the person cannot change the members: a title, a sentence, and the file that decides."""

    title: str
    text: str
    file: GitFile | None = None


def team_of(visit: Visit) -> OwnTeam:
    """Return the team of the page, which its audience guarantees."""
    return cast("OwnTeam", visit.person.team)


def may_change(visit: Visit) -> bool:
    """Whether the person may invite and remove people on the team's pages."""
    return visit.person.is_admin and visit.person.viewing_as is None and rule(visit) is None


def rule(visit: Visit) -> Rule | None:
    """Return what keeps an admin of the team from changing its members; operators may always do it."""
    team = team_of(visit)
    if visit.person.is_operator:
        return None
    if team.partner_status != "active":
        return Rule(
            f"{team.partner} is suspended",
            "Nobody can be invited or removed until your partner manager ends the suspension.",
        )
    if not team.delegated:
        return Rule(
            "Git decides who is in this team",
            "Your partner manager adds and removes people in a file in git. Ask them for a change.",
            _file(visit, team),
        )
    return None


def _file(visit: Visit, team: OwnTeam) -> GitFile | None:
    if team.managed_by is None or team.role != "admin":
        return None
    partner: Partner = visit.perform("get-partner", path={"id": team.partner_id})
    return file_of(visit, "team", team.managed_by, partner.name)
