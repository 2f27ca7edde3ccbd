"""What a plain scalar means: few things are not text, and those are written in one way."""

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
# Longer ones are no numbers that anybody means, and would be slow to read.
_LONGEST: Final = 32


def number(text: str) -> str | int | float:
    """Return the number that a text writes in decimal, or the text."""
    if len(text) <= _LONGEST and (found := _NUMBER.fullmatch(text)):
        return float(text) if found[1] else int(text)
    return text
