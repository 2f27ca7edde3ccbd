"""The HTTP interface of a directory: what RFC 7644 says about reading, by scim2-models."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal

from pydantic import ValidationError
from scim2_models import (
    Bulk,
    ChangePassword,
    Context,
    Error,
    ETag,
    Filter,
    Group,
    GroupMembership,
    ListResponse,
    Pagination,
    Patch,
    Resource,
    SCIMException,
    SearchRequest,
    ServiceProviderConfig,
    Sort,
    User,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from tests.servers.scim.state import ScimState

BASE: Final = "/scim/v2"
TOKEN: Final = "scim-made-for-tests"
_MEDIA_TYPE: Final = "application/scim+json"
_ACCEPTED: Final = ("application/scim+json", "application/json", "*/*")
_PARAMETERS: Final = frozenset(
    {"attributes", "excludedAttributes", "filter", "startIndex", "count", "cursor"}
)
Body = dict[str, Any]


class ScimServer:
    """The directory of a state as an ASGI application below `BASE`.

    `page` is the largest size of a page. Without `filters`, they are rejected. With `cursors`, lists have
    pages by cursor only. `members` says when groups show their members: by default, if they are asked for, or
    never. With `user_groups`, users show their groups. `before` can answer a request in its place, and
    `change` can change a body before it is sent. `requests` are the paths and queries so far.
    """

    def __init__(self, state: ScimState, page: int = 100) -> None:
        self.state = state
        self.page = page
        self.filters = True
        self.cursors = False
        self.members: Literal["default", "request", "never"] = "default"
        self.user_groups = True
        self.before: Callable[[Request], Response | None] = lambda _: None
        self.change: Callable[[str, Body], Body] = lambda _, body: body
        self.requests: list[str] = []
        routes = [
            Route("/ServiceProviderConfig", self._settings),
            Route("/Users", partial(self._list, User)),
            Route("/Users/{id}", partial(self._one, User)),
            Route("/Groups", partial(self._list, Group)),
            Route("/Groups/{id}", partial(self._one, Group)),
        ]
        self._app = Starlette(
            routes=[Mount(BASE, routes=routes)],
            exception_handlers={
                SCIMException: _scim_error,
                404: _no_endpoint,
                405: _read_only,
            },
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        query = f"?{request.url.query}" if request.url.query else ""
        self.requests.append(f"{request.url.path.removeprefix(BASE)}{query}")
        answer = self.before(request) or _refusal(request)
        await (answer or self._app)(scope, receive, send)

    async def _settings(self, request: Request) -> Response:
        found = ServiceProviderConfig(
            patch=Patch(supported=False),
            bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
            filter=Filter(supported=self.filters, max_results=self.page),
            change_password=ChangePassword(supported=False),
            sort=Sort(supported=False),
            etag=ETag(supported=False),
            authentication_schemes=[],
            pagination=Pagination(cursor=self.cursors, index=not self.cursors),
        )
        return self._answer(request, found.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))

    async def _list(self, model: type[Resource[Any]], request: Request) -> Response:
        asked = _asked(request, model)
        if asked.filter is not None and not self.filters:
            return _problem(501, "filters are not supported")
        found = [each for each in self._all(model) if asked.filter is None or asked.filter.match(each)]
        size = self.page if asked.count is None else min(asked.count, self.page)
        start = int(asked.cursor or 0) if self.cursors else (asked.start_index or 1) - 1
        shown = [self._shown(each, asked) for each in found[start : start + size]]
        more = start + size < len(found)
        body = ListResponse[model](  # type: ignore[valid-type]
            total_results=len(found),
            start_index=None if self.cursors else start + 1,
            items_per_page=len(shown),
            next_cursor=str(start + size) if self.cursors and more else None,
            resources=[],
        ).model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
        return self._answer(request, {**body, "Resources": shown})

    async def _one(self, model: type[Resource[Any]], request: Request) -> Response:
        asked = _asked(request, model)
        found = {each.id: each for each in self._all(model)}.get(request.path_params["id"])
        if found is None:
            return _problem(404, f"no such {model.__name__}")
        return self._answer(request, self._shown(found, asked))

    def _all(self, model: type[Resource[Any]]) -> Sequence[Resource[Any]]:
        if model is Group:
            return list(self.state.groups.values())
        return [self._with_groups(each) for each in self.state.users.values()]

    def _with_groups(self, user: User[Any]) -> User[Any]:
        listed = [GroupMembership(value=each) for each in self.state.groups_of(user.id or "")]
        return user.model_copy(update={"groups": listed or None})

    def _shown(self, resource: Resource[Any], asked: SearchRequest[Any]) -> Body:
        body: Body = resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked)
        requested = any(str(each).lower().startswith("members") for each in asked.attributes or ())
        if self.members == "never" or (self.members == "request" and not requested):
            body.pop("members", None)
        if not self.user_groups:
            body.pop("groups", None)
        return body

    def _answer(self, request: Request, body: Body) -> Response:
        path = request.url.path.removeprefix(BASE)
        return JSONResponse(self.change(path, body), media_type=_MEDIA_TYPE)


def _asked(request: Request, model: type[Resource[Any]]) -> SearchRequest[Any]:
    """Return the parameters of a query. Raises SCIMException for those that are not valid."""
    unknown = request.query_params.keys() - _PARAMETERS
    if unknown:
        raise SCIMException(detail=f"unknown parameters: {unknown}")
    try:
        found: SearchRequest[Any] = SearchRequest[model].model_validate(  # type: ignore[valid-type]
            _without_empty_cursor(request.query_params), scim_ctx=Context.RESOURCE_QUERY_REQUEST
        )
    except ValidationError as error:
        raise SCIMException.from_error(Error.from_validation_errors(error)[0]) from error
    return found


def _without_empty_cursor(query: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in query.items() if (key, value) != ("cursor", "")}


def _refusal(request: Request) -> Response | None:
    """Return the rejection of a request without a token, or of one that accepts another format."""
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return _problem(401, "a bearer token is needed", headers={"WWW-Authenticate": "Bearer"})
    accepted = [each.partition(";")[0].strip() for each in request.headers.get("Accept", "*/*").split(",")]
    if not any(each in _ACCEPTED for each in accepted):
        return _problem(406, f"the format is {_MEDIA_TYPE}")
    return None


async def _no_endpoint(_request: Request, _error: Exception) -> Response:
    return _problem(404, "no such endpoint")


async def _read_only(_request: Request, _error: Exception) -> Response:
    return _problem(405, "this directory is read only")


async def _scim_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SCIMException)
    found = error.to_error()
    return _problem(found.status or 400, found.detail or "", found.scim_type)


def _problem(
    status: int, detail: str, scim_type: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    body = Error(status=status, scim_type=scim_type, detail=detail).model_dump()
    return JSONResponse(body, status, headers=headers, media_type=_MEDIA_TYPE)
