"""A request for a page, in its transaction, and the responses of pages."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, Literal
from urllib.parse import urlencode

import msgspec
from sqlalchemy import Connection

from reconciler.portal_server.api.requests import convert_body, convert_query
from reconciler.portal_server.identity.oidc import Provider
from reconciler.portal_server.identity.sessions import Session
from reconciler.portal_server.identity.teams_of_person import OwnTeam
from reconciler.portal_server.mail import Post
from reconciler.portal_server.operations.context import NO_HEADERS, Call, Caller
from reconciler.portal_server.operations.operation import Operation
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.pages.forms import Form, PageError
from reconciler.portal_server.seed import Site

Audience = Literal["anyone", "signed-in", "team", "team-admin", "operator"]
_NO_FORM: Final = Form()
NO_TAG: Final = '"none"'
_CHANGED: Final = "This was changed meanwhile. Nothing was saved: check what is shown now, and try again."


class Viewer(msgspec.Struct, frozen=True):
    """The person who is signed in; `team` is the team whose pages they are on.

    An operator with `viewing_as` sees the portal as an admin of that team and cannot change anything.
    """

    email: str
    is_operator: bool
    teams: Sequence[OwnTeam]
    team: OwnTeam | None = None
    viewing_as: str | None = None

    @property
    def is_admin(self) -> bool:
        """Whether the person may act as an admin of this team, or as an operator."""
        return self.is_operator or (self.team is not None and self.team.role == "admin")


class PageResponse(msgspec.Struct, frozen=True):
    """A response to a browser; `cookies` are Set-Cookie headers.

    The body of a long download has parts: `more` returns the next one, in a transaction of its own.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = NO_HEADERS
    cookies: tuple[str, ...] = ()
    more: "Callable[[Visit], PageResponse] | None" = None


class Portal(msgspec.Struct, frozen=True):
    """What all pages of a portal share."""

    name: str
    site: Site
    operations: Mapping[str, Operation]
    assets: str
    secret: str
    provider: Provider | None = None


class Arrival(msgspec.Struct, frozen=True):
    """A request before its transaction, for what must wait for another server."""

    portal: Portal
    now: datetime
    origin: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


class Visit(msgspec.Struct):
    """A request for a page; `target` is its path with the query, `address` the client's.

    `problem` is why the posted form was refused; the page is then shown again. `prepared` is what the page
    prepared before the transaction.
    """

    portal: Portal
    connection: Connection
    now: datetime
    method: str
    origin: str
    target: str
    address: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str] = NO_HEADERS
    form: Form = _NO_FORM
    session: Session | None = None
    session_secret: str | None = None
    viewer: Viewer | None = None
    caller: Caller | None = None
    notice: str | None = None
    problem: ProblemError | None = None
    prepared: Any = None

    @property
    def person(self) -> Viewer:
        """The person who is signed in, on pages for which that is required."""
        if self.viewer is None:
            raise AssertionError("this page requires a session")
        return self.viewer

    @property
    def post(self) -> Post:
        """How mails are sent, with links to these pages."""
        return Post(self.portal.name, self.origin, self.portal.site.smtp is not None, self.portal.site.demo)

    @property
    def operators(self) -> frozenset[str]:
        """The addresses of the people who may do everything."""
        return self.portal.site.operators

    def perform(
        self,
        name: str,
        *,
        path: Mapping[str, str] = NO_HEADERS,
        query: Mapping[str, str] = NO_HEADERS,
        body: Mapping[str, Any] | None = None,
        if_match: str | None = None,
    ) -> Any:
        """Perform an operation of the API as the person, and return its decoded reply.

        Query and body are validated as those of an HTTP request. Raises ProblemError.
        """
        operation = self.portal.operations[name]
        if operation.scopes and (self.caller is None or self.caller.scope not in operation.scopes):
            raise ProblemError(403, "You are not allowed to do this.")
        headers = {} if if_match is None else {"if-match": if_match}
        call = Call(self.connection, self.now, self.caller, path, None, None, headers)
        call.post = self.post
        call.query = convert_query(query, operation.query)
        if operation.body is not None:
            call.body = convert_body(body or {}, operation.body)
        response = operation.run(call)
        return msgspec.json.decode(response.body, type=operation.reply) if operation.reply else None

    def attempt(self, name: str, **request: Any) -> ProblemError | None:
        """Perform one of several operations, whose failure undoes only itself; return its problem."""
        try:
            with self.connection.begin_nested():
                self.perform(name, **request)
        except ProblemError as problem:
            return problem
        return None

    def rehearse(self, name: str, **request: Any) -> Any:
        """Perform an operation, undo it, and return its reply: what it would do. Raises ProblemError."""
        with self.connection.begin_nested() as point:
            reply = self.perform(name, **request)
            point.rollback()
        return reply

    def value(self, field: str, default: str = "") -> str:
        """Return what was posted in a field of a refused form, otherwise the default."""
        return self.form.text(field) if self.problem is not None and field in self.form else default

    @property
    def shown_tag(self) -> str:
        """The entity tag that the posted form was shown with; without one, a tag that no object has."""
        return self.form.text("etag") or NO_TAG

    @property
    def is_stale(self) -> bool:
        """Whether the form was refused because another person changed its object meanwhile."""
        return self.problem is not None and _is_stale(self.problem)

    def errors(self) -> list[PageError]:
        """Return the errors of the refused form, by field."""
        return [] if self.problem is None else page_errors(self.problem)


Handler = Callable[[Visit], PageResponse]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page: who may open it, what shows it, and what its form does.

    A refused form is shown again by `show`, with the problem. A page without `show` only takes forms.
    `while_viewing` lets an operator who views the portal as an admin post the form. `prepare` is awaited
    before the transaction of `show`, which other requests do not wait for. `writes` lets `show` change the
    database.
    """

    path: str
    audience: Audience
    show: Handler | None = None
    submit: Handler | None = None
    while_viewing: bool = False
    prepare: Callable[[Arrival], Awaitable[object]] | None = None
    writes: bool = False


def page_errors(problem: ProblemError) -> list[PageError]:
    """Return the errors of a problem: at their fields, otherwise of the whole form."""
    if not problem.errors:
        return [PageError("", _CHANGED if _is_stale(problem) else problem.detail)]
    return [PageError(each.pointer.strip("/?").partition("/")[0], each.detail) for each in problem.errors]


def _is_stale(problem: ProblemError) -> bool:
    return problem.status == HTTPStatus.PRECONDITION_FAILED


def redirect(
    target: str, query: Mapping[str, str] = NO_HEADERS, *, cookies: tuple[str, ...] = ()
) -> PageResponse:
    """Return a redirect to a path of this site after a form."""
    location = f"{target}?{urlencode(query)}" if query else target
    return PageResponse(HTTPStatus.SEE_OTHER, b"", {"Location": location}, cookies)
