"""A person's own access, teams and sessions."""

from typing import Final, cast

from reconciler.portal_server import security_log
from reconciler.portal_server.identity import sessions
from reconciler.portal_server.pages import layout, notices
from reconciler.portal_server.pages.paths_shown import reached
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit


def show(visit: Visit) -> PageResponse:
    """Show what the person may call and why, their teams, and where they are signed in."""
    session = _session(visit)
    paths = visit.perform("get-paths", path={"email": session.email}).paths
    return layout.page(
        visit,
        "me.html",
        reached=reached(visit, paths),
        teams=visit.person.teams,
        session=session,
        others=sessions.others(visit.connection, visit.now, session),
    )


def end_others(visit: Visit) -> PageResponse:
    """End the other sessions of the person."""
    session = _session(visit)
    ended = sessions.end_others(visit.connection, session)
    security_log.record(
        visit.now,
        "sessions-ended",
        caller=session.email,
        person=session.email,
        sessions=ended,
        client=visit.address,
    )
    return notices.done(visit, "/ui/me", "All other sessions have ended.")


def _session(visit: Visit) -> sessions.Session:
    return cast("sessions.Session", visit.session)


PAGES: Final = (
    Page(path="/ui/me", audience="signed-in", show=show),
    Page(path="/ui/me/sessions/end", audience="signed-in", show=show, submit=end_others, while_viewing=True),
)
