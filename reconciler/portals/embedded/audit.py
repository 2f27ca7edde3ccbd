"""The portal's audit log: it shows whose write came first where a response does not."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.lists import read_items
from reconciler.http.pagination import BodyCursor, CursorBody
from reconciler.http.request import Request
from reconciler.portals.embedded.schemas import PAGE_SIZE

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
_ENTRIES: Final = BodyCursor(msgspec.json.Decoder(CursorBody[Entry]), PAGE_SIZE)


async def own_author(client: HttpClient) -> Author:
    """Return the author of our own writes in the log."""
    me = await client.fetch(Request(path="me"), _ME)
    return me.id, me.name


async def successor(client: HttpClient, object_id: str, etag: str) -> Entry | None:
    """Return the write that put an end to an object as it was under this tag, or to the object; else None.

    A tag is never given again, so no other write that was for this tag can ever be done.
    """
    async for entry in read_items(client, Request(path="audit", query={"object": object_id}), _ENTRIES):
        if entry.action == "delete" or (entry.before is not None and entry.before.get("etag") == etag):
            return entry
    return None
