"""Resolve plain scalars: only a few forms are not text, and each value has one form."""

import re
from typing import Final

WORDS: Final[dict[str, bool | None]] = {
    "true": True,
    "false": False,
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
}
DIGITS: Final = frozenset("-0123456789")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?")
# Longer digits are not meant as numbers, and would be slow to parse.
_MAX_LENGTH: Final = 32


def number(text: str) -> str | int | float:
    """Return the decimal number that a text represents, or the text itself."""
    if len(text) <= _MAX_LENGTH and (found := _NUMBER.fullmatch(text)):
        return float(text) if found[1] else int(text)
    return text
