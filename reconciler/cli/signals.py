"""Signals during apply: the first one waits for running writes, the second one ends the process at once."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from reconciler.cli.console import log
from reconciler.errors import IncompleteError
from reconciler.model.cancellation import Stop

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
Result = TypeVar("Result")


async def stoppable(work: Callable[[Stop], Awaitable[Result]]) -> Result:
    """Run work that a signal asks to stop."""
    stop = Stop()
    with stop_on_signals(stop):
        return await work(stop)


@contextmanager
def stop_on_signals(stop: Stop) -> Iterator[None]:
    """Request a stop on SIGINT and SIGTERM. Must be entered within the event loop."""
    loop = asyncio.get_running_loop()

    def receive(name: str) -> None:
        if stop.reason:
            log("Aborted. The next apply reports how far this one got.")
            # Neither other threads nor pending requests may delay the exit.
            os._exit(IncompleteError.exit_code)
        log(f"{name}: waiting for running writes to finish; press Ctrl-C again to abort.")
        stop.ask(f"interrupted ({name})")

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        loop.add_signal_handler(number, receive, number.name)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
