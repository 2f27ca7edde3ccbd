"""Event loops whose clock the tests move, so that nothing has to be waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from selectors import DefaultSelector, SelectorKey
from typing import TypeVar

Result = TypeVar("Result")


class MovingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still until it is moved ahead."""

    ahead = 0.0

    def time(self) -> float:
        return self.ahead


class _Hurry(DefaultSelector):
    """Moves the clock to the next thing to do instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop: MovingLoop | None = None

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if timeout is None or self.loop is None:
            return super().select(timeout)
        found = super().select(0)
        if not found:
            self.loop.ahead += max(0.0, timeout)
        return found


def hurrying() -> MovingLoop:
    """Return a loop in which waiting takes no time; for what needs neither threads nor sockets."""
    selector = _Hurry()
    selector.loop = MovingLoop(selector)
    return selector.loop


def run_on(loop: MovingLoop, act: Callable[[MovingLoop], Awaitable[Result]]) -> Result:
    """Act on a loop, and close it."""

    async def acted() -> Result:
        return await act(loop)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(acted())
