"""Refusals, and how they read as problem documents (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

PROBLEM_JSON: Final = "application/problem+json"
# More help nobody, and a body of unknown keys would be answered with many times its size.
MAX_ERRORS: Final = 100


class FieldError(msgspec.Struct, frozen=True):
    """One fault of a request: `pointer` is a JSON pointer into the body, or `?name` for a query parameter."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every answer that is an error."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()


# As RFC 9110 names them; Python does so only from 3.13 on.
_TITLES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}


def title(status: int) -> str:
    """Return the name of a status."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


class ProblemError(Exception):
    """A request is refused with this status; `detail` and `errors` are shown to the caller."""

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
        """The problem document as JSON."""
        document = Problem("about:blank", title(self.status), self.status, self.detail, self.errors)
        return msgspec.json.encode(document)


def invalid(pointer: str, detail: str) -> ProblemError:
    """A 422 for one fault."""
    return ProblemError(422, "The request is not valid.", errors=[FieldError(pointer, detail)])
