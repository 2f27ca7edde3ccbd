"""Create an object once, even if the response is lost."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from reconciler.errors import UnknownOutcomeError
from reconciler.http.client import HttpClient

_ATTEMPTS: Final = 3
Created = TypeVar("Created")


async def create_idempotently(
    client: HttpClient,
    create: Callable[[], Awaitable[Created]],
    find: Callable[[], Awaitable[Created | None]],
) -> Created:
    """Create an object. If the outcome is unknown, look for it, and create it again only if it is missing.

    Raises UnknownOutcomeError after a few attempts.
    """
    attempt = 1
    while True:
        try:
            return await create()
        except UnknownOutcomeError:
            await client.pause(attempt)
            if (found := await find()) is not None:
                return found
            if attempt == _ATTEMPTS:
                raise
        attempt += 1
