"""Sign out: end the session."""

from typing import Final

from reconciler.portal_server.identity import sessions
from reconciler.portal_server.pages import notices, security
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit, redirect


def submit(visit: Visit) -> PageResponse:
    """End the session of this browser, which also forgets what it keeps of this site."""
    if visit.session_secret is not None:
        sessions.end(visit.connection, visit.session_secret)
    cookie = security.clear_cookie(security.SESSION_COOKIE)
    if visit.session is not None and visit.session.method == "oidc":
        return redirect("/ui/sign-out/provider", cookies=(cookie,))
    answer = notices.done(visit, "/ui/sign-in", "You are signed out.")
    return redirect("/ui/sign-in", cookies=(cookie, *answer.cookies))


PAGES: Final = (Page(path="/ui/sign-out", audience="signed-in", submit=submit, while_viewing=True),)
