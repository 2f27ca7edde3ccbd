"""A service with a strict rate limit, in virtual time."""

import asyncio
from collections.abc import Callable, Mapping
from math import ceil, floor, inf
from typing import NamedTuple

import httpx2

from reconciler.http.auth import StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.endpoint import Endpoint
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText
from reconciler.testing.virtual_time import VirtualTimeLoop

Headers = Mapping[str, str]
Announce = Callable[[int, int, int, int], Headers]


class Bucket:
    """A token bucket: `rate` requests per second, and `burst` at once.

    Refusals say in whole seconds when the next request is allowed, unless they are silent.
    """

    def __init__(self, rate: float, burst: float, *, silent: bool = False) -> None:
        self.rate, self.burst, self._silent = rate, burst, silent
        self._tokens, self._since = burst, 0.0

    def allowed(self, seconds: float) -> float:
        """How many requests it lets through at most in that time."""
        return self.burst + self.rate * seconds

    def answer(self, now: float) -> tuple[bool, Headers]:
        """Return whether a request is allowed now, and the headers of the response."""
        self._tokens = min(self.burst, self._tokens + (now - self._since) * self.rate)
        self._since = now
        if self._tokens >= 1:
            self._tokens -= 1
            return True, {}
        return False, {} if self._silent else {"Retry-After": str(ceil((1 - self._tokens) / self.rate))}


class Window:
    """So many requests in each window of so many seconds, as the embedded portal has it."""

    def __init__(self, requests: int, seconds: int, headers: Announce) -> None:
        self.requests, self.seconds, self._headers = requests, seconds, headers
        self._number = self._used = 0

    def allowed(self, seconds: float) -> float:
        """How many requests it lets through at most in that time."""
        return self.requests * ceil(seconds / self.seconds)

    def answer(self, now: float) -> tuple[bool, Headers]:
        """Return whether a request is allowed now, and the headers of the response."""
        number = floor(now / self.seconds)
        self._used = self._used + 1 if number == self._number else 1
        self._number = number
        reset = max(1, ceil((number + 1) * self.seconds - now))
        left = max(0, self.requests - self._used)
        headers = self._headers(self.requests, self.seconds, left, reset)
        if self._used > self.requests:
            return False, {**headers, "Retry-After": str(reset)}
        return True, headers


def portal_headers(requests: int, _seconds: int, left: int, reset: int) -> Headers:
    """The headers of the embedded portal, which do not name the window."""
    return {
        "RateLimit-Limit": str(requests),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(reset),
    }


def policy_headers(requests: int, seconds: int, left: int, reset: int) -> Headers:
    """The headers of the newest draft of the IETF."""
    return {
        "RateLimit-Policy": f'"default";q={requests};w={seconds}',
        "RateLimit": f'"default";r={left};t={reset}',
    }


def kong_headers(requests: int, _seconds: int, left: int, _reset: int) -> Headers:
    """The headers of Kong, with a limit a second."""
    return {"X-RateLimit-Limit-Second": str(requests), "X-RateLimit-Remaining-Second": str(left)}


class Sent(NamedTuple):
    """How long it took, the share of what was allowed that was used, and the number of refusals."""

    seconds: float
    share: float
    refused: int


class NoLimit:
    """A service that allows everything."""

    def allowed(self, _seconds: float) -> float:
        """How many requests it lets through at most in that time."""
        return inf

    def answer(self, _now: float) -> tuple[bool, Headers]:
        """Return that a request is allowed."""
        return True, {}


Limit = Bucket | Window | NoLimit


class _Service(httpx2.AsyncBaseTransport):
    def __init__(self, limit: Limit, latency: float, clock: Callable[[], float]) -> None:
        self._limit, self._latency, self._clock = limit, latency, clock
        self.refused = 0

    async def handle_async_request(self, _: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(self._latency / 2)
        allowed, headers = self._limit.answer(self._clock())
        self.refused += not allowed
        await asyncio.sleep(self._latency / 2)
        return httpx2.Response(201 if allowed else 429, json={}, headers=headers)


def send(limit: Limit, requests: int, *, latency: float = 0.004, at_once: int = 32) -> Sent:
    """Send so many writes to a service with this limit, `at_once` of them at a time; all must succeed."""
    loop = VirtualTimeLoop(lambda _: None)
    service = _Service(limit, latency, loop.time)
    policy = RetryPolicy(sleep=asyncio.sleep, random=lambda: 0.5, clock=loop.time)
    endpoint = Endpoint(
        name="service", auth=StaticToken(SecretText("t"), "here"), address="https://service.example"
    )

    async def run() -> None:
        async with httpx2.AsyncClient(transport=service, base_url=endpoint.address) as http:
            client = HttpClient(http, endpoint, policy)
            left = iter(range(requests))

            async def worker() -> None:
                for each in left:
                    await client.send(Request(path=f"things/{each}", method="PUT", body={}))

            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(worker())

    loop.run_until_complete(run())
    seconds = loop.time()
    loop.close()
    return Sent(seconds, requests / limit.allowed(seconds), service.refused)
