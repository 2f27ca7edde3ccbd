"""Handle the requests to a path, each in one transaction."""

import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from starlette.types import Receive, Scope, Send

from reconciler.portal_server import security_log
from reconciler.portal_server.api.idempotency import keyed_request, store, stored_response
from reconciler.portal_server.api.limits import RateMeter
from reconciler.portal_server.api.requests import (
    MAX_BODY,
    MAX_BODY_OF_READERS,
    ClientGoneError,
    parse_body,
    parse_query,
    read_body,
    read_headers,
)
from reconciler.portal_server.mail import Post
from reconciler.portal_server.operations import audit
from reconciler.portal_server.operations.context import Call, Caller, HttpResponse
from reconciler.portal_server.operations.operation import READERS, Operation
from reconciler.portal_server.operations.problems import PROBLEM_JSON, ProblemError
from reconciler.portal_server.operations.tokens import Connect, authenticate
from reconciler.portal_server.seed import Operator
from reconciler.portal_server.storage.database import Database, is_busy
from reconciler.portal_server.values.origins import loopback_origin

_LOG: Final = logging.getLogger(__name__)


class Dependencies(msgspec.Struct, frozen=True):
    """The objects that all endpoints of a portal share."""

    database: Database
    now: Callable[[], datetime]
    meter: RateMeter | None
    operator: Operator | None = None
    post: Post | None = None


class Request(msgspec.Struct):
    """A request; `limits` receives the headers of the rate limit."""

    operation: Operation
    scope: Scope
    headers: Mapping[str, str]
    limits: dict[str, str]
    body: bytes = b""


class Endpoint:
    """An ASGI application for the operations of a path, by method."""

    def __init__(self, dependencies: Dependencies, operations: Mapping[str, Operation]) -> None:
        self.dependencies = dependencies
        self._operations = operations
        self._path = next(iter(operations.values())).path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request; no exception reaches the server."""
        limits: dict[str, str] = {}
        try:
            response = await self._respond(scope, receive, limits)
        except ClientGoneError:
            return
        except ProblemError as problem:
            security_log.record_refusal(self.dependencies.now(), scope, self._path, problem.status)
            response = problem_response(problem)
        except Exception as error:  # noqa: BLE001  the caller gets a response without details
            response = problem_response(_failure(error))
        await send_response(response, send, limits, with_body=scope["method"] != "HEAD")

    async def _respond(self, scope: Scope, receive: Receive, limits: dict[str, str]) -> HttpResponse:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = self._operations.get(method)
        if operation is None:
            raise ProblemError(
                405, "This path does not support the method.", headers={"Allow": self._allow()}
            )
        if any("\0" in value for value in scope["path_params"].values()):
            # PostgreSQL does not support NUL characters in queries.
            raise ProblemError(404, "This path does not exist.")
        request = Request(operation, scope, read_headers(scope["headers"]), limits)
        database = self.dependencies.database
        if method == "GET":
            with database.reading() as connection:
                return self._run(connection, request, self._admit(lambda: nullcontext(connection), request))
        # Without permission, neither read the body nor acquire the write lock.
        caller = self._admit(database.reading, request)
        if operation.body is not None:
            sees_all = caller is not None and caller.scope in READERS
            request.body = await read_body(receive, MAX_BODY_OF_READERS if sees_all else MAX_BODY)
        # Authentication, operation and response use one transaction, which is atomic.
        with database.writing() if operation.changes else database.reading() as connection:
            return self._run(connection, request, self._caller(lambda: nullcontext(connection), request))

    def _run(self, connection: Connection, request: Request, caller: Caller | None) -> HttpResponse:
        operation, headers = request.operation, request.headers
        call = Call(
            connection,
            self.dependencies.now(),
            caller,
            request.scope["path_params"],
            None,
            None,
            headers,
            self._post(headers.get("host")),
        )
        call.query = parse_query(request.scope["query_string"], operation.query)
        key = headers.get("idempotency-key") if operation.method == "POST" and operation.changes else None
        if key is None:
            return _perform(operation, call, request)
        holder = caller.holder if caller else request.scope["path"]
        target = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
        keyed = keyed_request(key, holder, target, request.body)
        earlier = stored_response(call, keyed)
        if earlier is not None:
            return earlier
        response = _perform(operation, call, request)
        store(call, keyed, response)
        return response

    def _post(self, host: str | None) -> Post | None:
        post = self.dependencies.post
        return post if post is None or post.origin else replace(post, origin=loopback_origin(host))

    def _admit(self, connect: Connect, request: Request) -> Caller | None:
        """Return the caller after checking its scope and the rate limit."""
        try:
            caller = self._caller(connect, request)
        except ProblemError:
            self._count(None, request)
            raise
        request.scope[security_log.CALLER] = caller.name if caller else None
        self._count(caller, request)
        if caller and caller.scope not in (request.operation.scopes or ()):
            raise ProblemError(403, f"A token with the scope {caller.scope} is not allowed to do this.")
        return caller

    def _caller(self, connect: Connect, request: Request) -> Caller | None:
        if not request.operation.scopes:
            return None
        return authenticate(connect, request.headers.get("authorization"), self.dependencies.operator)

    def _count(self, caller: Caller | None, request: Request) -> None:
        meter = self.dependencies.meter
        if meter and not request.operation.unmetered:
            holder = caller.holder if caller else _address(request.scope)
            request.limits.update(meter.count(holder, self.dependencies.now()))

    def _allow(self) -> str:
        methods = {*self._operations, "HEAD"} if "GET" in self._operations else set(self._operations)
        return ", ".join(sorted(methods))


def _address(scope: Scope) -> str:
    """Return the client's address, which identifies clients without a token."""
    client = scope.get("client")
    return client[0] if client else ""


def _failure(error: Exception) -> ProblemError:
    """Return the response to a failure, whose details are logged."""
    _LOG.error("A request failed.", exc_info=error)
    if isinstance(error, OperationalError) and is_busy(error):
        return ProblemError(503, "The database is busy; try again.", headers={"Retry-After": "1"})
    return ProblemError(500, "Internal error; see the log of the portal.")


def problem_response(problem: ProblemError) -> HttpResponse:
    """Return an error as a response."""
    return HttpResponse(problem.status, problem.body(), {**problem.headers, "Content-Type": PROBLEM_JSON})


async def send_response(
    response: HttpResponse, send: Send, more: Mapping[str, str], *, with_body: bool
) -> None:
    """Send a response with additional headers; the default media type is JSON."""
    headers = {**more, **response.headers}
    if response.body:
        headers.setdefault("Content-Type", "application/json")
    if response.status not in {204, 304}:
        headers["Content-Length"] = str(len(response.body))
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": lines})
    await send({"type": "http.response.body", "body": response.body if with_body else b""})


def _perform(operation: Operation, call: Call, request: Request) -> HttpResponse:
    if operation.changes:
        audit.source_of(request.headers)
    if operation.body is not None:
        call.body = parse_body(request.headers.get("content-type"), request.body, operation.body)
    return operation.run(call)
