import asyncio
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.http.errors import ApiError
from reconciler.http.lists import IncompleteListError, Listing, read_all, read_list
from reconciler.http.pagination import (
    BodyCursor,
    CursorBody,
    LinkHeader,
    NextQuery,
    PageHeader,
    Pagination,
    query_of,
)
from reconciler.http.request import Request
from tests.http.scripted import Answering, Line, client, ok, problem

NUMBERS = Request(path="numbers")
PAGES = BodyCursor(msgspec.json.Decoder(CursorBody[int]), 1000)


def page(items: list[int], total: int, following: str | None = None) -> httpx2.Response:
    return ok({"items": items, "total": total, "next": following})


def read(*answers: httpx2.Response | Exception) -> Listing[int]:
    """Read a list that is the same each time it is read."""
    return read_moving(*answers * 3)


def read_moving(*answers: httpx2.Response | Exception) -> Listing[int]:
    return read_from(Line(*answers), PAGES)


def read_from(line: Line, pages: Pagination[int]) -> Listing[int]:
    return asyncio.run(read_list(client(line), NUMBERS, pages, lambda _count, _total: None))


def test_pages_follow_their_cursors_to_the_end() -> None:
    line = Line(page([1, 2], 3, "a"), page([3], 3))
    seen: list[tuple[int, int | None]] = []

    async def act() -> Listing[int]:
        return await read_list(client(line), NUMBERS, PAGES, lambda *counted: seen.append(counted))

    assert asyncio.run(act()) == Listing([1, 2, 3])
    assert [dict(request.url.params) for request in line.requests] == [
        {"limit": "1000"},
        {"limit": "1000", "cursor": "a"},
    ]
    assert seen == [(2, 3), (3, 3)]


def test_an_empty_list_is_complete() -> None:
    assert read(page([], 0)) == Listing([])


def test_a_list_that_ends_too_soon_is_incomplete() -> None:
    assert read(page([1, 2], 5, "a"), page([3], 5)) == Listing(
        [1, 2, 3], "numbers: the total is 5, but 3 items were received"
    )


def test_a_list_that_has_more_than_it_says_is_incomplete() -> None:
    assert read(page([1, 2], 1)).problem == "numbers: the total is 1, but 2 items were received"
    assert read(page([1, 2], 1, "a")).problem == "numbers: the total is 1, but 2 items were received"


def test_a_list_that_changes_while_it_is_read_is_incomplete() -> None:
    assert read(page([1], 2, "a"), page([2, 3], 3)) == Listing(
        [1, 2, 3], "numbers: the total changed from 2 to 3 while the list was read"
    )


def test_a_list_that_moved_is_read_again_and_may_be_complete_then() -> None:
    moved = page([1], 2, "a"), page([2, 3], 3)

    assert read_moving(*moved, *moved, page([1, 2, 3], 3)) == Listing([1, 2, 3])


def test_pages_that_lead_in_a_circle_end() -> None:
    assert read(page([1], 9, "a"), page([2], 9, "b"), page([3], 9, "a")) == Listing(
        [1, 2, 3], "numbers: the pages repeat after 3 of 9 items"
    )


def test_empty_pages_that_promise_more_end() -> None:
    assert read(page([1], 9, "a"), page([], 9, "b")).problem == (
        "numbers: the pages repeat after 1 of 9 items"
    )


def read_whole(*answers: httpx2.Response) -> list[int]:
    return asyncio.run(read_all(client(Line(*answers)), NUMBERS, PAGES))


def test_a_whole_list_that_moved_is_read_again() -> None:
    moved = page([1], 2, "a"), page([2, 3], 3)

    assert read_whole(*moved, *moved, page([1, 2, 3], 3)) == [1, 2, 3]


def test_a_list_that_always_moves_is_an_error() -> None:
    with pytest.raises(IncompleteListError) as error:
        read_whole(*(page([1], 2, "a"), page([2, 3], 3)) * 3)

    assert error.value.message == (
        'portal "staging" at https://portal.example: '
        "numbers: the total changed from 2 to 3 while the list was read"
    )


def test_a_refused_list_is_the_error_of_the_service_with_its_hint() -> None:
    with pytest.raises(ApiError) as error:
        read_whole(problem(403, "not for you"))

    assert (error.value.message, error.value.hint) == (
        'portal "staging" at https://portal.example rejected the request (403): not for you',
        "use another token",
    )


def test_what_was_read_before_a_refusal_is_kept_with_the_reason() -> None:
    assert read(page([1], 2, "a"), problem(403, "not for you")) == Listing(
        [1], 'numbers: portal "staging" at https://portal.example rejected the request (403): not for you'
    )


def test_a_page_of_something_else_is_a_reason_too() -> None:
    assert read(ok({"items": ["one"], "total": 1, "next": None})).problem == (
        'numbers: portal "staging" at https://portal.example sent an unexpected response: '
        "Expected `int`, got `str` - at `$.items[0]`"
    )


@given(
    size=st.integers(0, 40),
    cut=st.integers(1, 7),
    lie=st.sampled_from(["none", "drops one", "counts one more", "forgets the rest"]),
)
def test_law_a_list_is_complete_or_says_that_it_is_not(size: int, cut: int, lie: str) -> None:
    everything = list(range(size))

    def answer(request: httpx2.Request) -> httpx2.Response:
        start = int(request.url.params.get("cursor", "0"))
        end = start + cut
        items: list[Any] = everything[start:end]
        if lie == "drops one" and start == 0:
            items = items[1:]
        following = str(end) if end < size and lie != "forgets the rest" else None
        return page(items, size + (lie == "counts one more" and start > 0), following)

    listing = asyncio.run(read_list(client(Answering(answer)), NUMBERS, PAGES, lambda _count, _total: None))

    assert listing.problem or listing.items == everything


def test_a_link_header_leads_to_the_next_page() -> None:
    link = '<https://portal.example/numbers?page=2&limit=2>; rel="next", </numbers>; rel="first"'
    line = Line(httpx2.Response(200, json={"all": [1, 2]}, headers={"Link": link}), ok({"all": [3]}))
    pages = LinkHeader[int](msgspec.json.Decoder(dict[str, list[int]]), 2, lambda body: body["all"])

    assert read_from(line, pages) == Listing([1, 2, 3])
    assert [str(request.url) for request in line.requests] == [
        "https://portal.example/numbers?per_page=2",
        "https://portal.example/numbers?page=2&limit=2",
    ]


def test_a_header_has_the_number_of_the_next_page() -> None:
    line = Line(
        httpx2.Response(200, json=[1, 2], headers={"X-Next-Page": "2"}),
        httpx2.Response(200, json=[3], headers={"X-Next-Page": ""}),
    )

    assert read_from(line, PageHeader(msgspec.json.Decoder(tuple[int, ...]), 2)) == Listing([1, 2, 3])
    assert [dict(request.url.params) for request in line.requests] == [
        {"per_page": "2"},
        {"per_page": "2", "page": "2"},
    ]


def test_pages_without_a_total_that_lead_back_are_incomplete() -> None:
    line = Line(httpx2.Response(200, json=[1], headers={"X-Next-Page": "2"}))

    assert read_from(line, PageHeader(msgspec.json.Decoder(tuple[int, ...]), 1)).problem == (
        "numbers: the pages repeat after 2 items"
    )


def test_a_link_without_a_query_does_not_end_a_list() -> None:
    decoder = msgspec.json.Decoder(CursorBody[int])
    pages: NextQuery[int] = NextQuery(decoder, {}, lambda body: (body.items, query_of(body.next)), str)

    assert read_from(Line(page([1], 2, "https://inside.invalid/numbers")), pages) == Listing(
        [1], "numbers: the pages repeat after 1 items"
    )
