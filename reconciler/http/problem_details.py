"""Error bodies in the standard format, application/problem+json (RFC 9457)."""

from typing import Final

import msgspec

from reconciler.http.request import Response
from reconciler.model.json_input import decode_json


class _FieldError(msgspec.Struct, frozen=True):
    pointer: str = ""
    detail: str = ""


class _Problem(msgspec.Struct, frozen=True):
    title: str = ""
    detail: str = ""
    errors: tuple[_FieldError, ...] = ()


_PROBLEM: Final = msgspec.json.Decoder(_Problem)


def problem_detail(response: Response) -> str:
    """Return the detail of an error response and the fields it is about; empty for any other body."""
    if response.media_type != "application/problem+json":
        return ""
    try:
        problem = decode_json(response.body, _PROBLEM)
    except msgspec.DecodeError:
        return ""
    fields = "; ".join(f"{error.pointer} {error.detail}" for error in problem.errors)
    return f"{problem.detail or problem.title} {fields}".strip()
