"""A request has its time, all in all; the clock is the event loop's, and the tests move it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import DEADLINE_SECONDS, HttpClient
from reconciler.http.request import Request, Response, Tally
from reconciler.http.retry import RetryPolicy
from tests.http.scripted import WHERE, Answering, Naps, client
from tests.portals.clocks import MovingLoop, run_on

GET = Request(method="GET", path="things")
PATCH = Request(method="PATCH", path="things/1", body={}, headers={"If-Match": '"1"'})
KEYED = Request(method="POST", path="things", body={}, headers={"Idempotency-Key": "k-1"}, repeatable=True)
LATE = f"no complete response within {DEADLINE_SECONDS} seconds"
JSON = {"Content-Type": "application/json"}
Result = TypeVar("Result")


def run(act: Callable[[MovingLoop], Awaitable[Result]]) -> Result:
    return run_on(MovingLoop(), act)


class Dripping(httpx2.AsyncByteStream):
    """A body whose bytes come after so many seconds each."""

    def __init__(self, loop: MovingLoop, *seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for each in self._seconds:
            self._loop.ahead += each
            # Once for the timers that are due, once for what they do.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            yield b"1"


def send(request: Request, *seconds: float) -> tuple[Response | PortalError, int]:
    """Send a request whose answer drips; return what came of it, and how often it was sent."""

    async def act(loop: MovingLoop) -> tuple[Response | PortalError, int]:
        sent: list[httpx2.Request] = []

        def answer(asked: httpx2.Request) -> httpx2.Response:
            sent.append(asked)
            return httpx2.Response(200, headers=JSON, stream=Dripping(loop, *seconds))

        try:
            return await client(Answering(answer)).send(request), len(sent)
        except PortalError as error:
            return error, len(sent)

    return run(act)


def test_a_question_whose_answer_never_ends_is_asked_again_like_one_without_an_answer() -> None:
    error, sent = send(GET, *[50] * 9)

    assert (str(error), sent) == (f"{WHERE} did not respond: {LATE}", 5)


def test_a_write_whose_answer_never_ends_is_a_lost_answer() -> None:
    error, sent = send(PATCH, *[50] * 9)

    assert (type(error), str(error), sent) == (
        UnknownOutcomeError,
        f"{WHERE}: outcome unknown: {LATE}",
        1,
    )


def test_a_write_with_a_key_whose_answer_never_ends_is_repeated() -> None:
    error, sent = send(KEYED, *[50] * 9)

    assert (type(error), sent) == (UnknownOutcomeError, 5)


@given(
    seconds=st.lists(st.integers(0, 60), min_size=1, max_size=9).filter(lambda s: sum(s) != DEADLINE_SECONDS)
)
def test_law_an_answer_counts_if_and_only_if_all_of_it_came_in_time(seconds: list[int]) -> None:
    answer, _ = send(PATCH, *seconds)

    assert isinstance(answer, Response) == (sum(seconds) < DEADLINE_SECONDS)


def test_waiting_for_a_place_is_no_part_of_its_time() -> None:
    async def act(loop: MovingLoop) -> tuple[int, float]:
        async def sleep(seconds: float) -> None:
            loop.ahead += seconds
            await asyncio.sleep(0)
            await asyncio.sleep(0)

        answers = iter([httpx2.Response(429, headers={"Retry-After": "60"}), *[httpx2.Response(503)] * 2])
        policy = RetryPolicy(sleep=sleep, random=lambda: 1.0, attempts=9, first=60.0)
        line = Answering(lambda _: next(answers, httpx2.Response(200, headers=JSON, content=b"1")))
        async with httpx2.AsyncClient(transport=line, base_url=WHERE.address) as http:
            tally = Tally()
            await HttpClient(http, WHERE, policy).send(msgspec.structs.replace(GET, tally=tally))
        return tally.sent, loop.ahead

    sent, ahead = run(act)

    assert (sent, ahead > DEADLINE_SECONDS) == (4, True)


def test_the_connection_of_an_answer_that_never_ends_is_closed_and_its_place_is_free_again() -> None:
    async def act(loop: MovingLoop) -> tuple[int, list[bytes]]:
        left_behind: list[bytes] = []
        connections = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n1")
            await writer.drain()
            if connections == 1:
                loop.ahead += DEADLINE_SECONDS
                left_behind.append(await reader.read())
            writer.write(b"2")
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            one = httpx2.Limits(max_connections=1)
            async with httpx2.AsyncClient(base_url=url, limits=one, timeout=None, trust_env=False) as http:
                policy = RetryPolicy(sleep=Naps(), random=lambda: 1.0)
                tally = Tally()
                await HttpClient(http, WHERE, policy).send(msgspec.structs.replace(GET, tally=tally))
        return tally.sent, left_behind

    assert run(act) == (2, [b""])


def test_whoever_gives_up_by_themselves_is_not_told_that_it_took_too_long() -> None:
    async def act(loop: MovingLoop) -> None:
        line = Answering(lambda _: httpx2.Response(200, stream=Dripping(loop, *[0.001] * 1000)))
        sending = asyncio.create_task(client(line).send(GET))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        sending.cancel()
        await sending

    with pytest.raises(asyncio.CancelledError):
        run(act)
