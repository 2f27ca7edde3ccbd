"""Making something once, though the answer that says so may be lost."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from reconciler.forge.http import ForgeClient
from reconciler.forge.problems import UnknownOutcomeError

_ATTEMPTS: Final = 3
Made = TypeVar("Made")


async def create_idempotently(
    client: ForgeClient, make: Callable[[], Awaitable[Made]], find: Callable[[], Awaitable[Made | None]]
) -> Made:
    """Make something. When the answer is lost, look for it, and make it again only where it is not there.

    Raises LostAnswerError after a few attempts.
    """
    attempt = 1
    while True:
        try:
            return await make()
        except UnknownOutcomeError:
            await client.pause(attempt)
            if (found := await find()) is not None:
                return found
            if attempt == _ATTEMPTS:
                raise
        attempt += 1
