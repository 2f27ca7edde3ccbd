"""Fault injection between an adapter and its portal: a transport that wraps another one."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Final

import httpx2
import msgspec

from reconciler.http.retry import Sleep
from reconciler.testing.responses import dripping, page, paged, rebuilt, reset, skewed

Editor = Callable[[], Awaitable[None]]
_LAG: Final = 20
_LATEST: Final = 10


async def no_sleep(_seconds: float) -> None:
    """Return immediately; replaces sleep in tests."""


async def _nobody() -> None:
    """Edit nothing."""


class Call:
    """A request with a fault; it can be sent once, twice or not at all."""

    def __init__(self, request: httpx2.Request, faults: "Faults", earlier: httpx2.Response | None) -> None:
        self.request = request
        self.earlier = earlier
        self.random = faults.random
        self.sleep = faults.sleep
        self.edit = faults.edit
        self._faults = faults

    async def send(self) -> httpx2.Response:
        """Send the request and return the complete response."""
        return await self._faults.sent(self.request)

    def send_late(self, after: int) -> None:
        """Deliver the request after this number of other requests."""
        self._faults.delay(self.request, after)

    def refusal(self, status: int, headers: Mapping[str, str]) -> httpx2.Response:
        """Return a response of an intermediary, such as a gateway."""
        return httpx2.Response(status, headers=dict(headers), text="busy", request=self.request)

    def retry_after(self) -> dict[str, str]:
        """Return a Retry-After header: seconds, a date, or an invalid value."""
        waits = (
            "0",
            "1",
            "7",
            "Tue, 24 Nov 2026 04:30:05 GMT",
            "Mon, 23 Nov 2026 04:30:05 GMT",
            "soon",
            "-1",
        )
        return {"Retry-After": self.random.choice(waits), "Date": "Tue, 24 Nov 2026 04:30:00 GMT"}


class Fault(msgspec.Struct, frozen=True):
    """A fault: its name, its rate, the requests that it applies to, and its effect."""

    name: str
    rate: float
    applies: Callable[[httpx2.Request], bool]
    effect: Callable[[Call], Awaitable[httpx2.Response]]


def _any(_request: httpx2.Request) -> bool:
    return True


def _reads(request: httpx2.Request) -> bool:
    return request.method == "GET"


def _writes(request: httpx2.Request) -> bool:
    return request.method != "GET"


async def _refuse_connection(call: Call) -> httpx2.Response:
    raise httpx2.ConnectError("connection refused", request=call.request)


async def _drop_before(call: Call) -> httpx2.Response:
    raise httpx2.RemoteProtocolError("Server disconnected without sending a response.", request=call.request)


async def _drop_after(call: Call) -> httpx2.Response:
    await call.send()
    raise httpx2.ReadTimeout("", request=call.request)


async def _deliver_late(call: Call) -> httpx2.Response:
    call.send_late(call.random.randint(1, _LATEST))
    raise httpx2.ReadTimeout("", request=call.request)


async def _delay(call: Call) -> httpx2.Response:
    await call.sleep(call.random.uniform(0, 30))
    return await call.send()


async def _too_many(call: Call) -> httpx2.Response:
    return call.refusal(429, {**call.retry_after(), "RateLimit-Remaining": "0", "RateLimit-Reset": "1"})


async def _unavailable(call: Call) -> httpx2.Response:
    return call.refusal(503, call.retry_after())


async def _fail_after(call: Call) -> httpx2.Response:
    await call.send()
    return call.refusal(500, {})


async def _twice(call: Call) -> httpx2.Response:
    # Either response can be the one that arrives.
    return call.random.choice([await call.send(), await call.send()])


async def _short_page(call: Call) -> httpx2.Response:
    response = await call.send()
    found = paged(response)
    return page(response, found["items"][: -call.random.randint(1, 2)]) if found else response


async def _reordered_page(call: Call) -> httpx2.Response:
    response = await call.send()
    found = paged(response)
    return page(response, call.random.sample(found["items"], len(found["items"]))) if found else response


async def _edit_before(call: Call) -> httpx2.Response:
    await call.edit()
    return await call.send()


async def _stale(call: Call) -> httpx2.Response:
    return rebuilt(call.earlier) if call.earlier else await call.send()


async def _wrong_type(call: Call) -> httpx2.Response:
    response = await call.send()
    return rebuilt(response, content=b"<html>Please sign in</html>", headers={"Content-Type": "text/html"})


async def _truncated(call: Call) -> httpx2.Response:
    response = await call.send()
    return rebuilt(response, content=response.content[: len(response.content) // 2])


async def _drip(call: Call) -> httpx2.Response:
    return dripping(await call.send(), call.sleep)


async def _reset(call: Call) -> httpx2.Response:
    return reset(await call.send())


async def _clock_skew(call: Call) -> httpx2.Response:
    return skewed(await call.send(), hours=call.random.choice((-48, -1, 1, 48)))


# Rates refer to the requests that a fault applies to; a request has at most one fault.
FAULTS: Final[tuple[Fault, ...]] = (
    Fault("connection refused", 0.02, _any, _refuse_connection),
    Fault("dropped before the write", 0.02, _any, _drop_before),
    Fault("dropped after the write", 0.04, _any, _drop_after),
    Fault("delay", 0.01, _any, _delay),
    Fault("429", 0.03, _any, _too_many),
    Fault("503 with Retry-After", 0.02, _any, _unavailable),
    Fault("500 after success", 0.03, _any, _fail_after),
    Fault("delivered twice", 0.05, _writes, _twice),
    Fault("delivered late", 0.02, _writes, _deliver_late),
    Fault("short page", 0.01, _reads, _short_page),
    Fault("reordered page", 0.05, _reads, _reordered_page),
    Fault("concurrent editor", 0.03, _any, _edit_before),
    Fault("stale read", 0.02, _reads, _stale),
    Fault("wrong content type", 0.01, _any, _wrong_type),
    Fault("truncated JSON", 0.01, _any, _truncated),
    Fault("slow drip", 0.01, _any, _drip),
    Fault("connection reset", 0.02, _any, _reset),
    Fault("clock skew", 0.02, _any, _clock_skew),
)


class Faults(httpx2.AsyncBaseTransport):
    """A transport that injects faults into another transport.

    Randomness comes from `random`; `sleep` waits, and `edit` makes a concurrent change between requests.
    `counts` has the number of faults by name. Without `active` there are no faults. A stale read returns the
    response to the same request among the last requests, because replicas lag only for seconds.
    """

    def __init__(
        self,
        transport: httpx2.AsyncBaseTransport,
        random: Random,
        *,
        table: tuple[Fault, ...] = FAULTS,
        sleep: Sleep = no_sleep,
        edit: Editor = _nobody,
    ) -> None:
        self.random = random
        self.sleep = sleep
        self.edit = edit
        self.active = True
        self.counts: Counter[str] = Counter()
        self._transport = transport
        self._table = table
        self._rates = sum(fault.rate for fault in table)
        self._sent = 0
        self._responses: dict[str, tuple[int, httpx2.Response]] = {}
        self._late: list[tuple[int, httpx2.Request]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Forward a request, or apply a random fault to it."""
        await request.aread()
        fault = self._drawn(request) if self.active else None
        if fault is None:
            return await self.sent(request)
        self.counts[fault.name] += 1
        return await fault.effect(Call(request, self, self._earlier(request)))

    async def sent(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the portal and return the complete response."""
        await self.deliver(self._sent)
        response = await self._transport.handle_async_request(request)
        response.request = request
        await response.aread()
        self._sent += 1
        if request.method == "GET" and response.is_success:
            self._responses[str(request.url)] = (self._sent, response)
        return response

    def delay(self, request: httpx2.Request, after: int) -> None:
        """Hold a request back until this number of other requests were answered."""
        self._late.append((self._sent + after, request))

    async def deliver(self, due: float = float("inf")) -> None:
        """Deliver held requests that are due, by default all; their responses are discarded."""
        arrived = [request for when, request in self._late if when <= due]
        self._late = [(when, request) for when, request in self._late if when > due]
        for request in arrived:
            await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    def _drawn(self, request: httpx2.Request) -> Fault | None:
        drawn = self.random.random()
        if drawn >= self._rates:
            return None
        for fault in self._table:
            if fault.applies(request):
                drawn -= fault.rate
                if drawn < 0:
                    return fault
        return None

    def _earlier(self, request: httpx2.Request) -> httpx2.Response | None:
        when, response = self._responses.get(str(request.url), (-_LAG, None))
        return response if self._sent - when <= _LAG else None
