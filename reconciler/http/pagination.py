"""Reading a list page by page, and proving that all of it was read."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient, Request

PAGE_SIZE: Final = 1000
# Somebody who adds or removes one object while it is read must not make a night's run fail.
_MORE_READS: Final = 2

Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item], frozen=True, gc=False):
    """One page; `total` is the length of the whole list, `next` the cursor of the next page."""

    items: list[Item]
    total: int
    next: str | None


class Listing(msgspec.Struct, Generic[Item], frozen=True):
    """What a list held; `problem` says why it may not be all, and is empty when it is."""

    items: list[Item]
    problem: str = ""


async def read_list(
    client: HttpClient,
    path: str,
    decoder: "msgspec.json.Decoder[Page[Item]]",
    progress: Callable[[int, int], None],
) -> Listing[Item]:
    """Read a whole list. It is complete when every page named the same total and that many items came.

    A list that moves while it is read is read again from its start, twice at most. Raises nothing: what was
    read before something went wrong is given back with the problem.
    """
    listing, moved = await _read_once(client, path, decoder, progress)
    for _ in range(_MORE_READS):
        if not moved:
            break
        listing, moved = await _read_once(client, path, decoder, progress)
    return listing


async def _read_once(
    client: HttpClient,
    path: str,
    decoder: "msgspec.json.Decoder[Page[Item]]",
    progress: Callable[[int, int], None],
) -> tuple[Listing[Item], bool]:
    """Read a list once; return it, and whether reading it again may help."""
    items: list[Item] = []
    cursors: set[str] = set()
    query = {"limit": str(PAGE_SIZE)}
    total: int | None = None
    while True:
        try:
            page = client.decode(await client.send(Request(method="GET", path=path, query=query)), decoder)
            client.count_items(len(page.items))
        except PortalError as error:
            return Listing(items, f"{path}: {error.message}"), False
        items += page.items
        progress(len(items), page.total)
        problem = _problem(page, total, len(items), cursors)
        if problem or page.next is None:
            return Listing(items, f"{path}: {problem}" if problem else ""), bool(problem)
        total = page.total
        cursors.add(page.next)
        query["cursor"] = page.next


def _problem(page: Page[Item], total: int | None, count: int, cursors: set[str]) -> str:
    """Say why this page proves that the list is not, or will never be, read completely."""
    if total is not None and page.total != total:
        return f"the number of all changed from {total:,} to {page.total:,} while they were read"
    if page.next is None and count != page.total:
        return f"{page.total:,} were announced and {count:,} came"
    if page.next is not None and (page.next in cursors or not page.items):
        return f"the pages lead in a circle after {count:,} of {page.total:,}"
    if count > page.total:
        return f"{page.total:,} were announced and more came"
    return ""
