"""The portal's own record of who did what: it tells whose write came first when an answer does not."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.http.client import HttpClient, Request
from reconciler.http.pagination import PAGE_SIZE, Page

# A token's id and name: names are not unique, and neither the portal's operator nor an older portal has ids.
Author: TypeAlias = tuple[str | None, str | None]


class Entry(msgspec.Struct, frozen=True):
    """One write: whose token it was made with, what it did, and the object before and after it."""

    token: str | None
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    token_id: str | None = msgspec.field(name="tokenId", default=None)

    @property
    def author(self) -> Author:
        """Whose write it was."""
        return self.token_id, self.token

    def does(self, etag: str, body: Mapping[str, Any] | None) -> bool:
        """Whether it is what a write of this body, or a deletion, makes of the object of this tag."""
        if self.before is None or self.before.get("etag") != etag:
            return False
        if body is None or self.after is None:
            return body is None and self.action == "delete"
        return self.after == {**self.before, **body, "etag": self.after.get("etag")}


class _Me(msgspec.Struct, frozen=True):
    name: str
    id: str | None = None


_ME: Final = msgspec.json.Decoder(_Me)
_PAGE: Final = msgspec.json.Decoder(Page[Entry])


async def own_author(client: HttpClient) -> Author:
    """Return the author that the record names for our writes."""
    me: _Me = client.decode(await client.send(Request(method="GET", path="me")), _ME)
    return me.id, me.name


async def successor(client: HttpClient, object_id: str, etag: str) -> Entry | None:
    """Return the write that put an end to an object as it was under this tag, or to the object; else None.

    A tag is never given again, so no other write that was for this tag can ever be done.
    """
    query = {"object": object_id, "limit": str(PAGE_SIZE)}
    while True:
        answer = await client.send(Request(method="GET", path="audit", query=query))
        page: Page[Entry] = client.decode(answer, _PAGE)
        client.count_items(len(page.items))
        for entry in page.items:
            if entry.action == "delete" or (entry.before is not None and entry.before.get("etag") == etag):
                return entry
        if page.next is None or page.next == query.get("cursor"):
            return None
        query["cursor"] = page.next
