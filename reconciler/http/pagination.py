"""Reading a list page by page, and proving that it was read completely."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar

import httpx2
import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.request import Request, Response

# A list that changes while it is read must not make a nightly run fail.
_READS: Final = 3

Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """The items of a page, the request for the next page, and the length of the list where it is known."""

    items: Sequence[Item]
    next: Request | None
    total: int | None = None


class Pagination(Protocol[Item]):
    """How a service divides lists into pages. A service with another style adds a class of its own."""

    def first(self, request: Request) -> Request:
        """Return the request for the first page of the list at `request`."""

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page in the response to `request`. Raises PortalError for an unexpected response."""


class CursorBody(msgspec.Struct, Generic[Item], frozen=True, gc=False):
    """A page as JSON; `total` is the length of the list, `next` the cursor of the next page."""

    items: list[Item]
    total: int
    next: str | None


class BodyCursor(Generic[Item]):
    """The body has the cursor of the next page and the length of the list."""

    def __init__(self, decoder: "msgspec.json.Decoder[CursorBody[Item]]", size: int) -> None:
        self._decoder = decoder
        self._size = str(size)

    def first(self, request: Request) -> Request:
        """Return the request with the page size."""
        return request.with_query(limit=self._size)

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page."""
        body = client.decode(response, self._decoder)
        following = request.with_query(cursor=body.next) if body.next is not None else None
        return Page(body.items, following, body.total)


class LinkHeader(Generic[Item]):
    """A Link header (RFC 8288) has the address of the next page; `items` returns those of a decoded body."""

    def __init__(
        self,
        decoder: "msgspec.json.Decoder[Any]",
        size: int,
        items: Callable[[Any], Sequence[Item]] = tuple,
    ) -> None:
        self._decoder = decoder
        self._size = str(size)
        self._items = items

    def first(self, request: Request) -> Request:
        """Return the request with the page size."""
        return request.with_query(per_page=self._size)

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page. Raises PortalError for a next page on another host."""
        link = (
            httpx2.Response(response.status, headers=dict(response.headers)).links.get("next", {}).get("url")
        )
        following = msgspec.structs.replace(request, path=client.resolve(link), query={}) if link else None
        return Page(self._items(client.decode(response, self._decoder)), following)


class PageHeader(Generic[Item]):
    """The header X-Next-Page has the number of the next page."""

    def __init__(self, decoder: "msgspec.json.Decoder[tuple[Item, ...]]", size: int) -> None:
        self._decoder = decoder
        self._size = str(size)

    def first(self, request: Request) -> Request:
        """Return the request with the page size."""
        return request.with_query(per_page=self._size)

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page."""
        number = response.headers.get("X-Next-Page", "").strip()
        following = request.with_query(page=number) if number else None
        items: tuple[Item, ...] = client.decode(response, self._decoder)
        return Page(items, following)


class Listing(msgspec.Struct, Generic[Item], frozen=True):
    """What was read of a list; `problem` says why it may be incomplete, and is empty when it is complete."""

    items: list[Item]
    problem: str = ""


class IncompleteListError(PortalError):
    """The pages of a list do not fit together; `problem` says why, without the service."""

    def __init__(self, client: HttpClient, path: str, problem: str) -> None:
        self.problem = f"{path}: {problem}"
        super().__init__(f"{client.endpoint}: {self.problem}", "try again later")


async def read_pages(
    client: HttpClient, request: Request, pagination: Pagination[Item]
) -> AsyncIterator[Page[Item]]:
    """Yield the pages of a list in order. It was complete if they end without an error.

    Raises IncompleteListError as soon as the pages prove that something is missing or repeated, and
    PortalError for a page that cannot be read.
    """
    following: Request | None = pagination.first(request)
    requested: set[object] = set()
    total: int | None = None
    count = 0
    while following is not None:
        requested.add(_key(following))
        client.usage.check_pages(request.path, len(requested))
        page = pagination.read(client, following, await client.send(following))
        client.usage.count_items(len(page.items))
        count += len(page.items)
        yield page
        repeats = page.next is not None and (_key(page.next) in requested or _never_ends(page))
        if problem := _problem(page, total, count, repeats=repeats):
            raise IncompleteListError(client, request.path, problem)
        total, following = page.total, page.next


async def read_items(
    client: HttpClient, request: Request, pagination: Pagination[Item]
) -> AsyncIterator[Item]:
    """Yield the items of a list in order. Raises the errors of read_pages."""
    async for page in read_pages(client, request, pagination):
        for item in page.items:
            yield item


async def read_list(
    client: HttpClient,
    request: Request,
    pagination: Pagination[Item],
    progress: Callable[[int, int | None], None],
) -> Listing[Item]:
    """Read a whole list; one that changes in the meantime is read again from its start, twice at most.

    Raises nothing: after an error, what was read until then is returned with the problem.
    """
    items: list[Item] = []
    problem = ""
    for _ in range(_READS):
        items = []
        try:
            async for page in read_pages(client, request, pagination):
                items += page.items
                progress(len(items), page.total)
            return Listing(items)
        except IncompleteListError as error:
            problem = error.problem
        except PortalError as error:
            return Listing(items, f"{request.path}: {error.message}")
    return Listing(items, problem)


def _problem(page: Page[Item], total: int | None, count: int, *, repeats: bool) -> str:
    """Return why this page proves that the list is not, or will never be, read completely."""
    if total is not None and page.total != total:
        return f"the total changed from {total:,} to {page.total or 0:,} while the list was read"
    if repeats:
        known = "" if page.total is None else f" of {page.total:,}"
        return f"the pages repeat after {count:,}{known} items"
    if page.total is not None and (count > page.total or (page.next is None and count != page.total)):
        return f"the total is {page.total:,}, but {count:,} items were received"
    return ""


def _never_ends(page: Page[Item]) -> bool:
    """Whether a page leads on without getting closer to the announced length."""
    return page.total is not None and not page.items


def _key(request: Request) -> object:
    return request.path, *sorted(request.query.items())
