"""The users and groups of a realm of Keycloak as its Admin REST API shows them, without a socket."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.servers.keycloak import CLIENT, SECRET

TOKEN: Final = "token-made-for-tests"
_READS_GROUPS: Final = frozenset({"view-users", "query-groups"})
_READS_USERS: Final = frozenset({"view-users", "query-users"})
_Body = dict[str, Any]
_Handler = Callable[[Request], Awaitable[Response]]


class DirectoryDouble:
    """One realm as an ASGI application; tests change its content between two requests.

    `rights` are the roles of the service account. `requests` are the paths with their queries so far, and
    `before` is called with each. `hidden` users are left out of pages after these were cut, as a federation
    leaves out people who are gone. Paths for which `fails` is true have a server error. `answers` and
    `missing` have bodies and explanations of 404 by the end of a path.
    """

    def __init__(self, realm: str = "company") -> None:
        self.realm = realm
        self.rights: frozenset[str] = frozenset({"view-users"})
        self.requests: list[str] = []
        self.users: dict[str, _Body] = {}
        self.groups: dict[str, _Body] = {}
        self.members: dict[str, list[str]] = {}
        self.service_accounts: set[str] = set()
        self.before: Callable[[str], None] = lambda _: None
        self.hidden: set[str] = set()
        self.fails: Callable[[str], bool] = lambda _: False
        self.answers: Mapping[str, Any] = {}
        self.missing: Mapping[str, str] = {}
        self._numbers = count(1)
        base = f"/admin/realms/{realm}"
        routes: Mapping[str, tuple[frozenset[str], _Handler]] = {
            "/": (_READS_USERS | _READS_GROUPS, self._settings),
            "/users": (_READS_USERS, self._list_users),
            "/users/count": (_READS_USERS, self._count_users),
            "/users/{user}": (frozenset({"view-users"}), self._user),
            "/users/{user}/groups": (frozenset({"view-users"}), self._groups_of),
            "/groups": (_READS_GROUPS, self._list_groups),
            "/groups/count": (_READS_GROUPS, self._count_groups),
            "/groups/{group}/members": (frozenset({"view-users"}), self._members_of),
            "/group-by-path/{path:path}": (frozenset({"view-users"}), self._group_at),
        }
        self._app = Starlette(
            routes=[
                Route(f"/realms/{realm}/protocol/openid-connect/token", self._token, methods=["POST"]),
                *(
                    Route(base + path, self._guarded(needed, handler))
                    for path, (needed, handler) in routes.items()
                ),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode()
        path = f"{scope['path']}{'?' if query else ''}{query}"
        self.requests.append(path)
        self.before(path)
        await self._spoiled(scope["path"], path)(scope, receive, send)

    def _spoiled(self, path: str, full: str) -> ASGIApp:
        if self.fails(full):
            return _error(500, "unknown_error")
        for end, text in self.missing.items():
            if path.endswith(end):
                return _error(404, text)
        for end, body in self.answers.items():
            if path.endswith(end):
                return JSONResponse(body)
        return self._app

    def new_id(self) -> str:
        """Return an id that nothing else has."""
        return f"00000000-0000-4000-8000-{next(self._numbers):012}"

    def at(self, path: str) -> _Body:
        """Return the group of a path."""
        return next(group for group in self.groups.values() if self.path_of(group) == path)

    def path_of(self, group: _Body) -> str:
        """Return the path of a group."""
        parent = self.groups.get(group["parent"])
        return f"{self.path_of(parent) if parent else ''}/{group['name']}"

    def _guarded(self, needed: frozenset[str], handler: _Handler) -> _Handler:
        async def guarded(request: Request) -> Response:
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return _error(401, "HTTP 401 Unauthorized")
            names = request.path_params
            if "group" in names and names["group"] not in self.groups:
                return _error(404, "Could not find group by id")
            if "path" in names and not self._found_at(names["path"]):
                return _error(404, "Group path does not exist")
            if not needed & self.rights:
                return _error(403, "HTTP 403 Forbidden")
            if "user" in names and names["user"] not in self.users:
                return _error(404, "User not found")
            return await handler(request)

        return guarded

    async def _token(self, request: Request) -> Response:
        credentials = b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {credentials}":
            return JSONResponse(
                {
                    "error": "unauthorized_client",
                    "error_description": "Invalid client or Invalid client credentials",
                },
                401,
            )
        return JSONResponse({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300})

    async def _settings(self, _request: Request) -> Response:
        return JSONResponse({"realm": self.realm, "organizationsEnabled": False})

    async def _list_users(self, request: Request) -> Response:
        people = [user for user in self._sorted() if user["id"] not in self.service_accounts]
        search = request.query_params.get("search")
        if search is not None:
            people = [user for user in people if user["username"] == search.strip('"')]
        return self._page(request, people if "view-users" in self.rights else [])

    async def _count_users(self, _request: Request) -> Response:
        return JSONResponse(len(self.users) - len(self.service_accounts))

    async def _user(self, request: Request) -> Response:
        return JSONResponse(self.users[request.path_params["user"]])

    async def _groups_of(self, request: Request) -> Response:
        user = request.path_params["user"]
        found = [group for key, group in self.groups.items() if user in self.members[key]]
        return self._page(request, [self._shown(group) for group in found])

    async def _list_groups(self, request: Request) -> Response:
        query = request.query_params
        found = [group for group in self.groups.values() if query.get("search") in {None, group["name"]}]
        if "search" not in query:
            found = [group for group in found if group["parent"] is None]
        else:
            assert (query["exact"], query["populateHierarchy"]) == ("true", "false")
        shown = [self._shown(group) for group in found] if "view-users" in self.rights else []
        return self._page(request, shown)

    async def _count_groups(self, request: Request) -> Response:
        assert request.query_params["top"] == "true"
        return JSONResponse({"count": sum(group["parent"] is None for group in self.groups.values())})

    async def _members_of(self, request: Request) -> Response:
        members = self.members[request.path_params["group"]]
        return self._page(request, [user for user in self._sorted() if user["id"] in members])

    async def _group_at(self, request: Request) -> Response:
        [group] = self._found_at(request.path_params["path"])
        return JSONResponse(self._shown(group))

    def _found_at(self, path: str) -> list[_Body]:
        return [group for group in self.groups.values() if self.path_of(group) == f"/{path}"]

    def _shown(self, group: _Body) -> _Body:
        return {"id": group["id"], "name": group["name"], "path": self.path_of(group), "subGroups": []}

    def _sorted(self) -> list[_Body]:
        return sorted(self.users.values(), key=lambda user: user["username"])

    def _page(self, request: Request, items: Sequence[_Body]) -> Response:
        """Return a page; all lists are asked for in their brief form."""
        query = request.query_params
        assert query["briefRepresentation"] == "true"
        first = int(query["first"])
        page = items[first : first + int(query["max"])]
        return JSONResponse([each for each in page if each["id"] not in self.hidden])


def _error(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status)
