"""Each fault does what its name says, and the portal gets what it is said to get."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx2
import msgspec
import pytest

from reconciler.testing.faults import FAULTS, Faults

ITEMS = {"items": [{"id": number} for number in range(5)], "total": 5, "next": None}


class Listing(httpx2.AsyncBaseTransport):
    """A portal that counts what it was asked, and answers with a list."""

    def __init__(self) -> None:
        self.asked = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        headers = {"Date": "Tue, 24 Nov 2026 04:30:00 GMT", "X-Number": str(self.asked)}
        return httpx2.Response(200, headers=headers, json=ITEMS, request=request)


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  chance, not secrecy


def line(name: str, portal: httpx2.AsyncBaseTransport, **others: Any) -> Faults:
    """Return a line on which this fault befalls every request that it can befall."""
    [fault] = [each for each in FAULTS if each.name == name]
    return Faults(portal, chance(1), table=(msgspec.structs.replace(fault, rate=1.0),), **others)


def asked(transport: httpx2.AsyncBaseTransport, *methods: str) -> list[httpx2.Response | str]:
    """Return the answers, or the names of the errors."""

    async def one(client: httpx2.AsyncClient, method: str) -> httpx2.Response | str:
        try:
            return await client.request(method, "/things")
        except httpx2.HTTPError as error:
            return type(error).__name__

    async def ask() -> list[httpx2.Response | str]:
        async with httpx2.AsyncClient(transport=transport, base_url="http://portal.invalid") as client:
            return [await one(client, method) for method in methods]

    return asyncio.run(ask())


def answer(name: str, method: str = "GET", **others: Any) -> httpx2.Response:
    [found] = asked(line(name, Listing(), **others), method)
    assert isinstance(found, httpx2.Response)
    return found


def ids(found: httpx2.Response) -> list[int]:
    return [each["id"] for each in found.json()["items"]]


@pytest.mark.parametrize(
    ("name", "became", "reached"),
    [
        ("connection refused", "ConnectError", 0),
        ("dropped before the write", "RemoteProtocolError", 0),
        ("dropped after the write", "ReadTimeout", 1),
        ("delivered late", "ReadTimeout", 0),
        ("connection reset", "ReadError", 1),
        ("429", 429, 0),
        ("503 with Retry-After", 503, 0),
        ("500 after success", 500, 1),
        ("delivered twice", 200, 2),
        ("wrong content type", 200, 1),
        ("truncated JSON", 200, 1),
    ],
)
def test_a_write_reaches_the_portal_as_often_as_the_fault_says(
    name: str, became: int | str, reached: int
) -> None:
    portal = Listing()
    faults = line(name, portal)
    [found] = asked(faults, "POST")

    assert (found if isinstance(found, str) else found.status_code, portal.asked, dict(faults.counts)) == (
        became,
        reached,
        {name: 1},
    )


def test_what_is_delivered_late_arrives_between_others() -> None:
    portal = Listing()
    faults = line("delivered late", portal)
    asked(faults, "POST")
    before = portal.asked
    asked(faults, *["GET"] * 12)

    assert (before, portal.asked) == (0, 13)


def test_what_is_still_on_its_way_can_be_delivered_at_once() -> None:
    portal = Listing()
    faults = line("delivered late", portal)
    asked(faults, "POST", "POST")
    asyncio.run(faults.deliver())

    assert portal.asked == 2


def test_of_two_deliveries_either_answer_comes_back() -> None:
    found = asked(line("delivered twice", Listing()), *["POST"] * 20)
    second = {int(each.headers["X-Number"]) % 2 == 0 for each in found if isinstance(each, httpx2.Response)}

    assert second == {True, False}


def test_a_short_page_is_not_announced() -> None:
    found = answer("short page").json()

    assert (len(found["items"]) < 5, found["total"]) == (True, 5)


def test_a_page_is_reordered() -> None:
    found = ids(answer("reordered page"))

    assert (found != sorted(found), sorted(found)) == (True, [0, 1, 2, 3, 4])


def test_what_is_truncated_is_no_json() -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(answer("truncated JSON").content)


def test_an_html_page_has_an_html_content_type() -> None:
    assert answer("wrong content type").headers["Content-Type"] == "text/html"


def test_the_portals_clock_is_off() -> None:
    assert answer("clock skew").headers["Date"] != "Tue, 24 Nov 2026 04:30:00 GMT"


def test_a_busy_portal_sends_retry_after() -> None:
    assert "Retry-After" in answer("429").headers


def test_a_stale_read_is_the_answer_of_before_and_not_of_long_ago() -> None:
    portal = Listing()
    faults = line("stale read", portal)
    found = asked(faults, *["GET"] * 3)
    numbers = [each.headers["X-Number"] for each in found if isinstance(each, httpx2.Response)]
    long_after = asked(faults, *["POST"] * 30, "GET")[-1]

    assert numbers == ["1", "1", "1"]
    assert isinstance(long_after, httpx2.Response)
    assert long_after.headers["X-Number"] == "32"


@pytest.mark.parametrize("name", ["delay", "slow drip"])
def test_waits_use_the_given_sleep_function(name: str) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    found = answer(name, sleep=sleep)

    assert (ids(found), len(waited) > 0) == ([0, 1, 2, 3, 4], True)


def test_a_concurrent_change_happens_before_the_request() -> None:
    portal = Listing()
    seen: list[int] = []
    edit: Callable[[], Awaitable[None]] = _noting(seen, portal)

    asked(line("concurrent editor", portal, edit=edit), "GET", "PATCH")

    assert seen == [0, 1]


def _noting(seen: list[int], portal: Listing) -> Callable[[], Awaitable[None]]:
    async def edit() -> None:
        seen.append(portal.asked)

    return edit


def test_a_line_at_rest_is_a_good_one() -> None:
    faults = line("429", Listing())
    faults.active = False
    [found] = asked(faults, "GET")

    assert isinstance(found, httpx2.Response)
    assert (ids(found), dict(faults.counts)) == ([0, 1, 2, 3, 4], {})


def test_the_same_seed_makes_the_same_faults() -> None:
    def run() -> list[int | str]:
        found = asked(Faults(Listing(), chance(7)), *["GET", "POST"] * 50)
        return [each if isinstance(each, str) else each.status_code for each in found]

    assert run() == run()
