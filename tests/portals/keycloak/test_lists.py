"""Lists of a realm, which have neither a total nor a link: pages overlap by one item."""

import asyncio
from collections.abc import Callable, Sequence

import httpx2
import pytest

from reconciler.errors import PortalError
from reconciler.portals.keycloak.lists import Lists
from reconciler.portals.keycloak.schemas import USERS, User
from tests.http.scripted import Answering, client, ok

NAMES = tuple("abcdefgh")


class Server:
    """Serves pages of a list; `change` may return another list before each request."""

    def __init__(self, change: Callable[[int], Sequence[str]] = lambda _: NAMES) -> None:
        self._change = change
        self.pages: list[tuple[int, int]] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        first, size = int(request.url.params["first"]), int(request.url.params["max"])
        names = self._change(len(self.pages))
        self.pages.append((first, size))
        return ok([{"id": name, "username": name} for name in names[first : first + size]])

    def read(self, size: int, *, one: bool = False) -> str:
        lists = Lists(client(Answering(self.answer)), size)
        reading = lists.one if one else lists.all
        found: list[User] = asyncio.run(reading("users", USERS))
        return "".join(user.id for user in found)


@pytest.mark.parametrize(
    ("size", "pages"),
    [
        (20, [(0, 20)]),
        (9, [(0, 9)]),
        (8, [(0, 8), (7, 8)]),
        (5, [(0, 5), (4, 5)]),
        (3, [(0, 3), (2, 3), (4, 3), (6, 3)]),
    ],
)
def test_pages_overlap_by_one_item(size: int, pages: list[tuple[int, int]]) -> None:
    server = Server()

    assert server.read(size) == "abcdefgh"
    assert server.pages == pages


@pytest.mark.parametrize("changed", ["bcdefgh", "0abcdefgh", "abc"], ids=["deleted", "created", "shorter"])
def test_a_list_that_changes_between_two_pages_is_read_again(changed: str) -> None:
    server = Server(lambda number: changed if number >= 2 else NAMES)

    assert server.read(3) == changed


def test_an_item_that_moves_to_a_later_page_is_not_returned_twice() -> None:
    server = Server(lambda number: "abcdefgh" if number == 0 else "bcadefgh" if number == 1 else "bcdefgh")

    assert server.read(3) == "bcdefgh"


def test_a_list_that_changes_with_each_request_is_an_error() -> None:
    server = Server(lambda number: NAMES[number % 2 :])

    with pytest.raises(PortalError) as raised:
        server.read(3)

    assert raised.value.message.endswith(": users: the list changed while it was read")
    assert raised.value.hint == "try again later"


def test_an_unsorted_list_is_read_with_one_request() -> None:
    server = Server()

    assert server.read(1, one=True) == "abcdefgh"
    assert server.pages == [(0, 200)]


def test_an_unsorted_list_that_is_longer_than_one_response_is_an_error() -> None:
    server = Server(lambda _: [str(number) for number in range(300)])

    with pytest.raises(PortalError) as raised:
        server.read(1, one=True)

    assert raised.value.message.endswith(": users: more than 200 items in one response")
