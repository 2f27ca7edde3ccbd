"""Sign out: end the session."""

from typing import Final

from msgspec.structs import replace

from reconciler.portal_server import security_log
from reconciler.portal_server.identity import sessions
from reconciler.portal_server.pages import notices, security
from reconciler.portal_server.pages.visit import Page, PageResponse, Visit, redirect


def submit(visit: Visit) -> PageResponse:
    """End the session of this browser, which also forgets what it keeps of this site."""
    session, secret = visit.session, visit.session_secret
    if session is not None and secret is not None:
        sessions.end(visit.connection, secret)
        security_log.record(
            visit.now, "sign-out", caller=session.email, method=session.method, client=visit.address
        )
    cookie = security.clear_cookie(security.SESSION_COOKIE)
    if session is not None and session.method == "oidc":
        return _forgetting(redirect("/ui/sign-out/provider", cookies=(cookie,)))
    answer = notices.done(visit, "/ui/sign-in", "You are signed out.")
    return _forgetting(redirect("/ui/sign-in", cookies=(cookie, *answer.cookies)))


def _forgetting(response: PageResponse) -> PageResponse:
    """Return a response after which the browser keeps no page of this site."""
    return replace(response, headers={**response.headers, "Clear-Site-Data": '"cache", "storage"'})


PAGES: Final = (Page(path="/ui/sign-out", audience="signed-in", submit=submit, while_viewing=True),)
