"""How many requests are under way at once."""

import asyncio

import httpx2
import pytest

from reconciler.errors import PortalError
from reconciler.http.limiter import INITIAL_WIDTH, MAX_WIDTH, MAX_WIDTH_REMOTE, AdaptiveLimiter, Feedback
from reconciler.http.limits import RunLimits
from reconciler.http.rate_limit_headers import rate_limit_reset
from reconciler.http.request import Request
from tests.http.scripted import Answering, Line, Naps, client, ok, problem

GET = Request(method="GET", path="things")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def after(*answers: float | str) -> int:
    """Return how wide the gate is after answers that took so many seconds, or asked for fewer requests."""
    clock = Clock()
    limiter = AdaptiveLimiter(clock, Naps())

    async def run() -> None:
        for answer in answers:
            began = await limiter.acquire()
            clock.now += 0.1 if isinstance(answer, str) else answer
            limiter.release(began, Feedback(throttled=isinstance(answer, str)))

    asyncio.run(run())
    return limiter.width


def test_it_begins_in_the_middle_and_widens_with_each_answer() -> None:
    assert [after(), after(0.1), after(0.1, 0.1)] == [
        int(INITIAL_WIDTH),
        int(INITIAL_WIDTH) + 1,
        int(INITIAL_WIDTH) + 2,
    ]


def test_after_the_first_sign_of_a_queue_it_widens_one_a_round() -> None:
    assert [after(0.1, 0.2, *[0.1] * 7), after(0.1, 0.2, *[0.1] * 9)] == [9, 10]


def test_it_gets_wider_beside_a_portal_that_is_far_than_beside_one_that_answers_at_once() -> None:
    assert [after(*[0.009] * 2000), after(*[0.02] * 2000)] == [MAX_WIDTH, MAX_WIDTH_REMOTE]


def test_a_far_portal_at_which_requests_queue_gets_no_more_than_others() -> None:
    assert [after(0.1, *[0.3] * 1000), after(*[0.1] * 1000, *[0.3] * 1000)] == [MAX_WIDTH, MAX_WIDTH]


def test_a_portal_that_is_not_far_after_all_gets_no_more_than_others() -> None:
    assert after(*[0.1] * 1000, 0.001) == MAX_WIDTH


def test_it_is_half_as_wide_when_the_portal_has_enough_and_never_shut() -> None:
    assert [after("429"), after("429", "429"), after(*["429"] * 9)] == [4, 2, 1]


def test_those_who_were_under_way_together_halve_it_once() -> None:
    clock = Clock()
    limiter = AdaptiveLimiter(clock, Naps())

    async def run() -> None:
        began = [await limiter.acquire() for _ in range(8)]
        clock.now = 0.1
        for each in began:
            limiter.release(each, Feedback(throttled=True))

    asyncio.run(run())

    assert limiter.width == 4


def test_answers_that_get_slow_narrow_it_and_noise_does_not() -> None:
    assert [after(0.1, *[2.0] * 3), after(0.001, *[0.4] * 3)] == [6, 9]


def test_no_more_are_under_way_than_it_is_wide() -> None:
    under_way: list[int] = [0, 0]

    async def run() -> None:
        limiter = AdaptiveLimiter(Clock(), Naps())

        async def one() -> None:
            began = await limiter.acquire()
            under_way[0] += 1
            under_way[1] = max(under_way)
            await asyncio.sleep(0)
            under_way[0] -= 1
            limiter.release(began, None)

        await asyncio.gather(*(one() for _ in range(100)))

    asyncio.run(run())

    assert under_way == [0, int(INITIAL_WIDTH)]


def waited(*answers: httpx2.Response, requests: int = 2) -> list[float]:
    naps = Naps()

    async def run() -> None:
        http = client(Line(*answers), naps)
        for _ in range(requests):
            await http.send(GET)

    asyncio.run(run())
    return naps.seconds


LEFT = {"RateLimit-Limit": "2", "RateLimit-Remaining": "1", "RateLimit-Reset": "30"}
NONE_LEFT = {**LEFT, "RateLimit-Remaining": "0"}


def with_headers(headers: dict[str, str]) -> httpx2.Response:
    return httpx2.Response(200, json=[], headers=headers)


def test_when_nothing_more_is_allowed_the_next_request_waits_until_it_is() -> None:
    assert [waited(with_headers(LEFT)), waited(with_headers(NONE_LEFT), ok([]))] == [[], [30.0]]


def test_a_pause_that_one_is_asked_for_is_kept_by_all() -> None:
    naps = Naps()

    async def run() -> None:
        http = client(Line(problem(429, headers={"Retry-After": "7"}), ok([])), naps)
        await asyncio.gather(*(http.send(GET) for _ in range(3)))

    asyncio.run(run())

    assert naps.seconds[0] == 7.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (NONE_LEFT, 30.0),
        ({"RateLimit": '"default";r=0;t=5'}, 5.0),
        ({"RateLimit": '"burst";r=9;t=1, "day";r=0;t=3600'}, 3600.0),
        ({"RateLimit": '"default";r=3;t=5'}, None),
        ({"RateLimit": '"default";r=0'}, None),
        ({"RateLimit-Remaining": "0"}, None),
        ({"RateLimit-Remaining": "none", "RateLimit-Reset": "soon"}, None),
        ({"RateLimit-Remaining": "0", "RateLimit-Reset": "-1"}, None),
        ({}, None),
    ],
)
def test_what_the_portal_says_about_its_limits_is_understood(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert rate_limit_reset(httpx2.Headers(headers)) == seconds


def test_a_run_that_asks_without_end_ends() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return ok([])

    async def run() -> None:
        http = client(Answering(answer), limits=RunLimits(requests=3))
        for _ in range(9):
            await http.send(GET)

    with pytest.raises(PortalError) as ended:
        asyncio.run(run())

    assert (ended.value.message, len(asked)) == (
        'portal "staging" at https://portal.example received 3 requests, the limit for one run',
        3,
    )


def test_what_was_asked_is_counted() -> None:
    async def run() -> tuple[int, int, int, float]:
        http = client(Line(problem(502), ok([]), ok([1])))
        await http.send(GET)
        await http.send(GET)
        found = http.traffic
        return found.requests, found.retries, found.bytes > 0, found.waited

    assert asyncio.run(run()) == (3, 1, True, 0.5)
