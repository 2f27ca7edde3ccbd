"""Begin a session, after a person has proved who they are."""

import re
from typing import Final

from reconciler.portal_server import security_log
from reconciler.portal_server.identity import sessions
from reconciler.portal_server.identity.sessions import Method
from reconciler.portal_server.identity.teams_of_person import own_teams
from reconciler.portal_server.pages import notices, security
from reconciler.portal_server.pages.visit import PageResponse, Visit, redirect

HOME: Final = "/ui/"
# A path of these pages in printable ASCII. A backslash or two slashes can lead browsers to another site.
_LOCAL: Final = re.compile(r"/ui/(?!sign-)[!-\[\]-~]*\Z")
_MAX_TARGET: Final = 2000


def local_target(text: str | None) -> str | None:
    """Return the path of a page to go to after signing in, or None if it is not one of this site."""
    if text is None or len(text) > _MAX_TARGET or "//" in text:
        return None
    return text if _LOCAL.match(text) else None


def begin_session(
    visit: Visit, email: str, method: Method, target: str | None = None, notice: str | None = None
) -> PageResponse:
    """Begin a session, end the earlier one of this browser, and go to the target or to the person's start."""
    if visit.session_secret is not None:
        sessions.end(visit.connection, visit.session_secret)
    secret = sessions.begin(visit.connection, visit.now, email, method)
    security_log.record(visit.now, "sign-in", caller=email, method=method, client=visit.address)
    goal = local_target(target) or _start(visit, email)
    cookie = security.set_cookie(security.SESSION_COOKIE, secret)
    if notice is None:
        return redirect(goal, cookies=(cookie,))
    answer = notices.done(visit, goal, notice)
    return redirect(goal, cookies=(cookie, *answer.cookies))


def _start(visit: Visit, email: str) -> str:
    """Return the only team of a person; operators and people with several teams choose on the home page."""
    if email in visit.operators:
        return HOME
    teams = own_teams(visit.connection, visit.now, email)
    return f"/ui/teams/{teams[0].id}/members" if len(teams) == 1 else HOME
