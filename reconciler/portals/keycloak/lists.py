"""Read lists of the Admin REST API, which have neither a total nor a link to the next page."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final, TypeVar

import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.lists import IncompleteListError, read_items
from reconciler.http.pagination import Offset
from reconciler.http.request import Request
from reconciler.portals.keycloak.schemas import Group, Role, User

PAGE_SIZE: Final = 500
_AT_ONCE: Final = 8
_READS: Final = 3

Item = TypeVar("Item", Group, Role, User)
Key = TypeVar("Key")
Result = TypeVar("Result")


class Lists:
    """Reads lists, several at the same time.

    Lists are sorted by names that are unique in them. The first item of a page is the last one of the page
    before. If it is another one, the list was changed between the two requests, and is read again.
    """

    def __init__(self, client: HttpClient, size: int = PAGE_SIZE) -> None:
        self._client = client
        self._size = size
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def all(self, path: str, decoder: "msgspec.json.Decoder[list[Item]]", **query: str) -> list[Item]:
        """Return the items of a list. Raises PortalError if it cannot be read, or changes repeatedly."""
        pages = Offset(decoder, self._size, _id)
        for _ in range(_READS):
            with suppress(IncompleteListError):
                async with self._slots:
                    request = Request(path=path, query=query)
                    return [item async for item in read_items(self._client, request, pages)]
        message = f"{self._client.endpoint}: {path}: the list changed while it was read"
        raise PortalError(message, "try again later")

    async def one(self, path: str, decoder: "msgspec.json.Decoder[list[Item]]", **query: str) -> list[Item]:
        """Return the items of an unsorted list in one response. Raises PortalError if there are more."""
        most = self._size * 200
        async with self._slots:
            request = Request(path=path, query={**query, "first": "0", "max": str(most)})
            items = await self._client.fetch(request, decoder)
        self._client.usage.count_items(len(items))
        if len(items) >= most:
            message = f"{self._client.endpoint}: {path}: more than {most:,} items in one response"
            raise PortalError(message, "split the realm into several realms")
        return items

    async def fetch(self, path: str, decoder: "msgspec.json.Decoder[Result]", **query: str) -> Result:
        """Return one object."""
        async with self._slots:
            return await self._client.fetch(Request(path=path, query=query), decoder)

    async def each(self, keys: Iterable[Key], read: Callable[[Key], Awaitable[Result]]) -> list[Result]:
        """Return what `read` returns for each key, in order."""
        return await asyncio.gather(*map(read, keys))


def _id(item: Group | Role | User) -> str:
    return item.id
