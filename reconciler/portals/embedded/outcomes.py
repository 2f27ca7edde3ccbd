"""Whether a repeated write took effect, by the responses to it."""

from http import HTTPStatus
from typing import Final

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.errors import ApiError

PLAN_AGAIN: Final = "make a new plan: the portal has changed since"
PLAN_THE_REST: Final = "make a new plan: it shows what remains to be done"
HALF_DONE: Final = "it was changed, but the invitation was not sent again"
SUPERSEDED: Final = "it was not done: another user changed the object first"
# The rejection applies to every sending of the request.
_DEFINITE: Final = frozenset(
    {
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


def is_uncertain(error: PortalError, sent: int) -> bool:
    """Whether an earlier sending of a write may have taken effect, although the last one was rejected.

    `sent` is the number of sendings. Only a rejection that applies to every sending is definite: the request
    is invalid, or another object has what it asks for. A portal that stays overloaded is different: the
    client reports an unknown outcome.
    """
    return isinstance(error, ApiError) and sent > 1 and error.status not in _DEFINITE


def unknown(failure: PortalError) -> UnknownOutcomeError:
    """Return the error for a write of which the portal's log does not show whether it took effect."""
    return _unknown("outcome unknown: this may be the response to a repetition", failure)


def half_done(failure: PortalError) -> UnknownOutcomeError:
    """Return the error for a membership that was changed, but whose invitation was not sent again."""
    return _unknown(HALF_DONE, failure)


def _unknown(summary: str, failure: PortalError) -> UnknownOutcomeError:
    """Return an error with the reason for an unknown outcome; one that has it already stays as it is."""
    if isinstance(failure, UnknownOutcomeError):
        return failure
    return UnknownOutcomeError(f"{summary}: {failure.message}", PLAN_THE_REST)
