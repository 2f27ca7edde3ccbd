"""The HTTP interface of a developer portal of Konnect. It compares each exchange with Kong's documents."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from tests.contracts.openapi import Exchange, description
from tests.servers.konnect.state import REGION, Body, ConflictError, KonnectState

TOKEN: Final = "spat_made-for-tests"
READ_TOKEN: Final = "spat_that-reads"
_TITLES: Final = {
    400: "Invalid Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
}
_ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "apiviewer": (
        "API Viewer",
        "API Viewers have read-only access to the documentation of a service in a portal",
    ),
    "apiconsumer": ("API Consumer", "API Consumers can make calls to the given service"),
}
_Handler = Callable[[Request], Awaitable[Response]]


class KonnectServer:
    """The portal of a state as an ASGI application below `/v3`.

    A difference from Kong's documents fails the test, unless a pattern in `expected` matches it.
    `requests` are the methods and paths so far, and `page` is the largest size of a page. A write calls
    `before_write` first. `hidden_developers` are not listed.
    """

    def __init__(self, state: KonnectState, page: int = 100) -> None:
        self.state = state
        self.page = page
        self.expected: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.hidden_developers: set[str] = set()
        self.roles = _ROLES
        self.before_write: Callable[[], None] = lambda: None
        self._app = Starlette(
            routes=[
                Route(path, self._guarded(each), methods=[method]) for method, path, each in self._routes()
            ]
        )

    @property
    def writes(self) -> int:
        """The number of requests that were no reads."""
        return sum(method != "GET" for method, _ in self.requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and compare the exchange with the documents."""
        request = Request(scope, receive)
        body = await request.body()
        messages: list[Message] = []

        async def replayed() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def kept(message: Message) -> None:
            messages.append(message)

        self.requests.append((request.method, request.url.path))
        await self._app(scope, replayed, kept)
        self._compare(request, body, messages)
        for message in messages:
            await send(message)

    def _compare(self, request: Request, body: bytes, messages: list[Message]) -> None:
        answer = b"".join(message.get("body", b"") for message in messages)
        headers = dict(messages[0]["headers"])
        path = request.url.path.removeprefix("/v3")
        exchange = Exchange(
            request.method,
            path,
            dict(request.query_params),
            json.loads(body) if body else None,
            messages[0]["status"],
            headers.get(b"content-type", b"").decode().partition(";")[0],
            json.loads(answer) if answer else None,
        )
        builder = path == "/apis" or path.endswith("/api-publications")
        file = "kong-api-builder-3.2.0.yaml" if builder else "kong-portal-management-3.9.8.yaml"
        found = description(file).problems(exchange)
        differences = [each for each in found if not any(re.search(known, each) for known in self.expected)]
        if differences:
            # Transports answer 500 for an Exception, which this is not.
            pytest.fail("\n".join(differences))

    def _routes(self) -> Iterable[tuple[str, str, _Handler]]:
        portal = "/v3/portals/{portal}"
        team = f"{portal}/teams/{{team}}"
        return (
            ("GET", "/v3/portals", self._portals),
            ("GET", "/v3/portal-roles", self._portal_roles),
            ("GET", "/v3/apis", self._apis),
            ("GET", portal, self._portal),
            ("GET", f"{portal}/authentication-settings", self._authentication),
            ("GET", f"{portal}/api-publications", self._publications),
            ("GET", f"{portal}/developers", self._developers),
            ("POST", f"{portal}/developers", self._add_developer),
            ("DELETE", f"{portal}/developers/{{developer}}", self._remove_developer),
            ("GET", f"{portal}/teams", self._teams),
            ("POST", f"{portal}/teams", self._add_team),
            ("GET", team, self._team),
            ("PATCH", team, self._change_team),
            ("DELETE", team, self._remove_team),
            ("GET", f"{team}/developers", self._members),
            ("POST", f"{team}/developers", self._add_member),
            ("DELETE", f"{team}/developers/{{developer}}", self._remove_member),
            ("GET", f"{team}/assigned-roles", self._roles),
            ("POST", f"{team}/assigned-roles", self._assign),
            ("DELETE", f"{team}/assigned-roles/{{role}}", self._remove_role),
        )

    def _guarded(self, handler: _Handler) -> _Handler:
        """Return a handler that checks the token, and that the portal and the team of the path exist."""

        async def guarded(request: Request) -> Response:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in {TOKEN, READ_TOKEN}:
                return _problem(401, "Unauthorized")
            if request.method != "GET" and token == READ_TOKEN:
                return _problem(403, "You do not have permission to perform this action")
            names = request.path_params
            if names.get("portal", self.state.portal["id"]) != self.state.portal["id"]:
                return _problem(404, "Not Found")
            try:
                if request.method != "GET":
                    self.before_write()
                if "team" in names and names["team"] not in self.state.teams:
                    return _problem(404, "Not Found")
                return await handler(request)
            except ConflictError as conflict:
                return _problem(409, str(conflict))

        return guarded

    def _list(self, request: Request, items: Iterable[Body], *filters: str) -> Response:
        """Return a page; `filters` are the fields that can be filtered by."""
        query = dict(request.query_params)
        size = min(int(query.pop("page[size]", "10")), self.page)
        number = int(query.pop("page[number]", "1"))
        found = list(items)
        for name in filters:
            if (value := query.pop(f"filter[{name}][eq]", None)) is not None:
                found = [each for each in found if each[name] == value]
        assert query == {}, f"unknown parameters {query}"
        page = {"number": number, "size": size, "total": len(found)}
        return JSONResponse({"data": found[(number - 1) * size : number * size], "meta": {"page": page}})

    async def _portals(self, request: Request) -> Response:
        return self._list(request, [self.state.portal], "name")

    async def _portal(self, _request: Request) -> Response:
        return JSONResponse(self.state.portal)

    async def _portal_roles(self, _request: Request) -> Response:
        roles = {key: {"name": name, "description": text} for key, (name, text) in self.roles.items()}
        return JSONResponse({"services": {"name": "Services", "roles": roles}})

    async def _apis(self, request: Request) -> Response:
        return self._list(request, self.state.apis.values())

    async def _authentication(self, _request: Request) -> Response:
        return JSONResponse(self.state.authentication)

    async def _publications(self, request: Request) -> Response:
        return self._list(request, self.state.publications.values())

    async def _developers(self, request: Request) -> Response:
        shown = (each for key, each in self.state.developers.items() if key not in self.hidden_developers)
        return self._list(request, shown, "email")

    async def _add_developer(self, request: Request) -> Response:
        body = await request.json()
        if problem := _invalid(body, {"email", "full_name"}, {"status", "send_invitation_email"}):
            return problem
        approved = "approved" if self.state.portal["auto_approve_developers"] else "pending"
        developer = self.state.add_developer(body["email"], body.get("status", approved), body["full_name"])
        if body.get("send_invitation_email"):
            self.state.mails.append(body["email"])
        return JSONResponse(self.state.developers[developer], 201)

    async def _remove_developer(self, request: Request) -> Response:
        developer = request.path_params["developer"]
        if self.state.developers.pop(developer, None) is None:
            return _problem(404, "Not Found")
        for members in self.state.members.values():
            members.pop(developer, None)
        return Response(status_code=204)

    async def _teams(self, request: Request) -> Response:
        return self._list(request, self.state.teams.values(), "name")

    async def _add_team(self, request: Request) -> Response:
        body = await request.json()
        problem = _invalid(body, {"name"}, {"description", "can_own_applications"})
        return problem or JSONResponse(self.state.teams[self.state.add_team(**body)], 201)

    async def _team(self, request: Request) -> Response:
        return JSONResponse(self.state.teams[request.path_params["team"]])

    async def _change_team(self, request: Request) -> Response:
        body = await request.json()
        if problem := _invalid(body, set(), {"name", "description", "can_own_applications"}):
            return problem
        team = self.state.teams[request.path_params["team"]]
        team.update(body)
        return JSONResponse(team)

    async def _remove_team(self, request: Request) -> Response:
        self.state.remove_team(request.path_params["team"])
        return Response(status_code=204)

    async def _members(self, request: Request) -> Response:
        found = (self.state.developers[each] for each in self.state.members[request.path_params["team"]])
        basic = ({key: value for key, value in each.items() if key != "status"} for each in found)
        return self._list(request, basic)

    async def _add_member(self, request: Request) -> Response:
        body = await request.json()
        if problem := _invalid(body, {"id"}, set()):
            return problem
        if body["id"] not in self.state.developers:
            return _problem(404, "Not Found")
        self.state.add_member(request.path_params["team"], body["id"])
        return Response(status_code=201)

    async def _remove_member(self, request: Request) -> Response:
        members = self.state.members[request.path_params["team"]]
        if members.pop(request.path_params["developer"], self) is self:
            return _problem(404, "Not Found")
        return Response(status_code=204)

    async def _roles(self, request: Request) -> Response:
        return self._list(request, self.state.roles[request.path_params["team"]].values())

    async def _assign(self, request: Request) -> Response:
        body = await request.json()
        fields = {"role_name", "entity_id", "entity_type_name", "entity_region"}
        if problem := _invalid(body, fields, set()):
            return problem
        known = body["role_name"] in {name for name, _ in _ROLES.values()}
        if not known or body["entity_type_name"] != "Services" or body["entity_region"] not in {REGION, "*"}:
            return _problem(400, "Invalid Parameters", field="role_name")
        if body["entity_id"] not in self.state.apis:
            return _problem(404, "Not Found")
        role = self.state.assign(
            request.path_params["team"], body["role_name"], body["entity_id"], body["entity_region"]
        )
        return JSONResponse(role, 201)

    async def _remove_role(self, request: Request) -> Response:
        roles = self.state.roles[request.path_params["team"]]
        if roles.pop(request.path_params["role"], None) is None:
            return _problem(404, "Not Found")
        return Response(status_code=204)


def _invalid(body: Mapping[str, Any], required: set[str], optional: set[str]) -> Response | None:
    """Return the rejection of a body with a missing or unknown field, or with a text that is too long."""
    for field in sorted(required - body.keys()):
        return _problem(400, "Invalid Parameters", field=field, rule="required")
    for field in sorted(body.keys() - required - optional):
        return _problem(400, "Invalid Parameters", field=field, rule="unknown_property")
    for field in sorted({"name", "description"} & body.keys()):
        if not 1 <= len(body[field]) <= 250:
            return _problem(400, "Invalid Parameters", field=field, rule="invalid")
    return None


def _problem(status: int, detail: str, field: str = "", rule: str = "invalid") -> Response:
    body: Body = {
        "status": status,
        "title": _TITLES[status],
        "instance": "kong:trace:1433447772874964729",
        "detail": detail,
    }
    if status == 400:
        reason = f'"{field}" is {rule}'
        body["invalid_parameters"] = [{"field": field, "rule": rule, "reason": reason, "source": "body"}]
    return JSONResponse(body, status, media_type="application/problem+json")
