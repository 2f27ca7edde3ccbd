"""The result of a write that takes several requests."""

import asyncio

import httpx2
import pytest

from reconciler.http.client import HttpClient
from reconciler.http.request import Request, Tally
from reconciler.model.write_result import WriteResult
from reconciler.portals.results import result_of
from tests.http.scripted import Answer, Line, client, ok

REJECTED = httpx2.Response(403)
LOST = httpx2.ReadTimeout("")
_HERE = 'portal "staging" at https://portal.example'


def result(*answers: Answer, writes: int) -> WriteResult:
    """Return the result of this number of writes, after a read."""

    async def work(http: HttpClient, tally: Tally) -> None:
        await http.send(Request(path="before"))
        for _ in range(writes):
            await http.send(Request(method="POST", path="made", tally=tally))

    async def act() -> WriteResult:
        http, tally = client(Line(ok({}), *answers)), Tally()
        return await result_of(work(http, tally), tally)

    return asyncio.run(act())


@pytest.mark.parametrize(
    ("answers", "writes", "outcome", "requests"),
    [
        ((ok({}),), 2, "applied", 2),
        ((ok({}),), 0, "applied", 1),
        ((REJECTED,), 2, "failed", 1),
        ((ok({}), REJECTED), 2, "unknown", 2),
        ((LOST,), 2, "unknown", 1),
        ((httpx2.Response(429), ok({}), REJECTED), 2, "unknown", 3),
        ((httpx2.Response(429), REJECTED), 2, "failed", 2),
    ],
    ids=["done", "nothing to do", "rejected", "half done", "lost", "repeated, half done", "repeated"],
)
def test_a_write_that_was_only_partly_done_is_unknown(
    answers: tuple[Answer, ...], writes: int, outcome: str, requests: int
) -> None:
    found = result(*answers, writes=writes)

    assert (found.outcome, found.requests) == (outcome, requests)


def test_the_message_is_that_of_the_request_that_failed() -> None:
    assert result(ok({}), REJECTED, writes=2).message == f"{_HERE} rejected the request (403): Forbidden"
