"""The requests that read or write one object of an organization. All of them raise PortalError."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote

import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import NextQuery
from reconciler.http.request import Request, Response, Tally
from reconciler.model.json_input import ANY_JSON
from reconciler.model.secret import SecretText
from reconciler.portals.apigee.app_group import AppGroup, Json, writable
from reconciler.portals.apigee.schemas import (
    APP_GROUP,
    APP_GROUP_APPS,
    APPROVED,
    CREDENTIAL,
    App,
    Credential,
)

_PAGE_SIZE: Final = {"pageSize": "1000"}
# Actions have no body, and this type.
_ACTION: Final[Mapping[str, str]] = {"Content-Type": "application/octet-stream"}
Decoded = TypeVar("Decoded")


class FoundGroup(msgspec.Struct, frozen=True):
    """An AppGroup as it is now: `raw` also has what is not known here."""

    group: AppGroup
    raw: Json


class ApigeeApi:
    """Sends the requests of one change, or of several that are written together."""

    def __init__(self, client: HttpClient, tally: Tally) -> None:
        self._client = client
        self.tally = tally

    async def group(self, name: str) -> FoundGroup | None:
        """Return an AppGroup, or None."""
        response = await self._client.find(Request(path=_group(name)))
        return None if response is None else self._found(response)

    async def create_group(self, body: Json) -> None:
        """Create an AppGroup."""
        await self._client.send(self._request("POST", "appgroups", body))

    async def replace_group(self, name: str, raw: Json) -> FoundGroup:
        """Replace an AppGroup, once: another user may change it before the request is sent again."""
        request = self._request("PUT", _group(name), writable(raw))
        return self._found(await self._client.send(msgspec.structs.replace(request, once=True)))

    async def delete_group(self, name: str) -> None:
        """Delete an AppGroup with its apps. Do nothing if it no longer exists."""
        await self._client.delete(self._request("DELETE", _group(name), repeatable=True))

    async def create_developer(self, address: str) -> None:
        """Create a developer. Do nothing if there is one with this address."""
        local, _, domain = address.rpartition("@")
        body = {"email": address, "userName": address, "firstName": local, "lastName": domain}
        try:
            await self._client.send(self._request("POST", "developers", body, repeatable=True))
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise

    async def apps(self, group: str) -> list[App]:
        """Return the apps of an AppGroup, with all their keys."""
        pages: NextQuery[App] = NextQuery(
            APP_GROUP_APPS,
            _PAGE_SIZE,
            lambda body: (body.app_group_apps, body.following),
            lambda app: app.name,
        )
        request = Request(path=f"{_group(group)}/apps")
        return [app async for app in read_items(self._client, request, pages)]

    async def approve(self, group: str, app: App, key: Credential, product: str) -> None:
        """Let a key call an API product, unless it already can."""
        status = key.status_of(product)
        if status is None:
            kept = {"attributes": key.attributes, "scopes": key.scopes}
            body = {"apiProducts": [product], "appGroupAppKey": kept}
            request = self._key_request("POST", group, app, key, body=body)
            found = self._client.decode(await self._client.send(request), CREDENTIAL)
            status = found.status_of(product)
        if status != APPROVED:
            request = self._key_request("POST", group, app, key, product)
            approval = msgspec.structs.replace(request, query={"action": "approve"}, headers=_ACTION)
            await self._client.send(approval)

    async def remove(self, group: str, app: App, key: Credential, product: str) -> None:
        """Remove an API product from a key. Do nothing if the key is not for it."""
        await self._client.delete(self._key_request("DELETE", group, app, key, product))

    def _key_request(
        self, method: str, group: str, app: App, key: Credential, product: str = "", body: Any = None
    ) -> Request:
        """Return a request about a key, or one of its products. Keys are secrets."""
        path = f"{_group(group)}/apps/{_quoted(app.name)}/keys/{_quoted(key.consumer_key)}"
        if product:
            path += f"/apiproducts/{_quoted(product)}"
        request = self._request(method, path, body, repeatable=True)
        return msgspec.structs.replace(request, secrets=(SecretText(key.consumer_key),))

    def _request(self, method: str, path: str, body: Any = None, *, repeatable: bool = False) -> Request:
        return Request(method=method, path=path, body=body, repeatable=repeatable, tally=self.tally)

    def _found(self, response: Response) -> FoundGroup:
        group = self._client.decode(response, APP_GROUP)
        return FoundGroup(group, self._client.decode(response, ANY_JSON))


def may_succeed_later(error: PortalError) -> bool:
    """Return whether sending a request again may succeed: the API has not rejected it for good."""
    later = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    return not isinstance(error, ApiError) or error.status in later


def _group(name: str) -> str:
    return f"appgroups/{_quoted(name)}"


def _quoted(name: str) -> str:
    return quote(name, safe="")
