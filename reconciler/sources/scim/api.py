"""The requests that read a directory with SCIM 2.0 (RFC 7644).

Only the HTTP client of the reconciler opens connections, so the engines of scim2-client are not used: its
core checks each response, and scim2-models writes filters and reads entries.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import msgspec
from pydantic import ValidationError
from scim2_client import SCIMClient, SCIMClientException
from scim2_models import (
    Context,
    SCIMException,
    ScimFilter,
    ScimObject,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
)

from reconciler.http import errors
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_all, read_list
from reconciler.http.pagination import Page
from reconciler.http.request import Request, Response
from reconciler.model.json_input import ANY_JSON
from reconciler.sources.scim.messages import (
    GROUP_ATTRIBUTES,
    PAGE_OF,
    PERSON_ATTRIBUTES,
    DirectoryGroup,
    Person,
)

_PAGE_SIZE: Final = 100
# A page begins with the last entry of the page before, so it needs a second one.
_SMALLEST_PAGE: Final = 2
_AT_ONCE: Final = 8
_POLICY: Final = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)
_NO_SETTINGS: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.NOT_IMPLEMENTED)

# With these statuses, a server rejects the filter and not the account.
REFUSED_FILTER: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_IMPLEMENTED)

Entry = TypeVar("Entry", Person, DirectoryGroup)


class ServerSettings(msgspec.Struct, frozen=True):
    """What the server says about itself; with `cursors`, its lists have no pages by index."""

    filters: bool = True
    page_size: int = _PAGE_SIZE
    cursors: bool = False


class Checker:
    """Checks responses with scim2-client. Its methods raise PortalError for what is not valid."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._scim = SCIMClient(provider=ScimProvider(policy=_POLICY))

    def use(self, config: ServiceProviderConfig) -> None:
        """Check responses by what the server says about itself: lists by cursor need no total."""
        self._scim = SCIMClient(provider=ScimProvider(config=config, policy=_POLICY))

    def read(self, response: Response, model: Any) -> Any:
        """Return the resource or message of this model in a response."""
        payload = self._client.decode(response, ANY_JSON)
        try:
            found = self._scim.check_response(
                payload=payload,
                status_code=response.status,
                headers=response.headers,
                expected_types=[model],
                scim_ctx=Context.RESOURCE_QUERY_RESPONSE,
            )
        except (SCIMClientException, SCIMException, RecursionError) as error:
            raise errors.unexpected(self._client.endpoint, _reason(error)) from error
        if not isinstance(found, ScimObject):
            raise errors.unexpected(self._client.endpoint, "an empty body")
        return found


class ScimPages(Generic[Entry]):
    """Pages by index, or by cursor (RFC 9865); the list has a total, and all its entries have ids.

    Each page by index begins with the last entry of the page before, which must still be there: otherwise the
    list has changed. `itemsPerPage` proves nothing; some servers repeat the number that was asked for.
    """

    def __init__(self, checker: Checker, model: type[Entry], settings: ServerSettings) -> None:
        self._checker = checker
        self._model = PAGE_OF[model]
        self._settings = settings

    def first(self, request: Request) -> Request:
        """Return the request for the first page."""
        start = {} if self._settings.cursors else {"startIndex": "1"}
        return request.with_query(count=str(self._settings.page_size), **start)

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Entry]:
        """Return the page. Raises PortalError."""
        body = self._checker.read(response, self._model)
        entries: Sequence[Entry] = body.resources or ()
        keys = [each.id or "" for each in entries]
        if self._settings.cursors:
            following = request.with_query(cursor=body.next_cursor) if body.next_cursor else None
            return Page(entries, following, body.total_results, keys)
        if body.total_results is None:
            raise errors.unexpected(client.endpoint, f"a page of {request.path} without totalResults")
        start = int(request.query["startIndex"])
        ends = start - 1 + len(entries) >= body.total_results
        following = None if ends else request.with_query(startIndex=str(start + len(entries) - 1))
        return Page(entries, following, body.total_results, keys, overlaps=start > 1)


class ScimApi:
    """Sends the requests, several at the same time; nothing is written."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._checker = Checker(client)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self.settings = ServerSettings()
        self.redact = client.endpoint.redact

    async def read_settings(self) -> None:
        """Read what the server says about itself. Raises PortalError if it cannot be asked at all."""
        try:
            response = await self._client.send(Request(path="ServiceProviderConfig"))
        except ApiError as error:
            if error.status not in _NO_SETTINGS:
                raise
            return
        payload = self._client.decode(response, ANY_JSON)
        try:
            # Without a context, missing attributes are accepted.
            found = ServiceProviderConfig.model_validate(payload, scim_policy=_POLICY)
        except ValidationError:
            return
        self.settings = _settings(found)
        self._checker.use(found)

    async def user(self, user: str, attributes: str = PERSON_ATTRIBUTES) -> Person | None:
        """Return a user; None if there is none with this id. Raises PortalError."""
        return await self._entry("Users", user, Person, attributes)

    async def group(self, group: str) -> DirectoryGroup | None:
        """Return a group with its members; None if there is none with this id. Raises PortalError."""
        return await self._entry("Groups", group, DirectoryGroup, GROUP_ATTRIBUTES)

    async def users(self, condition: str) -> list[Person]:
        """Return the users that fulfil a condition. Raises PortalError."""
        return await self._all("Users", Person, _query(PERSON_ATTRIBUTES, condition))

    async def groups(self, condition: str = "", attributes: str = GROUP_ATTRIBUTES) -> list[DirectoryGroup]:
        """Return the groups that fulfil a condition, or all. Raises PortalError."""
        return await self._all("Groups", DirectoryGroup, _query(attributes, condition))

    async def listed_users(self) -> list[Person]:
        """Return the users that a listing of all shows; some may be missing. Raises nothing."""
        request = Request(path="Users", query=_query(PERSON_ATTRIBUTES))
        pages: ScimPages[Person] = ScimPages(self._checker, Person, self.settings)
        async with self._slots:
            return (await read_list(self._client, request, pages, _quiet)).items

    async def first_users(self, condition: str = "") -> tuple[Sequence[Person], int | None]:
        """Return the first page of users, and how many there are. Raises PortalError."""
        page = await self._first_page("Users", Person, _query(PERSON_ATTRIBUTES, condition))
        return page.items, page.total

    async def first_groups(self) -> Sequence[DirectoryGroup]:
        """Return the first page of all groups with their members. Raises PortalError."""
        return (await self._first_page("Groups", DirectoryGroup, _query(GROUP_ATTRIBUTES))).items

    async def _first_page(self, path: str, model: type[Entry], query: Mapping[str, str]) -> Page[Entry]:
        pages: ScimPages[Entry] = ScimPages(self._checker, model, self.settings)
        request = pages.first(Request(path=path, query=query))
        async with self._slots:
            return pages.read(self._client, request, await self._client.send(request))

    async def _entry(self, path: str, key: str, model: type[Entry], attributes: str) -> Entry | None:
        if key in {".", ".."}:
            return None
        request = Request(path=f"{path}/{quote(key, safe='')}", query={"attributes": attributes})
        async with self._slots:
            response = await self._client.find(request)
        if response is None:
            return None
        found: Entry = self._checker.read(response, model)
        if found.id != key:
            raise errors.unexpected(self._client.endpoint, f"another entry instead of {request.path}")
        return found

    async def _all(self, path: str, model: type[Entry], query: Mapping[str, str]) -> list[Entry]:
        pages: ScimPages[Entry] = ScimPages(self._checker, model, self.settings)
        async with self._slots:
            return await read_all(self._client, Request(path=path, query=query), pages)


def _query(attributes: str, condition: str = "") -> dict[str, str]:
    return {"attributes": attributes, **({"filter": condition} if condition else {})}


def equals(attribute: str, value: str) -> str:
    """Return the filter for an attribute with a value; the value cannot end its own text."""
    return f"{attribute} eq {ScimFilter.quote(value)}"


def any_of(attribute: str, values: Iterable[str]) -> str:
    """Return the filter for an attribute with one of several values."""
    return " or ".join(equals(attribute, value) for value in values)


def _settings(found: ServiceProviderConfig) -> ServerSettings:
    filters = found.filter is None or found.filter.supported is not False
    largest = (found.filter.max_results if found.filter else None) or _PAGE_SIZE
    pagination = found.pagination
    cursors = pagination is not None and bool(pagination.cursor) and not pagination.index
    return ServerSettings(filters, max(_SMALLEST_PAGE, min(_PAGE_SIZE, largest)), cursors)


def _reason(error: Exception) -> str:
    """Return what is wrong with a response: the first reason of scim2-models, if there is one."""
    if isinstance(error.__cause__, ValidationError):
        first = error.__cause__.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


def _quiet(_count: int, _total: int | None) -> None:
    """Report nothing: the lists are short, and there are many of them."""
