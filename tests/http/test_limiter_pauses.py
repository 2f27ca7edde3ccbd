"""Places that are given up, pauses that get longer, slowness that lasts, and what is told of each request."""

import asyncio
import logging

import pytest

from reconciler.http.limiter import INITIAL_WIDTH, AdaptiveLimiter
from reconciler.http.request import Request
from tests.http.scripted import TOKEN, Line, Naps, client, ok, problem


def test_a_place_that_was_given_to_somebody_who_left_goes_to_the_next() -> None:
    async def run() -> bool:
        naps = Naps()
        limiter = AdaptiveLimiter(naps.clock, naps)
        began = [await limiter.acquire() for _ in range(int(INITIAL_WIDTH))]
        leaving, staying = (asyncio.create_task(limiter.acquire()) for _ in range(2))
        await asyncio.sleep(0)
        limiter.release(began[0], None)
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
            limiter.pause(12.0)
        await naps(seconds)

    limiter = AdaptiveLimiter(naps.clock, sleep)
    limiter.pause(5.0)
    asyncio.run(limiter.acquire())

    assert (naps.seconds, limiter.waited) == ([5.0, 7.0], 12.0)


def test_requests_that_are_given_up_during_a_pause_give_their_places_back() -> None:
    naps = Naps()

    async def forever(_: float) -> None:
        await asyncio.get_running_loop().create_future()

    async def run() -> list[float]:
        limiter = AdaptiveLimiter(naps.clock, forever)
        limiter.pause(5.0)
        leaving = [asyncio.create_task(limiter.acquire()) for _ in range(int(INITIAL_WIDTH) + 1)]
        await asyncio.sleep(0)
        for each in leaving:
            each.cancel()
        await asyncio.wait(leaving)
        await naps(5.0)
        return [await limiter.acquire() for _ in range(int(INITIAL_WIDTH))]

    assert asyncio.run(run()) == [5.0] * int(INITIAL_WIDTH)


def test_a_portal_that_stays_slow_is_not_asked_one_by_one() -> None:
    naps = Naps()
    limiter = AdaptiveLimiter(naps.clock, naps)

    async def run() -> None:
        for took in (0.1, *[9.0] * 50):
            began = await limiter.acquire()
            await naps(took)
            limiter.release(began)

    asyncio.run(run())

    assert limiter.width == 4


def test_each_request_is_told_without_its_query_and_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "reconciler.http")
    asked = Request(method="GET", path="things", query={"cursor": TOKEN}, headers={"Authorization": TOKEN})

    asyncio.run(client(Line(problem(502), ok([]))).send(asked))

    assert [record.getMessage() for record in caplog.records if record.name.startswith("reconciler")] == [
        "GET /things 502 0 ms",
        "GET /things 200 0 ms, attempt 2",
    ]
