"""What a portal's refusals and silences mean to a person: where, what, and what to do."""

from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.http_text import phrase, redact
from reconciler.model.json_input import decode_json
from reconciler.model.portal import UnknownOutcomeError
from reconciler.model.secret import SecretText

_PLAN_AGAIN: Final = "plan again: the portal was changed in between"
_WHAT_IS_LEFT: Final = "plan again: the plan says what is still to be done"
_FOR_EACH_SENDING: Final = frozenset(
    {
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
_HINTS: Final[dict[int, str]] = {
    HTTPStatus.FORBIDDEN: "use a token of scope admin; to plan, scope read is enough",
    HTTPStatus.NOT_FOUND: "check the portal's address; if it is the right one, plan again",
    HTTPStatus.CONFLICT: _PLAN_AGAIN,
    HTTPStatus.PRECONDITION_FAILED: _PLAN_AGAIN,
    HTTPStatus.TOO_MANY_REQUESTS: "try again later",
    HTTPStatus.SERVICE_UNAVAILABLE: "try again later",
}


class ApiError(PortalError):
    """The portal answered, and the answer was no; `status` is HTTP's, `detail` what the portal says of it."""

    def __init__(self, message: str, hint: str, status: int, detail: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.detail = detail


class Endpoint(msgspec.Struct, frozen=True):
    """Which portal is spoken to: its name in the configuration, its token, and where that came from.

    `address` is empty for a portal in this process; `start_hint` says what to do when nothing answers.
    `allow_http` lets the token go unencrypted over a network.
    """

    name: str
    token: SecretText
    token_from: str
    address: str = ""
    start_hint: str = ""
    allow_http: bool = False

    def __str__(self) -> str:
        return f'portal "{self.name}" at {self.address}' if self.address else f'portal "{self.name}"'


class _Fault(msgspec.Struct, frozen=True):
    pointer: str = ""
    detail: str = ""


class _Problem(msgspec.Struct, frozen=True):
    title: str = ""
    detail: str = ""
    errors: tuple[_Fault, ...] = ()


_PROBLEM: Final = msgspec.json.Decoder(_Problem)


def refused(where: Endpoint, status: int, media_type: str, body: bytes) -> ApiError:
    """Build the error for an answer that is a refusal; its body may be anything."""
    detail = _detail(where, media_type, body) or phrase(status)
    if status == HTTPStatus.UNAUTHORIZED:
        message = f"{where} does not accept the token: {detail}"
        return ApiError(message, f"check the token, which came from {where.token_from}", status)
    if status == HTTPStatus.PRECONDITION_FAILED:
        return ApiError(f"{where} holds something else than what was read", _PLAN_AGAIN, status)
    return ApiError(f"{where} refused ({status}): {detail}", _HINTS.get(status, ""), status, detail)


def redirected(where: Endpoint, status: int, to: str) -> ApiError:
    """Build the error for a redirect: the token is sent nowhere but where the configuration says."""
    hint = "redirects are not followed; write the address that is meant into the configuration"
    return ApiError(f"{where} redirects to {redact(to, where.token) or 'nowhere'}", hint, status)


def unreadable(where: Endpoint, what: str) -> PortalError:
    """Build the error for an answer that is not what the portal's description promises."""
    hint = f"is {where.address} the portal's address?" if where.address else ""
    return PortalError(f"{where} answered {redact(what, where.token)}", hint)


def too_much(where: Endpoint, what: str) -> PortalError:
    """Build the error for a portal that does not come to an end."""
    return PortalError(f"{where} {what} in this run, and that is the most", "is it the right portal?")


def unreachable(where: Endpoint, why: str) -> PortalError:
    """Build the error for a portal to which nothing could be sent."""
    return PortalError(f"{where} cannot be reached: {redact(why, where.token)}", where.start_hint)


def untrusted(where: Endpoint, why: str) -> PortalError:
    """Build the error for a portal whose certificate nobody vouches for; it was told nothing."""
    hint = "if an authority of your own signed it, name that one's file in SSL_CERT_FILE"
    return PortalError(f"{where} cannot be reached: its certificate is not trusted: {why}", hint)


def silent(where: Endpoint, why: str) -> PortalError:
    """Build the error for a question without an answer; asking changed nothing."""
    return PortalError(f"{where} did not answer: {redact(why, where.token)}", "try again later")


def lost(where: Endpoint, why: str) -> UnknownOutcomeError:
    """Build the error for a write of which nobody knows whether it was done."""
    message = f"{where} may or may not have done it: {redact(why, where.token)}"
    return UnknownOutcomeError(message, _WHAT_IS_LEFT)


def leaves_doubt(error: PortalError) -> bool:
    """Whether what was sent before may have been done, though it was refused when it was sent again.

    Only an answer that stands for every sending tells: the request cannot be meant, or others have what it
    wants. A busy portal that is given up is no such doubt: the client turns that into a lost answer.
    """
    return isinstance(error, ApiError) and error.attempts > 1 and error.status not in _FOR_EACH_SENDING


def untold(failure: PortalError) -> UnknownOutcomeError:
    """Build the error for a write of which the portal does not tell afterwards whether it was done."""
    return _in_doubt(failure, "it may or may not have been done, as this may answer its repetition")


def halfway(failure: PortalError) -> UnknownOutcomeError:
    """Build the error for a membership that was changed, and whose invitation was then not sent again."""
    return _in_doubt(failure, "it was changed, but the invitation was not sent again")


def _in_doubt(failure: PortalError, said: str) -> UnknownOutcomeError:
    """Build the error for what a failure leaves open; one that says so already stays as it is."""
    if isinstance(failure, UnknownOutcomeError):
        return failure
    doubt = UnknownOutcomeError(f"{said}: {failure.message}", _WHAT_IS_LEFT)
    doubt.attempts = failure.attempts
    return doubt


def overtaken(lost: UnknownOutcomeError) -> ApiError:
    """Build the error for a write whose answer was lost, and before which somebody else's was done."""
    message = "its answer was lost, and it was not done: somebody else changed the object before it came"
    refusal = ApiError(message, _PLAN_AGAIN, HTTPStatus.PRECONDITION_FAILED)
    refusal.attempts = lost.attempts
    return refusal


def failed(status: int) -> str:
    """Say that the portal itself failed."""
    return f"it failed ({status} {phrase(status)})"


def _detail(where: Endpoint, media_type: str, body: bytes) -> str:
    if media_type != "application/problem+json":
        return ""
    try:
        problem = decode_json(body, _PROBLEM)
    except msgspec.DecodeError:
        return ""
    faults = "; ".join(f"{fault.pointer} {fault.detail}" for fault in problem.errors)
    return redact(f"{problem.detail or problem.title} {faults}", where.token)
