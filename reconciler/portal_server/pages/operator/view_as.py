"""Look at the portal as an admin of a team, without being able to change anything."""

from typing import Final, cast

from reconciler.portal_server.identity import sessions
from reconciler.portal_server.identity.sessions import Session
from reconciler.portal_server.pages import notices
from reconciler.portal_server.pages.operator.screens import BASE
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit, redirect


def begin(visit: Visit) -> PageResponse:
    """Begin to look at the portal as an admin of the team, which the audit log records."""
    team = visit.perform("view-as-team", path={"id": visit.path["id"]})
    # Nobody opens an operator's page without a session.
    sessions.view_as(visit.connection, cast("Session", visit.session), team.id)
    return redirect(f"/ui/teams/{team.id}/members")


def end(visit: Visit) -> PageResponse:
    """Be an operator again."""
    session = visit.session
    if session is None or session.viewing_team_id is None:
        return redirect("/ui/")
    sessions.view_as(visit.connection, session, None)
    if visit.person.viewing_as is None:
        # The team was deleted meanwhile.
        return redirect(f"{BASE}/teams")
    visit.perform("end-view", path={"id": session.viewing_team_id})
    return notices.done(visit, f"{BASE}/teams/{session.viewing_team_id}", "You are an operator again.")


PAGES: Final = (
    Page(path=f"{BASE}/teams/{{id}}/view-as", audience="operator", submit=begin),
    Page(path="/ui/view-as/end", audience="signed-in", submit=end, while_viewing=True),
)
