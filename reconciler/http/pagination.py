"""How services divide lists into pages: by cursor, link, page number or offset."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import parse_qsl

import httpx2
import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.errors import unexpected
from reconciler.http.request import Request, Response
from reconciler.model.http_text import whole_number
from reconciler.model.json_input import Decoder

Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """The items of a page, the request for the next page, and what is known to prove that none is missing.

    `total` is the length of the whole list. `keys` identify the items. With `overlaps`, the first item is the
    last one of the page before, so that no item between the two is missed. `problem` says why the service
    leaves items out.
    """

    items: Sequence[Item]
    next: Request | None
    total: int | None = None
    keys: Sequence[str] = ()
    overlaps: bool = False
    problem: str = ""


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

    def __init__(self, decoder: Decoder[CursorBody[Item]], size: int) -> None:
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
        link = next_link(response)
        following = msgspec.structs.replace(request, path=client.resolve(link), query={}) if link else None
        return Page(self._items(client.decode(response, self._decoder)), following)


def next_link(response: Response) -> str | None:
    """Return the address of the next page in the header Link (RFC 8288)."""
    headers = dict(response.headers)
    return httpx2.Response(response.status, headers=headers).links.get("next", {}).get("url")


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


class TotalHeader(Generic[Item]):
    """Pages are requested by number; the header X-Total-Count has the length of the list.

    The service may send smaller pages than requested, hide some items that it counts, or send the whole list
    at once. With `counted`, the list ends where its pages reach the total, else with an empty page. Null is
    an empty list.
    """

    def __init__(
        self, decoder: "msgspec.json.Decoder[tuple[Item, ...] | None]", size: int, *, counted: bool = True
    ) -> None:
        self._decoder = decoder
        self._size = str(size)
        self._counted = counted

    def first(self, request: Request) -> Request:
        """Return the request for page 1."""
        return request.with_query(limit=self._size, page="1")

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page. Raises PortalError without a total, which could hide the rest of the list."""
        decoded = client.decode(response, self._decoder)
        items = decoded or ()
        number = int(request.query["page"])
        total = whole_number(response.headers.get("X-Total-Count", ""))
        if total is None:
            raise unexpected(client.endpoint, f"a page of {request.path} without the header X-Total-Count")
        ends = not items or (self._counted and number * len(items) >= total)
        return Page(items, None if ends else request.with_query(page=str(number + 1)))


class NumberedPage(msgspec.Struct, frozen=True):
    """The number and size of a page, and the length of the list; some services send them as floats."""

    number: float
    size: float
    total: float


class NumberedMeta(msgspec.Struct, frozen=True):
    """The part of a body that is about its page."""

    page: NumberedPage


class NumberedBody(msgspec.Struct, Generic[Item], frozen=True):
    """A page as JSON; `meta.page.total` is the length of the list."""

    data: list[Item]
    meta: NumberedMeta


class PageNumber(Generic[Item]):
    """Pages are requested by number; the body has the length of the list.

    Items move to another page if one before them is created or deleted meanwhile, so `key` returns what
    identifies an item: none may come twice.
    """

    def __init__(
        self, decoder: "msgspec.json.Decoder[NumberedBody[Item]]", size: int, key: Callable[[Item], str]
    ) -> None:
        self._decoder = decoder
        self._size = size
        self._key = key

    def first(self, request: Request) -> Request:
        """Return the request for page 1."""
        return request.with_query(**{"page[size]": str(self._size), "page[number]": "1"})

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page. The service may send fewer items than requested, and names the size it used."""
        body = client.decode(response, self._decoder)
        number, total = int(request.query["page[number]"]), int(body.meta.page.total)
        ends = number * body.meta.page.size >= total
        following = None if ends else request.with_query(**{"page[number]": str(number + 1)})
        return Page(body.data, following, total, [self._key(item) for item in body.data])


class JsonApiBody(msgspec.Struct, Generic[Item], frozen=True):
    """A page of a JSON:API service (jsonapi.org)."""

    data: list[Item]
    links: dict[str, Any] = {}
    meta: dict[str, Any] = {}


class JsonApi(Generic[Item]):
    """The body links to the next page. A page may be short, even empty, and still lead to another one.

    Drupal leaves out what the account may not see, and lists it in `meta.omitted`. JSON:API has no length of
    the list, so `key` returns what identifies an item: none may come twice.
    """

    def __init__(
        self, decoder: "msgspec.json.Decoder[JsonApiBody[Item]]", size: int, key: Callable[[Item], str]
    ) -> None:
        self._decoder = decoder
        self._size = str(size)
        self._key = key

    def first(self, request: Request) -> Request:
        """Return the request with the page size."""
        return request.with_query(**{"page[limit]": self._size})

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page. Raises PortalError for a next page on another host."""
        body = client.decode(response, self._decoder)
        link = body.links.get("next")
        href = link.get("href") if isinstance(link, dict) else link
        following = None
        if href is not None:
            following = msgspec.structs.replace(request, path=client.resolve(str(href)), query={})
        keys = [self._key(item) for item in body.data]
        return Page(body.data, following, keys=keys, problem=_omitted(client, body.meta))


class NextQuery(Generic[Item]):
    """Each page leads to the query of the next one, such as a token.

    `read` returns the items of a decoded body, and the query of the next page; None after the last one.
    `size` is the query parameter with the page size. `key` returns what identifies an item: none may come
    twice. Pages with the parameter `overlap` begin with the last item of the page before, which must still be
    there.
    """

    def __init__(
        self,
        decoder: "msgspec.json.Decoder[Any]",
        size: Mapping[str, str],
        read: Callable[[Any], tuple[Sequence[Item], Mapping[str, str] | None]],
        key: Callable[[Item], str],
        overlap: str = "",
    ) -> None:
        self._decoder = decoder
        self._size = size
        self._read = read
        self._key = key
        self._overlap = overlap

    def first(self, request: Request) -> Request:
        """Return the request with the page size."""
        return request.with_query(**self._size)

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page."""
        items, query = self._read(client.decode(response, self._decoder))
        following = request.with_query(**query) if query is not None else None
        keys = [self._key(item) for item in items]
        return Page(items, following, keys=keys, overlaps=self._overlap in request.query)


def query_of(link: str | None) -> dict[str, str] | None:
    """Return the query of a link. A service behind a proxy may not know the address it is reached by."""
    return None if link is None else dict(parse_qsl(link.partition("?")[2]))


class Offset(Generic[Item]):
    """Pages are requested by the offset of their first item; the list has neither a length nor a link.

    Each page begins with the last item of the one before, which must still be there: otherwise the list has
    changed. So the list must be sorted, and `key` returns what identifies an item. A page that is not full
    ends the list; if the service may send fewer items than requested (`capped`), only one without a new item.
    """

    def __init__(
        self,
        decoder: "msgspec.json.Decoder[list[Item]]",
        size: int,
        key: Callable[[Item], str],
        *,
        capped: bool = False,
    ) -> None:
        self._decoder = decoder
        self._size = size
        self._key = key
        self._capped = capped

    def first(self, request: Request) -> Request:
        """Return the request for the start of the list."""
        return request.with_query(first="0", max=str(self._size))

    def read(self, client: HttpClient, request: Request, response: Response) -> Page[Item]:
        """Return the page."""
        items: list[Item] = client.decode(response, self._decoder)
        start = int(request.query["first"])
        # A page of one item is the only item, or the overlap with the page before.
        ends = len(items) < (2 if self._capped else self._size)
        following = None if ends else request.with_query(first=str(start + len(items) - 1))
        return Page(items, following, keys=[self._key(item) for item in items], overlaps=start > 0)


def _omitted(client: HttpClient, meta: dict[str, Any]) -> str:
    """Return why a page is incomplete by its own account; empty if it is not."""
    omitted = meta.get("omitted")
    if not omitted:
        return ""
    detail = omitted.get("detail") if isinstance(omitted, dict) else None
    return f"the service leaves out items: {client.endpoint.redact(str(detail or 'it does not say why'))}"
