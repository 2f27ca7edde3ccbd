"""Which names, addresses and texts of a portal files can hold."""

import re
from typing import Final

from reconciler.model.field_types import API, EMAIL, LINE, LINES
from reconciler.model.identity import MAX_EMAIL

_LINE: Final = re.compile(LINE.removesuffix("$") + r"\Z")
_LINES: Final = re.compile(LINES.removesuffix("$") + r"\Z")
_EMAIL: Final = re.compile(EMAIL.removesuffix("$") + r"\Z")
_API: Final = re.compile(API.removesuffix("$") + r"\Z")
_MAX_TEXT: Final = 200
_MAX_LONG_TEXT: Final = 2000
_MAX_API: Final = 255


def is_text(text: str) -> bool:
    """Return whether a text can be a displayName or an external name."""
    return len(text) <= _MAX_TEXT and _LINE.match(text) is not None


def is_reason(text: str) -> bool:
    """Return whether a text can be a reason."""
    return len(text) <= _MAX_TEXT and _LINES.match(text) is not None


def is_long_text(text: str) -> bool:
    """Return whether a text can be a description."""
    return len(text) <= _MAX_LONG_TEXT and _LINES.match(text) is not None


def is_email(text: str) -> bool:
    """Return whether a text can be the address of a person."""
    return len(text) <= MAX_EMAIL and _EMAIL.match(text) is not None


def is_api(text: str) -> bool:
    """Return whether a text can be the name of an API."""
    return len(text) <= _MAX_API and _API.match(text) is not None
