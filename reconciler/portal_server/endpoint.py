"""One path of the portal: every request goes this one way, in one transaction."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from starlette.types import Receive, Scope, Send

from reconciler.portal_server.calls import Answer, Call, Caller
from reconciler.portal_server.database import Database, is_busy
from reconciler.portal_server.entries import Operator
from reconciler.portal_server.idempotency import earlier_answer, keep, keyed_request
from reconciler.portal_server.limits import RateMeter
from reconciler.portal_server.operations import Operation
from reconciler.portal_server.problems import PROBLEM_JSON, ProblemError
from reconciler.portal_server.requests import parse_body, parse_query, read_body
from reconciler.portal_server.tokens import authenticate

_LOG: Final = logging.getLogger(__name__)
_NOBODY: Final = ""


class Premises(msgspec.Struct, frozen=True):
    """What every endpoint of one portal shares."""

    database: Database
    now: Callable[[], datetime]
    meter: RateMeter | None
    operator: Operator | None = None


class Request(msgspec.Struct):
    """One request; `limits` takes the headers that tell how many more are allowed."""

    operation: Operation
    scope: Scope
    headers: Mapping[str, str]
    body: bytes
    limits: dict[str, str]


class Endpoint:
    """The operations of one path, by method, as an ASGI application."""

    def __init__(self, premises: Premises, operations: Mapping[str, Operation]) -> None:
        self._premises = premises
        self._operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing is raised to the server."""
        limits: dict[str, str] = {}
        try:
            given = await self._answer(scope, receive, limits)
        except ProblemError as problem:
            given = problem_answer(problem)
        except Exception as error:  # noqa: BLE001  whatever it was, the caller gets an answer and no details
            given = problem_answer(_failure(error))
        await send_answer(given, send, limits, with_body=scope["method"] != "HEAD")

    async def _answer(self, scope: Scope, receive: Receive, limits: dict[str, str]) -> Answer:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = self._operations.get(method)
        if operation is None:
            raise ProblemError(405, "This path has no such method.", headers={"Allow": self._allow()})
        if any("\0" in value for value in scope["path_params"].values()):
            # PostgreSQL stores no NUL, so it could not even be asked.
            raise ProblemError(404, "There is no such path.")
        body = b"" if operation.body is None else await read_body(receive)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        database = self._premises.database
        # Everything from the token to the answer sees one state, and is done or not done as a whole.
        with database.reading() if method == "GET" else database.writing() as connection:
            return self._run(connection, Request(operation, scope, headers, body, limits))

    def _run(self, connection: Connection, request: Request) -> Answer:
        now = self._premises.now()
        operation, headers = request.operation, request.headers
        caller = self._caller(connection, request, now)
        call = Call(connection, now, caller, request.scope["path_params"], None, None, headers)
        call.query = parse_query(request.scope["query_string"], operation.query)
        key = headers.get("idempotency-key") if operation.method == "POST" else None
        if key is None:
            return _perform(operation, call, request)
        holder = caller.id if caller else request.scope["path"]
        target = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
        keyed = keyed_request(key, holder, target, request.body)
        earlier = earlier_answer(call, keyed)
        if earlier is not None:
            return earlier
        given = _perform(operation, call, request)
        keep(call, keyed, given)
        return given

    def _caller(self, connection: Connection, request: Request, now: datetime) -> Caller | None:
        scopes = request.operation.scopes
        try:
            caller = (
                authenticate(connection, request.headers.get("authorization"), self._premises.operator)
                if scopes
                else None
            )
        except ProblemError:
            self._count(_NOBODY, now, request.limits)
            raise
        self._count(caller.id if caller else _NOBODY, now, request.limits)
        if caller and scopes and caller.scope not in scopes:
            raise ProblemError(403, f"A token of the scope {caller.scope} may not do this.")
        return caller

    def _count(self, holder: str, now: datetime, limits: dict[str, str]) -> None:
        if self._premises.meter:
            limits.update(self._premises.meter.count(holder, now))

    def _allow(self) -> str:
        methods = {*self._operations, "HEAD"} if "GET" in self._operations else set(self._operations)
        return ", ".join(sorted(methods))


def _failure(error: Exception) -> ProblemError:
    """What the caller is told of a failure, of which the log has the whole."""
    _LOG.error("A request failed.", exc_info=error)
    if isinstance(error, OperationalError) and is_busy(error):
        return ProblemError(503, "The database is busy; try again.", headers={"Retry-After": "1"})
    return ProblemError(500, "The portal failed; its log says why.")


def problem_answer(problem: ProblemError) -> Answer:
    """A refusal as an answer."""
    return Answer(problem.status, problem.body(), {**problem.headers, "Content-Type": PROBLEM_JSON})


async def send_answer(given: Answer, send: Send, more: Mapping[str, str], *, with_body: bool) -> None:
    """Send an answer with some more headers; JSON unless it says otherwise."""
    headers = {**more, **given.headers}
    if given.body:
        headers.setdefault("Content-Type", "application/json")
    if given.status not in {204, 304}:
        headers["Content-Length"] = str(len(given.body))
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": given.status, "headers": lines})
    await send({"type": "http.response.body", "body": given.body if with_body else b""})


def _perform(operation: Operation, call: Call, request: Request) -> Answer:
    if operation.body is not None:
        call.body = parse_body(request.headers.get("content-type"), request.body, operation.body)
    return operation.run(call)
