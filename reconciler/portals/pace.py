"""How many requests are under way at once: more while all goes well, fewer once the portal has enough."""

from asyncio import Future, get_running_loop
from collections import deque
from collections.abc import Callable
from typing import Final

from reconciler.portals.patience import Sleep

FIRST: Final = 8.0
MOST: Final = 16.0
_LEAST: Final = 1.0
# An answer that takes both is slow: many times the quickest one, and longer than anybody's noise.
_SLOW_TIMES: Final = 10
_SLOW_SECONDS: Final = 0.5
_EASED: Final = 0.9


class Pace:
    """A gate whose width adapts: one wider a round of good answers, half as wide when the portal says stop.

    `clock` gives seconds that only go forward; it and `sleep` are given, so that tests need no time. An
    answer that is slow beside the quickest one narrows the gate a little. A round is as long as an answer
    takes.
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

    @property
    def width(self) -> int:
        """How many may be under way now."""
        return int(self._width)

    async def enter(self) -> float:
        """Wait for a place, and for the end of a pause that the portal asked for; return when it began."""
        while self._under_way >= int(self._width):
            place: Future[None] = get_running_loop().create_future()
            self._waiting.append(place)
            await place
        self._under_way += 1
        pause = self._held_until - self._clock()
        if pause > 0:
            try:
                await self._sleep(pause)
            except BaseException:
                self._free()
                raise
        return self._clock()

    def leave(self, began: float, *, enough: bool = False, answered: bool = True) -> None:
        """Give the place back; `enough` says that the portal asked for fewer requests."""
        took = self._clock() - began
        if enough:
            self._narrow(0.5, took)
        elif answered:
            self._quickest = min(self._quickest, took)
            if took > _SLOW_SECONDS and took > self._quickest * _SLOW_TIMES:
                self._narrow(_EASED, took)
            else:
                self._width = min(MOST, self._width + 1 / self._width)
        self._free()

    def hold(self, seconds: float) -> None:
        """Begin no request for so long."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def _narrow(self, factor: float, took: float) -> None:
        """Narrow the gate, once a round: those who were under way together tell the same news."""
        now = self._clock()
        if now - took >= self._narrowed:
            self._narrowed = now
            self._width = max(_LEAST, self._width * factor)

    def _free(self) -> None:
        self._under_way -= 1
        places = int(self._width) - self._under_way
        while self._waiting and places > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                places -= 1
