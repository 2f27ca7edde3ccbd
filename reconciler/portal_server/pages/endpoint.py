"""Answer the requests for a page, each in one transaction."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from starlette.types import Message, Receive, Scope, Send

from reconciler.portal_server import security_log
from reconciler.portal_server.api.requests import ClientGoneError, read_body, read_headers
from reconciler.portal_server.identity import sessions
from reconciler.portal_server.identity.teams_of_person import caller_in, own_teams, viewed_team
from reconciler.portal_server.operations.context import NO_HEADERS, Caller
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.pages import layout, notices, security
from reconciler.portal_server.pages.forms import MAX_FORM, MAX_OPEN_FORM, Form, parse_form
from reconciler.portal_server.pages.visit import Arrival, Page, PageResponse, Portal, Viewer, Visit, redirect
from reconciler.portal_server.storage.database import Database, is_busy

_LOG: Final = logging.getLogger(__name__)
SIGN_IN: Final = "/ui/sign-in"


class PageEndpoint:
    """An ASGI application for a page."""

    def __init__(self, portal: Portal, database: Database, now: Callable[[], datetime], page: Page) -> None:
        self._portal = portal
        self._database = database
        self._now = now
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request; no exception reaches the server."""
        try:
            response = await self._respond(scope, receive)
        except ClientGoneError:
            return
        except ProblemError as problem:
            security_log.record_refusal(self._now(), scope, self._page.path, problem.status)
            response = layout.error_page(self._portal, self._now(), problem)
        except Exception as error:  # noqa: BLE001  the browser gets a page without details
            response = layout.error_page(self._portal, self._now(), _failure(error))
        if response.more is not None and scope["method"] != "HEAD":
            await self._stream(response, scope, receive, send)
        else:
            await _send(response, send, with_body=scope["method"] != "HEAD")

    async def _stream(self, response: PageResponse, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a long download part by part, while the client is there and may have it.

        What cannot be completed stays without its end, which a browser reports as a failed download.
        """
        visit = self._visitor(scope)
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send(_start(response))
            while response.more is not None and not gone.done():
                await send({"type": "http.response.body", "body": response.body, "more_body": True})
                # Other requests take their turn.
                await asyncio.sleep(0)
                with self._database.reading() as connection:
                    made = visit(connection, Form())
                    if self._admit(made) is not None:
                        return
                    response = response.more(made)
            if response.more is None:
                await send({"type": "http.response.body", "body": response.body})
        except ProblemError as problem:
            security_log.record_refusal(self._now(), scope, self._page.path, problem.status)
        except Exception as error:  # noqa: BLE001  the response has begun, so no page can tell it
            _failure(error)
        finally:
            gone.cancel()

    async def _respond(self, scope: Scope, receive: Receive) -> PageResponse:
        handler = self._page.submit if scope["method"] == "POST" else self._page.show
        if handler is None or scope["method"] not in {"GET", "HEAD", "POST"}:
            raise ProblemError(405, "This address does not support the method.")
        if any("\0" in value for value in scope["path_params"].values()) or b"%00" in scope["query_string"]:
            raise ProblemError(404, "This page does not exist.")
        headers = read_headers(scope["headers"])
        origin = security.origin_of(self._portal.site.url, headers.get("host"))
        prepared: object = None
        if self._page.prepare is not None:
            # A check of the address by HEAD must not use up what an address works for once.
            if scope["method"] == "HEAD":
                raise ProblemError(405, "This address does not support the method.")
            arrival = Arrival(self._portal, self._now(), origin, _query(scope), headers)
            prepared = await self._page.prepare(arrival)
        visit = self._visitor(scope, prepared)
        if scope["method"] != "POST":
            return self._show(visit)
        security.require_same_origin(headers, origin)
        with self._database.reading() as connection:
            refused = self._admit(visit(connection, Form()))
        if refused is not None:
            return refused
        limit = MAX_OPEN_FORM if self._page.audience == "anyone" else MAX_FORM
        form = await parse_form(headers.get("content-type"), await read_body(receive, limit))
        return self._submit(visit, form, scope)

    def _visitor(self, scope: Scope, prepared: object = None) -> Callable[[Connection, Form], Visit]:
        """Return what makes the visit of a request, in a transaction and with the posted form."""
        headers = read_headers(scope["headers"])
        origin = security.origin_of(self._portal.site.url, headers.get("host"))
        query = _query(scope)

        def visit(connection: Connection, form: Form) -> Visit:
            made = Visit(
                self._portal,
                connection,
                self._now(),
                scope["method"],
                origin,
                _target(scope),
                _address(scope),
                scope["path_params"],
                query,
                headers,
                form,
                prepared=prepared,
            )
            viewed = _with_viewer(made)
            scope[security_log.CALLER] = viewed.viewer.email if viewed.viewer else None
            return viewed

        return visit

    def _show(self, visit: Callable[[Connection, Form], Visit]) -> PageResponse:
        transaction = self._database.writing if self._page.writes else self._database.reading
        with transaction() as connection:
            made = visit(connection, Form())
            response = self._admit(made) or _handled(self._page.show, made)
        if made.session is not None and made.session.is_stale(made.now):
            with self._database.writing() as connection:
                sessions.touch(connection, made.now, made.session)
        return response

    def _submit(self, visit: Callable[[Connection, Form], Visit], form: Form, scope: Scope) -> PageResponse:
        try:
            with self._database.writing() as connection:
                made = visit(connection, form)
                refused = self._admit(made)
                if refused is not None:
                    return refused
                if made.session is not None:
                    security.require_token(made.session.csrf, form.text("csrf"))
                    if made.session.is_stale(made.now):
                        sessions.touch(connection, made.now, made.session)
                self._require_own_view(made)
                return _handled(self._page.submit, made)
        except ProblemError as problem:
            if self._page.show is None:
                raise
            security_log.record_refusal(self._now(), scope, self._page.path, problem.status)
            # The transaction is undone, so the page is shown in a new one.
            with self._database.reading() as connection:
                made = visit(connection, form)
                made.problem = problem
                return replace(_handled(self._page.show, made), status=problem.status)

    def _require_own_view(self, visit: Visit) -> None:
        if visit.viewer and visit.viewer.viewing_as and not self._page.while_viewing:
            raise ProblemError(403, "You only look at these pages. End the view to make changes.")

    def _admit(self, visit: Visit) -> PageResponse | None:
        """Return a redirect to the sign-in page, or None. Reject people whom the page is not for."""
        audience, viewer = self._page.audience, visit.viewer
        if audience == "anyone":
            return None
        if viewer is None:
            if self._page.show is None or visit.method == "POST":
                raise ProblemError(
                    401, "Your session has ended. Sign in, and try again; nothing was changed."
                )
            return redirect(SIGN_IN, {"next": visit.target} if visit.target != "/ui/" else {})
        if audience == "operator" and not viewer.is_operator:
            raise ProblemError(404, "This page does not exist, or you may not see it.")
        if audience in {"team", "team-admin"} and viewer.team is None:
            raise ProblemError(404, "This team does not exist, or you are not in it.")
        if audience == "team-admin" and not viewer.is_admin:
            raise ProblemError(403, "Only the admins of the team can use this page.")
        return None


def _handled(handler: Callable[[Visit], PageResponse] | None, visit: Visit) -> PageResponse:
    if handler is None:
        raise AssertionError("the page has no such handler")
    return handler(visit)


def _with_viewer(visit: Visit) -> Visit:
    """Add the person who is signed in, and the caller for the operations."""
    cookies = security.cookies(visit.headers.get("cookie"))
    visit.notice = notices.read(visit.portal.secret, cookies.get(security.NOTICE_COOKIE))
    secret = cookies.get(security.SESSION_COOKIE)
    session = sessions.find(visit.connection, visit.now, secret) if secret else None
    if session is None:
        return visit
    visit.session, visit.session_secret = session, secret
    visit.viewer, visit.caller = _viewer(visit, session.email, session.viewing_team_id)
    return visit


def _viewer(visit: Visit, email: str, viewing: str | None) -> tuple[Viewer, Caller]:
    wanted = visit.path.get("team")
    is_operator = email in visit.portal.site.operators
    if is_operator and viewing is not None:
        viewed = viewed_team(visit.connection, viewing)
        if viewed is not None:
            team = viewed if wanted == viewed.id else None
            shown = f"{viewed.partner} · {viewed.name}"
            viewer = Viewer(email, is_operator=False, teams=[viewed], team=team, viewing_as=shown)
            return viewer, caller_in(email, team)
    own = own_teams(visit.connection, visit.now, email)
    team = next((each for each in own if each.id == wanted), None)
    if is_operator:
        team = viewed_team(visit.connection, wanted) if wanted else None
        viewer = Viewer(email, is_operator=True, teams=own, team=team)
        return viewer, Caller(None, email, "admin", email=email)
    return Viewer(email, is_operator=False, teams=own, team=team), caller_in(email, team)


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def _target(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _failure(error: Exception) -> ProblemError:
    _LOG.error("A page failed.", exc_info=error)
    if isinstance(error, OperationalError) and is_busy(error):
        return ProblemError(503, "The portal is busy. Try again in a moment.", headers={"Retry-After": "1"})
    return ProblemError(500, "Something went wrong. The portal's operator finds the reason in its log.")


async def _gone(receive: Receive) -> None:
    """Return when the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(response: PageResponse, send: Send, *, with_body: bool) -> None:
    # A download is sent in parts, so its length is not known.
    length = {} if response.more else {"Content-Length": str(len(response.body))}
    await send(_start(response, length))
    await send({"type": "http.response.body", "body": response.body if with_body else b""})


def _start(response: PageResponse, more: Mapping[str, str] = NO_HEADERS) -> Message:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": security.CONTENT_SECURITY_POLICY,
        **more,
        **response.headers,
    }
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    lines += [(b"set-cookie", cookie.encode("latin-1")) for cookie in response.cookies]
    return {"type": "http.response.start", "status": response.status, "headers": lines}
