"""Places that are given up, pauses that get longer, slowness that lasts, and what is told of each request."""

import asyncio
import logging

import pytest

from reconciler.http.client import Request
from reconciler.http.limiter import FIRST, AdaptiveLimiter
from tests.portals.scripted import TOKEN, Line, Naps, client, ok, problem


def test_a_place_that_was_given_to_somebody_who_left_goes_to_the_next() -> None:
    async def run() -> bool:
        naps = Naps()
        pace = AdaptiveLimiter(naps.clock, naps)
        began = [await pace.enter() for _ in range(int(FIRST))]
        leaving, staying = (asyncio.create_task(pace.enter()) for _ in range(2))
        await asyncio.sleep(0)
        pace.leave(began[0], answered=False)
        leaving.cancel()
        await asyncio.wait([leaving])
        for _ in range(3):
            await asyncio.sleep(0)
        return staying.done()

    assert asyncio.run(run())


def test_a_pause_that_gets_longer_meanwhile_is_waited_out() -> None:
    naps = Naps()

    async def sleep(seconds: float) -> None:
        if not naps.seconds:
            pace.hold(12.0)
        await naps(seconds)

    pace = AdaptiveLimiter(naps.clock, sleep)
    pace.hold(5.0)
    asyncio.run(pace.enter())

    assert (naps.seconds, pace.waited) == ([5.0, 7.0], 12.0)


def test_a_portal_that_stays_slow_is_not_asked_one_by_one() -> None:
    naps = Naps()
    pace = AdaptiveLimiter(naps.clock, naps)

    async def run() -> None:
        for took in (0.1, *[9.0] * 50):
            began = await pace.enter()
            await naps(took)
            pace.leave(began)

    asyncio.run(run())

    assert pace.width == 4


def test_each_request_is_told_without_its_query_and_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "reconciler.http")
    asked = Request(method="GET", path="things", query={"cursor": TOKEN}, headers={"Authorization": TOKEN})

    asyncio.run(client(Line(problem(502), ok([]))).send(asked))

    assert [record.getMessage() for record in caplog.records if record.name.startswith("reconciler")] == [
        "GET /things 502 0 ms",
        "GET /things 200 0 ms, attempt 2",
    ]
