"""Run what blocks in a thread, without waiting for it when the run is stopped."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T], abort: Callable[[], None], seconds: float) -> T:
    """Return the result of work. After some seconds, or when the run is stopped, `abort` ends it.

    Raises TimeoutError. The thread does not keep the process alive, even if a name server does not answer.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def finish(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # there is a result where there is no error

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001  it is raised where the result is awaited
            error = raised
        # The loop is closed if the run was stopped.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(finish, result, error)

    Thread(target=run, daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            return await future
    except (TimeoutError, asyncio.CancelledError):
        abort()
        raise
