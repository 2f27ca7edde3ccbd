"""How many requests are sent at once: more while all goes well, fewer when the service asks for that."""

from asyncio import Future, get_running_loop
from collections import deque
from collections.abc import Callable
from typing import Final

from reconciler.http.retry import Sleep

INITIAL_WIDTH: Final = 8.0
MAX_WIDTH: Final = 16.0
# Near a service, more would only wait for each other; over a network, more use the time that data travels.
MAX_WIDTH_REMOTE: Final = 32.0
_REMOTE_SECONDS: Final = 0.01
# A response that takes this many times the quickest one waited in a queue at the service.
_QUEUED_FACTOR: Final = 2
_MIN_WIDTH: Final = 1.0
# Slowness alone reduces no further: where it has other causes, fewer requests only take longer.
_MIN_WIDTH_SLOW: Final = 4.0
# A response is slow if it takes many times the quickest one, and longer than usual variation.
_SLOW_FACTOR: Final = 10
_SLOW_SECONDS: Final = 0.5
_SLOW_REDUCTION: Final = 0.9


class AdaptiveLimiter:
    """Limits concurrent requests: one more a round trip, half as many when the service throttles.

    `clock` returns seconds that only increase; it and `sleep` are parameters so that tests need no time.
    Responses that are much slower than the quickest one reduce the limit a little. A service whose quickest
    response took long is remote: its limit may rise further, while requests do not queue there.
    """

    def __init__(self, clock: Callable[[], float], sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._width = INITIAL_WIDTH
        self._active = 0
        self._waiting: deque[Future[None]] = deque()
        self._paused_until = 0.0
        self._narrowed = float("-inf")
        self._quickest = float("inf")
        self._waited = 0.0

    @property
    def width(self) -> int:
        """How many requests may be in progress now."""
        return int(self._width)

    @property
    def waited(self) -> float:
        """How many seconds requests waited for pauses to end; requests that waited together count each."""
        return self._waited

    async def acquire(self) -> float:
        """Wait for a free slot and for the end of a pause; return the time then."""
        await self._acquire_slot()
        try:
            await self._wait_for_pause()
        except BaseException:
            self._free()
            raise
        return self._clock()

    def release(self, began: float, *, throttled: bool = False, answered: bool = True) -> float:
        """Free the slot, and return the seconds since it was acquired.

        `throttled` says that the service asked for fewer requests.
        """
        took = self._clock() - began
        if throttled:
            self._narrow(0.5, took, _MIN_WIDTH)
        elif answered:
            self._quickest = min(self._quickest, took)
            if took > _SLOW_SECONDS and took > self._quickest * _SLOW_FACTOR:
                self._narrow(_SLOW_REDUCTION, took, _MIN_WIDTH_SLOW)
            else:
                self._widen(took)
        self._free()
        return took

    def pause(self, seconds: float) -> None:
        """Start no request for so many seconds."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def _acquire_slot(self) -> None:
        if self._active < self.width and not self._waiting:
            self._active += 1
            return
        slot: Future[None] = get_running_loop().create_future()
        self._waiting.append(slot)
        try:
            await slot
        except BaseException:
            # Assigned but no longer wanted: without this the next request would wait forever.
            if slot.done() and not slot.cancelled():
                self._free()
            raise

    async def _wait_for_pause(self) -> None:
        """Sleep until the pause is over, even if it was extended in the meantime."""
        slept_until = float("-inf")
        while self._paused_until > max(self._clock(), slept_until):
            slept_until = self._paused_until
            pause = slept_until - self._clock()
            self._waited += pause
            await self._sleep(pause)

    def _widen(self, took: float) -> None:
        """Allow one more a round trip, up to what suits the distance."""
        step = 1 / self._width
        if self._width < MAX_WIDTH or self._quickest < _REMOTE_SECONDS:
            self._width = min(MAX_WIDTH, self._width + step)
        elif took < self._quickest * _QUEUED_FACTOR:
            self._width = min(MAX_WIDTH_REMOTE, self._width + step)
        else:
            self._width = max(MAX_WIDTH, self._width - step)

    def _narrow(self, factor: float, took: float, least: float) -> None:
        """Allow fewer, once a round trip: requests that were sent together report the same condition."""
        now = self._clock()
        if now - took >= self._narrowed:
            self._narrowed = now
            self._width = min(self._width, max(least, self._width * factor))

    def _free(self) -> None:
        """Free a slot, and assign free slots to those who have waited longest."""
        self._active -= 1
        while self._waiting and self._active < self.width:
            slot = self._waiting.popleft()
            if not slot.done():
                self._active += 1
                slot.set_result(None)
