"""What a plain scalar means: few things are not text, and those are written in one way."""

import re
from typing import Final

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?")
_FIRST: Final = frozenset("-0123456789")
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "": None, "~": None, "null": None}


def plain(text: str) -> str | int | float | bool | None:
    """Return the value of a scalar without quotes: `no`, `1:30`, `010`, `1e3` and dates are text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _FIRST and (number := _NUMBER.fullmatch(text)) and len(text) <= _LONGEST:
        return float(text) if number[1] else int(text)
    return text


# Longer ones are no numbers that anybody means, and would be slow to read.
_LONGEST: Final = 32
