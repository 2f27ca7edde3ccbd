"""Turning what the HTTP client raises into the result of a write."""

from collections.abc import Awaitable
from typing import Literal

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.request import Tally
from reconciler.model.write_result import WriteResult


async def result_of(work: Awaitable[None], tally: Tally) -> WriteResult:
    """Return the result of a write; all its requests that write have the tally.

    If only some of them were done, the outcome is unknown. A write that finds everything done sends none.
    """
    try:
        await work
    except UnknownOutcomeError as error:
        return WriteResult("unknown", error.message, tally.sent)
    except PortalError as error:
        outcome: Literal["unknown", "failed"] = "unknown" if tally.done else "failed"
        return WriteResult(outcome, error.message, tally.sent)
    return WriteResult("applied", requests=max(tally.sent, 1))
