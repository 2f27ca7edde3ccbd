"""An event loop that leaps over waits: time passes only where everybody waits for it, and then at once."""

import asyncio
from collections.abc import Callable
from selectors import SelectorKey, SelectSelector


class _Leaping(SelectSelector):
    """Asks what is ready now; the wait for it passes without being waited."""

    def __init__(self, leap: Callable[[float], None]) -> None:
        super().__init__()
        self._leap = leap

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """Return what is ready; without a timeout nobody waits for a time, but for another thread."""
        if timeout is None:
            return super().select()
        if timeout > 0:
            self._leap(timeout)
        return super().select(0)


class LeapingLoop(asyncio.SelectorEventLoop):
    """A loop whose clock is its own; `passes` is told of all seconds that pass."""

    def __init__(self, passes: Callable[[float], None]) -> None:
        self._now = 0.0
        self._passes = passes
        super().__init__(_Leaping(self._leap))

    def time(self) -> float:
        """Return the seconds that have passed."""
        return self._now

    def _leap(self, seconds: float) -> None:
        self._now += seconds
        self._passes(seconds)
