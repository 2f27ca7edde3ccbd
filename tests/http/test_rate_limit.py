"""What the rate limit headers of the last response say."""

import asyncio

import httpx2
import pytest

from reconciler.http.rate_limit import rate_limit, rate_limit_check
from reconciler.http.request import Request
from reconciler.model.health import CheckResult
from tests.http.scripted import TOKEN, Line, client

WAIT = "nothing is left for now: wait, or use credentials that are used by no other job"
NONE = CheckResult("ok", "no rate limit in the headers of the responses")


def reported(headers: dict[str, str]) -> CheckResult:
    http = client(Line(httpx2.Response(200, json={}, headers=headers)))

    async def run() -> CheckResult:
        await http.send(Request(path="me"))
        return await rate_limit_check(http).run()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("headers", "result"),
    [
        ({}, NONE),
        (
            {"RateLimit-Limit": "100", "RateLimit-Remaining": "57", "RateLimit-Reset": "9"},
            CheckResult("ok", "ratelimit-limit: 100, ratelimit-remaining: 57, ratelimit-reset: 9"),
        ),
        (
            {"RateLimit": '"default";r=0;t=30', "RateLimit-Policy": '"default";q=100;w=60'},
            CheckResult(
                "warning", 'ratelimit: "default";r=0;t=30, ratelimit-policy: "default";q=100;w=60', WAIT
            ),
        ),
        ({"X-RateLimit-Remaining": "0"}, CheckResult("warning", "x-ratelimit-remaining: 0", WAIT)),
        ({"X-RateLimit-Remaining": "many"}, CheckResult("ok", "x-ratelimit-remaining: many")),
        ({"X-RateLimit-Resource": TOKEN}, CheckResult("ok", "x-ratelimit-resource: •••")),
    ],
)
def test_the_headers_of_the_last_response_are_reported(headers: dict[str, str], result: CheckResult) -> None:
    assert reported(headers) == result


def test_without_a_response_there_are_none() -> None:
    assert rate_limit(client(Line())) == NONE
