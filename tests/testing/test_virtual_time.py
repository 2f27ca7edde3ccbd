"""A loop that leaps over waits keeps their order and their length, and waits for threads as any other."""

import asyncio
from collections.abc import Awaitable
from threading import Event

from reconciler.testing.virtual_time import VirtualTimeLoop


def told(work: Awaitable[None]) -> list[float]:
    """Run work on such a loop; return the leaps."""
    leaps: list[float] = []

    async def awaited() -> None:
        await work

    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(leaps.append)) as runner:
        runner.run(awaited())
    return leaps


def test_an_hour_passes_immediately_and_advances_the_portal_clock() -> None:
    async def wait() -> None:
        await asyncio.sleep(3600)

    assert sum(told(wait())) == 3600


def test_who_waits_for_less_is_first() -> None:
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append((name, asyncio.get_running_loop().time()))

    async def wait() -> None:
        await asyncio.gather(sleeper("long", 60), sleeper("short", 5), sleeper("middle", 20))

    told(wait())

    assert woken == [("short", 5), ("middle", 20), ("long", 60)]


def test_a_thread_is_waited_for() -> None:
    done = Event()

    async def wait() -> None:
        await asyncio.to_thread(done.set)

    assert (told(wait()), done.is_set()) == ([], True)
