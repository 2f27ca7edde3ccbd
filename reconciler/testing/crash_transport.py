"""A line on which a run ends before its time: it is killed, or asked to stop, at one of its writes."""

from collections.abc import Callable

import httpx2


class KilledError(BaseException):
    """The run is dead: nothing in it may act any more, and no code of it may catch this."""


class Ending(httpx2.AsyncBaseTransport):
    """Calls `end` at the write of this number: once it was delivered, or else just before.

    A run that is `killed` gets no answer to that one, and sends nothing any more.
    """

    def __init__(
        self,
        around: httpx2.AsyncBaseTransport,
        end: Callable[[], None],
        *,
        at: int,
        delivered: bool,
        killed: bool,
    ) -> None:
        self._around, self._end, self._left = around, end, at
        self._delivered, self._killed = delivered, killed
        self._dead = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request on, if the run still lives."""
        self._require_life()
        last = request.method != "GET" and request.url.path != "/lease" and self._counted() == 0
        if last and not self._delivered:
            self._come_to_the_end()
        try:
            return await self._around.handle_async_request(request)
        finally:
            if last and self._delivered:
                self._come_to_the_end()
            self._require_life()

    async def aclose(self) -> None:
        """Close the line."""
        await self._around.aclose()

    def _counted(self) -> int:
        self._left -= 1
        return self._left

    def _come_to_the_end(self) -> None:
        self._end()
        self._dead = self._killed
        self._require_life()

    def _require_life(self) -> None:
        if self._dead:
            raise KilledError
