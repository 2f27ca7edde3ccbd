"""The Apigee API over HTTP, as strict as Google's: in process, or for other clients on loopback."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.servers.apigee import contract
from tests.servers.apigee.contract import InvalidRequestError, Method
from tests.servers.apigee.organization import Json, Organization, RejectedError

TOKEN = "ya29.made-for-tests"
_PREFIX = "apigee.organizations."
_ACTIONS = "application/octet-stream"


class ApigeeServer:
    """Serves one organization, keeps the requests, and knows which methods a token may call.

    `before` is called with each request before it is answered, as another user who is faster.
    """

    def __init__(self, organization: Organization | None = None) -> None:
        self.organization = organization or Organization()
        self.tokens: dict[str, Callable[[str], bool]] = {TOKEN: lambda _: True}
        self.requests: list[str] = []
        self.before: Callable[[str], object] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        response = self._response(request, await request.body())
        await response(scope, receive, send)

    @property
    def writes(self) -> list[str]:
        """The requests that write."""
        return [each for each in self.requests if not each.startswith("GET ")]

    def _response(self, request: Request, body: bytes) -> Response:
        path = _raw_path(request)
        method = contract.method_of(request.method, path)
        if method is None:
            return _error(404, "NOT_FOUND", "Method not found.")
        what = method.id.removeprefix(_PREFIX)
        self.requests.append(f"{request.method} {what}")
        if self.before is not None:
            self.before(f"{request.method} {what}")
        try:
            self._authorize(request, what)
            found = self._answer(method, what, request, path, body)
        except RejectedError as error:
            return _error(error.status, error.code, str(error))
        except InvalidRequestError as error:
            return _error(400, "INVALID_ARGUMENT", str(error))
        contract.check_response(method, found)
        return JSONResponse(found)

    def _authorize(self, request: Request, what: str) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise RejectedError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if not self.tokens[token](what):
            raise RejectedError(403, "PERMISSION_DENIED", f'Permission denied for "{what}".')

    def _answer(self, method: Method, what: str, request: Request, path: str, body: bytes) -> Json:
        query = dict(request.query_params)
        content = _content(request, body, is_action="action" in query)
        contract.check_request(method, query, content)
        _, _, _, organization, *others = map(unquote, path.split("/"))
        if organization != self.organization.name:
            raise RejectedError(403, "PERMISSION_DENIED", "Permission denied on resource.")
        return self._act(what, others[1::2], query, content or {})

    def _act(self, what: str, names: list[str], query: dict[str, str], body: Json) -> Json:
        org = self.organization
        acts: dict[str, Callable[[], Any]] = {
            "get": lambda: {"name": org.name, "state": "ACTIVE"},
            "developers.list": lambda: org.list_developers(query),
            "developers.create": lambda: org.create_developer(body),
            "apiproducts.list": lambda: org.list_products(query),
            "apiproducts.create": lambda: org.create_product(body),
            "appgroups.list": lambda: org.list_groups(query),
            "appgroups.create": lambda: org.create_group(body),
            "appgroups.get": lambda: org.group(names[0]),
            "appgroups.update": lambda: org.replace_group(names[0], body),
            "appgroups.delete": lambda: org.delete_group(names[0]),
            "apps.list": lambda: org.list_apps(query),
            "appgroups.apps.list": lambda: org.list_group_apps(names[0], query),
            "appgroups.apps.create": lambda: org.create_app(names[0], body),
            "appgroups.apps.keys.get": lambda: org.key(*names),
            "appgroups.apps.keys.create": lambda: org.create_key(names[0], names[1], body),
            "appgroups.apps.keys.updateAppGroupAppKey": lambda: org.update_key(org.key(*names), body),
            "appgroups.apps.keys.apiproducts.updateAppGroupAppKeyApiProduct": lambda: org.set_product_status(
                org.key(*names[:3]), names[3], query.get("action", "")
            ),
            "appgroups.apps.keys.apiproducts.delete": lambda: org.remove_product(
                org.key(*names[:3]), names[3]
            ),
        }
        if what not in acts:
            raise RejectedError(501, "UNIMPLEMENTED", f"the double has no {what}")
        found: Json = acts[what]()
        return found


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.partition(b"?")[0].decode()


def _content(request: Request, body: bytes, *, is_action: bool) -> Any:
    """Return the body of a request; those with an action have none, and a type of their own."""
    kind = request.headers.get("Content-Type", "").partition(";")[0]
    if is_action:
        if body or kind not in {"", _ACTIONS}:
            raise InvalidRequestError("an action has an empty body of the type application/octet-stream")
        return None
    if not body:
        return None
    if kind != "application/json":
        raise InvalidRequestError(f"unexpected type {kind}")
    return json.loads(body)


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": status, "message": message, "status": code}}, status)
