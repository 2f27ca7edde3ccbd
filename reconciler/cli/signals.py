"""Signals while a plan is applied: the first lets what is begun be finished, the second ends at once."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from reconciler.cli.console import say
from reconciler.errors import IncompleteError
from reconciler.model.cancellation import Stop

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(stop: Stop) -> Iterator[None]:
    """Ask to stop on SIGINT and SIGTERM. To be entered within the event loop."""
    loop = asyncio.get_running_loop()

    def heard(name: str) -> None:
        if stop.reason:
            say("Ended at once. The next apply tells how far this one came.")
            # Nothing may hold us up any more, neither other threads nor what waits for an answer.
            os._exit(IncompleteError.exit_code)
        say(f"{name}: finishing what is being written. Once more ends at once.")
        stop.ask(f"interrupted ({name})")

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        loop.add_signal_handler(number, heard, number.name)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
