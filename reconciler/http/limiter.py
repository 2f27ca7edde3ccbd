"""How many requests are sent at once, and how fast: fewer when the service asks for that."""

from asyncio import Future, Lock, get_running_loop
from collections import deque
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from reconciler.http.pacer import Pacer
from reconciler.http.rate_limit_headers import Quota
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


class Feedback(NamedTuple):
    """What a response says about the load that the service accepts.

    With `throttled` it asks for fewer requests at once. `refused` says that it allows no more for now, and
    `wait` for how many seconds. `quotas` are what it allows at all.
    """

    throttled: bool = False
    refused: bool = False
    wait: float | None = None
    quotas: Collection[Quota] = ()


_GOOD: Final = Feedback()


class AdaptiveLimiter:
    """Limits concurrent requests: one more a round trip, half as many when the service throttles.

    Until a response shows that requests wait at the service, each response allows one more.

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
        self._turn = Lock()
        self._pacer = Pacer()
        self._narrowed = float("-inf")
        self._ramping = True
        self._quickest = float("inf")
        self._waited = 0.0

    @property
    def width(self) -> int:
        """How many requests may be in progress now."""
        return int(self._width)

    @property
    def waited(self) -> float:
        """How many seconds requests waited because of a rate limit; those that waited together count each."""
        return self._waited

    @property
    def paced(self) -> bool:
        """Whether the service ever allowed no more requests."""
        return self._pacer.needed

    async def acquire(self) -> float:
        """Wait for a free slot, for the end of a pause, and for the rate limit; return the time then."""
        await self._acquire_slot()
        try:
            await self._wait_for_turn()
        except BaseException:
            self._free()
            raise
        return self._clock()

    def release(self, began: float, feedback: Feedback | None = _GOOD) -> float:
        """Free the slot, and return the seconds since it was acquired.

        `feedback` is None if there was no response.
        """
        took = self._clock() - began
        if feedback is not None:
            self._adapt_width(took, throttled=feedback.throttled)
            self._adapt_pace(began, feedback)
        self._free()
        return took

    def pause(self, seconds: float) -> None:
        """Start no request for so many seconds."""
        self._pacer.due = max(self._pacer.due, self._clock() + seconds)

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

    async def _wait_for_turn(self) -> None:
        """Sleep until the pause is over, even if it was extended in the meantime, and the rate allows it."""
        if not self._turn.locked() and self._pacer.due <= self._clock():
            self._pacer.send(self._clock())
            return
        arrived = now = self._clock()
        async with self._turn:
            while (due := self._pacer.due) > now:
                await self._sleep(due - self._clock())
                # A sleep may end a little early.
                now = max(due, self._clock())
            self._pacer.send(now)
        self._waited += max(now - arrived, 0.0)

    def _adapt_width(self, took: float, *, throttled: bool) -> None:
        if throttled:
            self._narrow(0.5, took, _MIN_WIDTH)
            return
        self._quickest = min(self._quickest, took)
        if took > _SLOW_SECONDS and took > self._quickest * _SLOW_FACTOR:
            self._narrow(_SLOW_REDUCTION, took, _MIN_WIDTH_SLOW)
        else:
            self._widen(took)

    def _adapt_pace(self, began: float, feedback: Feedback) -> None:
        now = self._clock()
        if feedback.quotas:
            self._pacer.announce(feedback.quotas)
        if not feedback.throttled:
            self._pacer.accept(now)
        if not feedback.throttled and self._pacer.keeps_quota:
            # Nothing is left for now, which is so at the end of each window.
            return
        if feedback.refused:
            self._pacer.exhaust(now, began, feedback.wait)
        if feedback.wait is not None:
            self.pause(feedback.wait)

    def _widen(self, took: float) -> None:
        """Allow one more a round trip, up to what suits the distance; at first one more a response."""
        if took >= self._quickest * _QUEUED_FACTOR:
            self._ramping = False
        step = 1.0 if self._ramping else 1 / self._width
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
            self._narrowed, self._ramping = now, False
            self._width = min(self._width, max(least, self._width * factor))

    def _free(self) -> None:
        """Free a slot, and assign free slots to those who have waited longest."""
        self._active -= 1
        while self._waiting and self._active < self.width:
            slot = self._waiting.popleft()
            if not slot.done():
                self._active += 1
                slot.set_result(None)
