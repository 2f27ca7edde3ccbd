"""An event loop with virtual time: if all tasks wait, time advances immediately."""

import asyncio
from collections.abc import Callable
from selectors import SelectorKey, SelectSelector


class _VirtualSelector(SelectSelector):
    """A selector that never blocks for a timeout, but advances the virtual time."""

    def __init__(self, advance: Callable[[float], None]) -> None:
        super().__init__()
        self._advance = advance

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """Return ready events; without a timeout, block, because another thread will cause an event."""
        if timeout is None:
            return super().select()
        if timeout > 0:
            self._advance(timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop with virtual time; `on_advance` is called with the seconds that pass."""

    def __init__(self, on_advance: Callable[[float], None]) -> None:
        self._now = 0.0
        self._on_advance = on_advance
        super().__init__(_VirtualSelector(self._advance))

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now

    def _advance(self, seconds: float) -> None:
        self._now += seconds
        self._on_advance(seconds)
