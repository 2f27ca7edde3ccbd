"""Reading a portal that other users may change between two of its lists."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar


class _Found(Protocol):
    """What was read, and why something may be missing."""

    @property
    def problem(self) -> str:
        """Why something may be missing; empty if nothing is."""


Found = TypeVar("Found", bound=_Found)


async def read_completely(read: Callable[[], Awaitable[Found]]) -> Found:
    """Return what is read. If something may be missing, read a second time: that may be complete."""
    found = await read()
    return await read() if found.problem else found
