"""The requests that read one object or write."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid5

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import JsonApi
from reconciler.http.request import Request, Tally
from reconciler.portals.drupal.schemas import DOCUMENT, ITEMS, Item

_NAMESPACE: Final = UUID("6f1f5a2e-52c5-4f0b-9a55-6d3f1c6a7f10")
MEDIA_TYPE: Final = {"Content-Type": "application/vnd.api+json"}
_FEW: Final = JsonApi(ITEMS, 50, lambda item: item.id)
# What a relationship refers to, as JSON.
Linkage: TypeAlias = dict[str, str] | list[dict[str, str]]


class SiteApi:
    """Sends the requests of one change, or of several together. All methods raise PortalError.

    `addresses` are those of the resource types.
    """

    def __init__(self, client: HttpClient, addresses: Mapping[str, str], tally: Tally) -> None:
        self._client, self._addresses = client, addresses
        self.tally = tally

    def counting(self, tally: Tally) -> "SiteApi":
        """Return the same with another count of what is sent."""
        return SiteApi(self._client, self._addresses, tally)

    async def get(self, type_name: str, uuid: str) -> Item | None:
        """Return an object, or None where there is none."""
        found = await self._client.find(Request(path=self._path(type_name, uuid)))
        return None if found is None else self._client.decode(found, DOCUMENT).data

    async def get_after_write(self, type_name: str, uuid: str) -> Item | None:
        """Return an object that a write may have made. Raises UnknownOutcomeError if it cannot be read."""
        try:
            return await self.get(type_name, uuid)
        except PortalError as error:
            raise UnknownOutcomeError(error.message, error.hint) from error

    async def find(self, type_name: str, values: Mapping[str, str]) -> list[Item]:
        """Return the objects with these values. Databases may ignore case, so the caller compares again."""
        query = {f"filter[{name}]": value for name, value in values.items()}
        request = Request(path=self._path(type_name), query=query)
        return [each async for each in read_items(self._client, request, _FEW)]

    async def create(
        self, type_name: str, uuid: str, attributes: Mapping[str, Any], relationships: Mapping[str, Linkage]
    ) -> bool:
        """Create an object with this id; return False if there is one with it."""
        try:
            await self._write(
                "POST", self._path(type_name), _data(type_name, uuid, attributes, relationships)
            )
        except ApiError as error:
            if error.status == HTTPStatus.CONFLICT:
                return False
            raise
        return True

    async def update(
        self, item: Item, attributes: Mapping[str, Any], relationships: Mapping[str, Linkage] = {}
    ) -> None:
        """Change attributes and relationships of an object."""
        data = _data(item.type, item.id, attributes, relationships)
        await self._write("PATCH", self._path(item.type, item.id), data)

    async def delete(self, item: Item) -> None:
        """Delete an object. Do nothing if it no longer exists."""
        await self._client.delete(self._request("DELETE", self._path(item.type, item.id)))

    async def relate(self, method: str, item: Item, relationship: str, targets: Linkage) -> None:
        """Add (POST) or remove (DELETE) what a relationship refers to; what it has already is ignored."""
        await self._write(method, f"{self._path(item.type, item.id)}/relationships/{relationship}", targets)

    async def _write(self, method: str, path: str, data: Any) -> None:
        request = self._request(method, path)
        body = {"data": data}
        await self._client.send(msgspec.structs.replace(request, body=body, headers=MEDIA_TYPE))

    def _request(self, method: str, path: str) -> Request:
        """Return a write. Every write here has the same effect if it is sent twice."""
        return Request(method=method, path=path, repeatable=True, tally=self.tally)

    def _path(self, type_name: str, *steps: str) -> str:
        return "/".join((self._addresses[type_name], *steps))


def _data(
    type_name: str, uuid: str, attributes: Mapping[str, Any], relationships: Mapping[str, Linkage]
) -> dict[str, Any]:
    related = {name: {"data": linkage} for name, linkage in relationships.items()}
    data = {"type": type_name, "id": uuid, "attributes": attributes, "relationships": related}
    return {key: value for key, value in data.items() if value}


def one(type_name: str, uuid: str) -> dict[str, str]:
    """Return the identifier of an object."""
    return {"type": type_name, "id": uuid}


def many(type_name: str, uuids: Iterable[str]) -> list[dict[str, str]]:
    """Return the identifiers of objects."""
    return [one(type_name, each) for each in uuids]


def stable_uuid(*parts: str) -> str:
    """Return the uuid for a new object, so that creating it twice makes one."""
    return str(uuid5(_NAMESPACE, "\n".join(parts)))
