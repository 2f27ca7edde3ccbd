"""How many requests are under way at once: more while all goes well, fewer once the portal has enough."""

from asyncio import Future, get_running_loop
from collections import deque
from collections.abc import Callable
from typing import Final

from reconciler.http.retry import Sleep

FIRST: Final = 8.0
MOST: Final = 16.0
# More would only wait for each other where answers come at once; where they travel, more fill the line.
MOST_WHEN_FAR: Final = 32.0
_FAR_SECONDS: Final = 0.01
# An answer that takes that many times the quickest one waited for others at the portal.
_QUEUED_TIMES: Final = 2
_LEAST: Final = 1.0
# Slowness narrows no further: a portal may be slow for reasons of its own, and then fewer are only slower.
_LEAST_WHEN_SLOW: Final = 4.0
# An answer that takes both is slow: many times the quickest one, and longer than anybody's noise.
_SLOW_TIMES: Final = 10
_SLOW_SECONDS: Final = 0.5
_EASED: Final = 0.9


class AdaptiveLimiter:
    """A gate whose width adapts: one wider a round of good answers, half as wide when the portal says stop.

    `clock` gives seconds that only go forward; it and `sleep` are given, so that tests need no time. An
    answer that is slow beside the quickest one narrows the gate a little. A round is as long as an answer
    takes. A portal whose quickest answer took long is far away: for it the gate gets wider, while requests
    do not wait for each other there.
    """

    def __init__(self, clock: Callable[[], float], sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._width = FIRST
        self._under_way = 0
        self._waiting: deque[Future[None]] = deque()
        self._held_until = 0.0
        self._narrowed = float("-inf")
        self._quickest = float("inf")
        self._waited = 0.0

    @property
    def width(self) -> int:
        """How many may be under way now."""
        return int(self._width)

    @property
    def waited(self) -> float:
        """How many seconds requests waited for pauses to end; those that waited together count each."""
        return self._waited

    async def enter(self) -> float:
        """Wait for a place, and for the end of a pause that the portal asked for; return when it began."""
        await self._take_place()
        try:
            await self._wait_out()
        except BaseException:
            self._free()
            raise
        return self._clock()

    def leave(self, began: float, *, enough: bool = False, answered: bool = True) -> float:
        """Give the place back, and return the seconds since it began.

        `enough` says that the portal asked for fewer requests.
        """
        took = self._clock() - began
        if enough:
            self._narrow(0.5, took, _LEAST)
        elif answered:
            self._quickest = min(self._quickest, took)
            if took > _SLOW_SECONDS and took > self._quickest * _SLOW_TIMES:
                self._narrow(_EASED, took, _LEAST_WHEN_SLOW)
            else:
                self._widen(took)
        self._free()
        return took

    def hold(self, seconds: float) -> None:
        """Begin no request for so long."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    async def _take_place(self) -> None:
        if self._under_way < self.width and not self._waiting:
            self._under_way += 1
            return
        place: Future[None] = get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except BaseException:
            # Given and not wanted any more: without this the next one would wait for ever.
            if place.done() and not place.cancelled():
                self._free()
            raise

    async def _wait_out(self) -> None:
        """Sleep until the pause is over, also where it was made longer in the meantime."""
        slept_until = float("-inf")
        while self._held_until > max(self._clock(), slept_until):
            slept_until = self._held_until
            pause = slept_until - self._clock()
            self._waited += pause
            await self._sleep(pause)

    def _widen(self, took: float) -> None:
        """Make the gate one wider a round, up to what is good at this distance."""
        step = 1 / self._width
        if self._width < MOST or self._quickest < _FAR_SECONDS:
            self._width = min(MOST, self._width + step)
        elif took < self._quickest * _QUEUED_TIMES:
            self._width = min(MOST_WHEN_FAR, self._width + step)
        else:
            self._width = max(MOST, self._width - step)

    def _narrow(self, factor: float, took: float, least: float) -> None:
        """Narrow the gate, once a round: those who were under way together tell the same news."""
        now = self._clock()
        if now - took >= self._narrowed:
            self._narrowed = now
            self._width = min(self._width, max(least, self._width * factor))

    def _free(self) -> None:
        """Give a place back, and hand those that there are to who waits longest."""
        self._under_way -= 1
        while self._waiting and self._under_way < self.width:
            place = self._waiting.popleft()
            if not place.done():
                self._under_way += 1
                place.set_result(None)
