"""Turning what the HTTP client raises into the result of a write."""

from collections.abc import Awaitable

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.request import Tally
from reconciler.model.write_result import WriteResult


async def result_of(work: Awaitable[None], tally: Tally) -> WriteResult:
    """Return the result of a write; all its requests have the tally."""
    try:
        await work
    except UnknownOutcomeError as error:
        return WriteResult("unknown", error.message, tally.sent)
    except PortalError as error:
        return WriteResult("failed", error.message, tally.sent)
    return WriteResult("applied", "", tally.sent)
