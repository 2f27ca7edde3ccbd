"""Errors as problem documents (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

PROBLEM_JSON: Final = "application/problem+json"
# Limits the size of the response to a body with many unknown keys.
MAX_ERRORS: Final = 100


class FieldError(msgspec.Struct, frozen=True):
    """An error in a request: `pointer` is a JSON pointer into the body, or `?name` for a query parameter."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of error responses."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()


# The phrases of RFC 9110, which Python has only since 3.13.
_TITLES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}


def title(status: int) -> str:
    """Return the reason phrase of a status."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


class ProblemError(Exception):
    """A request is rejected with this status; `detail` and `errors` are returned to the caller."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors[:MAX_ERRORS])
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """Return the problem document as JSON."""
        document = Problem("about:blank", title(self.status), self.status, self.detail, self.errors)
        return msgspec.json.encode(document)


def invalid(pointer: str, detail: str) -> ProblemError:
    """Return a 422 for one error."""
    return ProblemError(422, "The request is not valid.", errors=[FieldError(pointer, detail)])
