"""A run that is killed gets no answer and sends nothing more; one that is asked to stop goes on."""

import asyncio

import httpx2
import pytest

from reconciler.testing.crash_transport import CrashTransport, KilledError

METHODS = ("GET", "POST", "PATCH", "GET", "DELETE")


class Counting(httpx2.AsyncBaseTransport):
    """A portal that answers, and knows what reached it."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.reached.append(request.method)
        return httpx2.Response(200, request=request)


def ended(portal: Counting, *, delivered: bool, killed: bool) -> list[str]:
    """Ask for everything on a line that ends at the second write; return what was answered."""
    answered: list[str] = []
    line = CrashTransport(
        portal, lambda: answered.append("the end"), at=2, delivered=delivered, killed=killed
    )

    async def ask() -> None:
        async with httpx2.AsyncClient(transport=line, base_url="http://portal.invalid") as client:
            await client.put("/lease")
            for method in METHODS:
                try:
                    await client.request(method, "/things")
                except KilledError:
                    continue
                answered.append(method)

    asyncio.run(ask())
    return answered


@pytest.mark.parametrize(
    ("delivered", "reached"), [(True, ["PUT", "GET", "POST", "PATCH"]), (False, ["PUT", "GET", "POST"])]
)
def test_a_killed_run_gets_no_response_and_sends_nothing(*, delivered: bool, reached: list[str]) -> None:
    portal = Counting()

    assert ended(portal, delivered=delivered, killed=True) == ["GET", "POST", "the end"]
    assert portal.reached == reached


def test_who_is_asked_to_stop_gets_all_answers() -> None:
    portal = Counting()

    assert ended(portal, delivered=False, killed=False) == ["GET", "POST", "the end", *METHODS[2:]]
    assert portal.reached == ["PUT", *METHODS]
