from collections.abc import Callable, Iterator

import pytest

from reconciler.http.lists import Listing
from reconciler.http.pagination import Pagination
from tests.forge.serving import Door, door
from tests.http.list_server import (
    Item,
    ListServer,
    json_api,
    next_link,
    offset,
    page_number,
    page_token,
    start_key,
)

STYLES = {
    "offset": offset,
    "numbered": page_number,
    "jsonapi": json_api,
    "linked": next_link,
    "token": page_token,
    "key": start_key,
}


@pytest.fixture(scope="module")
def street() -> Iterator[Door]:
    with door() as opened:
        yield opened


each_style = pytest.mark.parametrize("path", STYLES)


def numbers(*numbers: int) -> list[str]:
    return [f"{number:03}" for number in numbers]


@each_style
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_list_at_rest_is_read_completely_in_order(street: Door, path: str, count: int, size: int) -> None:
    assert ListServer(count).read(street, path, STYLES[path](size)) == Listing(numbers(*range(count)))


@pytest.mark.parametrize(
    ("path", "pagination"),
    [
        ("offset", offset(50, capped=True)),
        ("numbered", page_number(50)),
        ("jsonapi", json_api(50)),
        ("linked", next_link(50)),
        ("token", page_token(50)),
    ],
    ids=[name for name in STYLES if name != "key"],
)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_a_service_that_sends_fewer_items_than_requested_is_read_completely(
    street: Door, path: str, pagination: Pagination[Item], count: int
) -> None:
    assert ListServer(count, cap=2).read(street, path, pagination) == Listing(numbers(*range(count)))


@pytest.mark.parametrize(
    ("path", "pagination", "requests"),
    [
        ("offset", offset(3), ["first=0&max=3", "first=2&max=3", "first=4&max=3"]),
        ("numbered", page_number(3), ["page[size]=3&page[number]=1", "page[size]=3&page[number]=2"]),
        ("jsonapi", json_api(3), ["page[limit]=3", "page[offset]=3&page[limit]=3"]),
        ("linked", next_link(3), ["limit=3", "limit=3&after=3"]),
        ("token", page_token(3), ["pageSize=3", "pageSize=3&pageToken=3"]),
        ("key", start_key(3), ["count=3", "count=3&startKey=002", "count=3&startKey=004"]),
    ],
    ids=list(STYLES),
)
def test_pages_are_requested_as_the_service_expects(
    street: Door, path: str, pagination: Pagination[Item], requests: list[str]
) -> None:
    server = ListServer(5)

    server.read(street, path, pagination)

    assert server.requests == requests


@pytest.mark.parametrize("path", ["offset", "numbered"])
@pytest.mark.parametrize(
    ("change", "items"),
    [
        (lambda items: items.remove("000"), numbers(1, 2, 3, 4)),
        (lambda items: items.insert(0, "new"), ["new", *numbers(0, 1, 2, 3, 4)]),
    ],
    ids=["an item before it is deleted", "an item before it is created"],
)
def test_a_list_that_changes_between_two_pages_is_read_again(
    street: Door, path: str, change: Callable[[list[str]], object], items: list[str]
) -> None:
    server = ListServer(5)
    server.changes[1] = change

    assert server.read(street, path, STYLES[path](2)) == Listing(items)


def test_a_list_that_always_changes_is_incomplete(street: Door) -> None:
    server = ListServer(90)
    server.changes = {number: lambda items: items.pop(0) for number in range(9)}

    found = server.read(street, "offset", offset(2))

    assert (found.problem, len(server.requests)) == ("offset: the list changed while it was read", 6)


def test_an_item_that_comes_twice_proves_that_another_may_be_missing(street: Door) -> None:
    server = ListServer(6)
    server.changes[1] = lambda items: items.insert(0, items.pop())

    assert server.read(street, "jsonapi", json_api(2)) == Listing(numbers(5, 0, 1, 2, 3, 4))
    assert len(server.requests) == 2 + 3


def test_items_that_the_account_may_not_see_are_reported_with_all_others(street: Door) -> None:
    server = ListServer(7)
    server.hidden = {"001", "002", "003"}

    found = server.read(street, "jsonapi", json_api(2))

    assert found == Listing(
        numbers(0, 4, 5, 6),
        "jsonapi: the service leaves out items: "
        "Some resources have been omitted because of insufficient authorization.",
    )
    assert len(server.requests) == 4


def test_a_link_to_another_host_is_not_followed(street: Door) -> None:
    server = ListServer(7)
    server.next_link = "https://elsewhere.example/jsonapi?page[offset]=2"

    found = server.read(street, "jsonapi", json_api(2))

    assert found.problem.endswith("links to its next page on another host: " + server.next_link)
    assert len(server.requests) == 1
