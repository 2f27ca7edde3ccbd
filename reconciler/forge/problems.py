"""What a forge's refusals and silences mean to a person: where, what, and what to do."""

from http import HTTPStatus
from typing import Any, Final

import msgspec

from reconciler.model.forge import ForgeError, ForgeSettings
from reconciler.model.http_text import phrase, redact
from reconciler.model.json_input import ANY_JSON, decode_json

_RIGHTS: Final = {
    "github": "the job needs `permissions: {pull-requests: write, checks: write}`, or `{issues: write}` for "
    "an issue; check runs need the token of an app, such as the job's, which for a fork may only read",
    "gitlab": "the token needs the scope `api` and at least the role Developer; CI_JOB_TOKEN is not enough",
}
_NAMES: Final = {"github": "GitHub", "gitlab": "GitLab"}


class ApiError(ForgeError):
    """The forge answered, and the answer was no; `status` is HTTP's."""

    def __init__(self, message: str, hint: str, status: int) -> None:
        super().__init__(message, hint)
        self.status = status


class UnknownOutcomeError(ForgeError):
    """Something was sent and its answer was lost: whether it was done is not known."""


def where(settings: ForgeSettings) -> str:
    """Name the forge and its address."""
    return f"{_NAMES[settings.kind]} at {settings.address}"


def refused(settings: ForgeSettings, status: int, body: bytes) -> ApiError:
    """Build the error for an answer that is a refusal; its body may be anything."""
    said = redact(_detail(body), settings.token) or phrase(status)
    if status == HTTPStatus.UNAUTHORIZED:
        message = f"{where(settings)} does not accept the token: {said}"
        return ApiError(message, f"check the token, which came from {settings.token_from}", status)
    hints = {
        HTTPStatus.FORBIDDEN: _RIGHTS[settings.kind],
        HTTPStatus.NOT_FOUND: f"is {settings.project} the project, and may the token see it?",
        HTTPStatus.TOO_MANY_REQUESTS: "try again later",
    }
    hint = hints.get(HTTPStatus(status), "") if status in hints else ""
    return ApiError(f"{where(settings)} refused ({status}): {said}", hint, status)


def limited(settings: ForgeSettings, status: int, seconds: float) -> ApiError:
    """Build the error for a limit that is not over soon enough to be waited for."""
    message = f"{where(settings)} refused ({status}): no more requests for {seconds:,.0f} seconds"
    return ApiError(message, "run this job again after that", status)


def redirected(settings: ForgeSettings, to: str) -> ForgeError:
    """Build the error for a redirect: the token is sent nowhere but to the address that was given."""
    message = f"{where(settings)} redirects to {redact(to, settings.token) or 'nowhere'}"
    return ForgeError(message, f"redirects are not followed; was {settings.project} renamed?")


def astray(settings: ForgeSettings, to: str) -> ForgeError:
    """Build the error for a link to a further page that leads elsewhere."""
    message = f"{where(settings)} has its next page elsewhere: {redact(to, settings.token)}"
    return ForgeError(message, "links to another host are not followed")


def unreadable(settings: ForgeSettings, what: str) -> ForgeError:
    """Build the error for an answer that is not what the forge's documentation promises."""
    message = f"{where(settings)} answered {redact(what, settings.token)}"
    return ForgeError(message, "is that the address of its API?")


def unreachable(settings: ForgeSettings, why: str) -> ForgeError:
    """Build the error for a forge to which nothing could be sent."""
    return ForgeError(
        f"{where(settings)} cannot be reached: {redact(why, settings.token)}", "try again later"
    )


def silent(settings: ForgeSettings, why: str) -> ForgeError:
    """Build the error for a request without an answer that may be sent again at any time."""
    return ForgeError(f"{where(settings)} did not answer: {redact(why, settings.token)}", "try again later")


def lost(settings: ForgeSettings, why: str) -> UnknownOutcomeError:
    """Build the error for a write of which nobody knows whether it was done."""
    message = f"{where(settings)} may or may not have done it: {redact(why, settings.token)}"
    return UnknownOutcomeError(message, "run this job again: it looks for what is there first")


def failed(status: int) -> str:
    """Say that the forge itself failed."""
    return f"it failed ({status} {phrase(status)})"


def _detail(body: bytes) -> str:
    """Return what a refusal says: GitHub's message and errors, or GitLab's message, error and reason."""
    try:
        found = decode_json(body, ANY_JSON)
    except msgspec.DecodeError:
        return ""
    if not isinstance(found, dict):
        return ""
    return "; ".join(filter(None, map(_said, map(found.get, ("message", "error", "errors")))))


def _said(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, dict):
        message = part.get("message")
        return message if isinstance(message, str) else msgspec.json.encode(part).decode()
    several = part if isinstance(part, list) else ()
    return ", ".join(_said(each) for each in several if not isinstance(each, list))
