"""Whether a repeated write took effect, by the responses to it."""

from http import HTTPStatus
from typing import Final

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.errors import ApiError

PLAN_AGAIN: Final = "make a new plan: the portal has changed since"
PLAN_THE_REST: Final = "make a new plan: it shows what remains to be done"
# The rejection applies to every sending of the request.
_DEFINITE: Final = frozenset(
    {
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


def is_uncertain(error: PortalError) -> bool:
    """Whether an earlier sending of a write may have taken effect, although the last one was rejected.

    Only a rejection that applies to every sending is definite: the request is invalid, or another object has
    what it asks for. A portal that stays overloaded is different: the client reports an unknown outcome then.
    """
    return isinstance(error, ApiError) and error.attempts > 1 and error.status not in _DEFINITE


def unknown(failure: PortalError) -> UnknownOutcomeError:
    """Return the error for a write of which the portal's log does not show whether it took effect."""
    return _unknown("outcome unknown: this may be the response to a repetition", failure)


def half_done(failure: PortalError) -> UnknownOutcomeError:
    """Return the error for a membership that was changed, but whose invitation was not sent again."""
    return _unknown("it was changed, but the invitation was not sent again", failure)


def superseded(lost: UnknownOutcomeError) -> ApiError:
    """Return the error for a write without a response that another user's write prevented."""
    message = "it was not done: another user changed the object first"
    rejection = ApiError(message, PLAN_AGAIN, HTTPStatus.PRECONDITION_FAILED)
    rejection.attempts = lost.attempts
    return rejection


def _unknown(summary: str, failure: PortalError) -> UnknownOutcomeError:
    """Return an error with the reason for an unknown outcome; one that has it already stays as it is."""
    if isinstance(failure, UnknownOutcomeError):
        return failure
    error = UnknownOutcomeError(f"{summary}: {failure.message}", PLAN_THE_REST)
    error.attempts = failure.attempts
    return error
