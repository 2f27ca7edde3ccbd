"""A transport that kills or stops a run at one of its writes."""

from collections.abc import Callable

import httpx2


class KilledError(BaseException):
    """The run was killed. It derives from BaseException, so that the run cannot catch it."""


class CrashTransport(httpx2.AsyncBaseTransport):
    """Call `end` at the write with this number: after it was delivered, or before.

    A run that is `killed` gets no response to it, and cannot send any more requests.
    """

    def __init__(
        self,
        transport: httpx2.AsyncBaseTransport,
        end: Callable[[], None],
        *,
        at: int,
        delivered: bool,
        killed: bool,
    ) -> None:
        self._transport, self._end, self._remaining = transport, end, at
        self._delivered, self._killed = delivered, killed
        self._dead = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Forward a request unless the run was killed."""
        self._raise_if_killed()
        last = request.method != "GET" and request.url.path != "/lease" and self._count_down() == 0
        if last and not self._delivered:
            self._end_run()
        try:
            return await self._transport.handle_async_request(request)
        finally:
            if last and self._delivered:
                self._end_run()
            self._raise_if_killed()

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    def _count_down(self) -> int:
        self._remaining -= 1
        return self._remaining

    def _end_run(self) -> None:
        self._end()
        self._dead = self._killed
        self._raise_if_killed()

    def _raise_if_killed(self) -> None:
        if self._dead:
            raise KilledError
