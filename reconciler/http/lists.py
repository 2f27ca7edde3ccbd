"""Reading a list page by page, and proving that it was read completely."""

from collections.abc import AsyncIterator, Callable
from typing import Final, Generic, TypeVar

import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.pagination import Page, Pagination
from reconciler.http.request import Request
from reconciler.model.counting import counted

# A list that changes while it is read must not make a nightly run fail.
_READS: Final = 3

Item = TypeVar("Item")


class Listing(msgspec.Struct, Generic[Item], frozen=True):
    """What was read of a list; `problem` says why it may be incomplete, and is empty when it is complete."""

    items: list[Item]
    problem: str = ""


class IncompleteListError(PortalError):
    """The pages of a list do not fit together, or the service leaves items out.

    `problem` says why, without the service. `changing` says that another attempt may read a complete list.
    """

    def __init__(self, client: HttpClient, path: str, problem: str, *, changing: bool = True) -> None:
        self.problem = f"{path}: {problem}"
        self.changing = changing
        hint = "try again later" if changing else "give the account access to all items"
        super().__init__(f"{client.endpoint}: {self.problem}", hint)


async def read_pages(
    client: HttpClient, request: Request, pagination: Pagination[Item]
) -> AsyncIterator[Page[Item]]:
    """Yield the pages of a list in order. It was complete if they end without an error.

    Raises IncompleteListError as soon as the pages prove that an item is missing or repeated, after the last
    page if the service left items out, and PortalError for a page that cannot be read.
    """
    following: Request | None = pagination.first(request)
    proof: _Proof[Item] = _Proof()
    left_out = ""
    while following is not None:
        client.usage.check_pages(request.path, proof.count_request(following))
        page = pagination.read(client, following, await client.send(following))
        client.usage.count_items(len(page.items))
        if not proof.continues(page):
            raise IncompleteListError(client, request.path, "the list changed while it was read")
        page = _without_overlap(page)
        problem = proof.add(page)
        yield page
        if problem:
            raise IncompleteListError(client, request.path, problem)
        left_out = left_out or page.problem
        following = page.next
    if left_out:
        raise IncompleteListError(client, request.path, left_out, changing=False)


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
            if not error.changing:
                break
        except PortalError as error:
            return Listing(items, f"{request.path}: {error.message}")
    return Listing(items, problem)


async def read_all(
    client: HttpClient,
    request: Request,
    pagination: Pagination[Item],
    progress: Callable[[int, int | None], None] = lambda _number, _total: None,
) -> list[Item]:
    """Return a whole list; one that changes in the meantime is read again, as read_list does.

    Raises the errors of read_pages.
    """
    for attempt in range(_READS):
        items: list[Item] = []
        try:
            async for page in read_pages(client, request, pagination):
                items += page.items
                progress(len(items), page.total)
            break
        except IncompleteListError as error:
            if not error.changing or attempt == _READS - 1:
                raise
    return items


class _Proof(Generic[Item]):
    """What the pages so far prove about the list."""

    def __init__(self) -> None:
        self._requested: set[object] = set()
        self._keys: set[str] = set()
        self._last = ""
        self._total: int | None = None
        self._count = 0

    def count_request(self, request: Request) -> int:
        """Count a request, and return how many there were."""
        self._requested.add(_key(request))
        return len(self._requested)

    def continues(self, page: Page[Item]) -> bool:
        """Return whether a page begins with the last item so far, if it is to overlap with it."""
        return not page.overlaps or (bool(page.keys) and page.keys[0] == self._last)

    def add(self, page: Page[Item]) -> str:
        """Return why this page proves that the list is not, or will never be, read completely."""
        self._count += len(page.items)
        known, self._total = self._total, page.total
        if known is not None and page.total != known:
            return f"the total changed from {known:,} to {page.total or 0:,} while the list was read"
        if self._repeats(page):
            of_total = "" if page.total is None else f" of {page.total:,}"
            return f"the pages repeat after {self._count:,}{of_total} items"
        if page.total is not None and self._differs(page, page.total):
            return (
                f"the total is {page.total:,}, but {counted(self._count, 'item was', 'items were')} received"
            )
        return ""

    def _repeats(self, page: Page[Item]) -> bool:
        """Return whether an item comes twice, or the next page leads back or no closer to the total."""
        before = len(self._keys)
        self._keys.update(page.keys)
        self._last = page.keys[-1] if page.keys else self._last
        if len(self._keys) - before < len(page.keys):
            return True
        never_ends = page.total is not None and not page.items
        return page.next is not None and (never_ends or _key(page.next) in self._requested)

    def _differs(self, page: Page[Item], total: int) -> bool:
        return self._count > total or (page.next is None and self._count != total)


def _without_overlap(page: Page[Item]) -> Page[Item]:
    if not page.overlaps:
        return page
    return msgspec.structs.replace(page, items=page.items[1:], keys=page.keys[1:], overlaps=False)


def _key(request: Request) -> object:
    return request.path, *sorted(request.query.items())
