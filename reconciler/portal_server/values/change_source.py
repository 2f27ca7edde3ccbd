"""The header in which a client names the source of a change: a dictionary of RFC 8941."""

import re
from typing import Final

HEADER: Final = "Change-Source"
MAX_LENGTH: Final = 512
_KEY: Final = r"[a-z*][a-z0-9_.*-]*"
_STRING: Final = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"'
_WORD: Final = r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*"
_MEMBER: Final = f"{_KEY}=(?:{_STRING}|{_WORD})"
PATTERN: Final = rf"^{_MEMBER}(?:[ \t]*,[ \t]*{_MEMBER})*$"
_VALID: Final = re.compile(rf"{PATTERN}(?!\n)")
_MEMBERS: Final = re.compile(rf"({_KEY})=({_STRING}|{_WORD})")


def is_change_source(text: str) -> bool:
    """Whether a text is a dictionary of strings and tokens with at most 512 characters."""
    return len(text) <= MAX_LENGTH and _VALID.match(text) is not None


def members_of(text: str) -> dict[str, str]:
    """Return the members of a valid dictionary; the last one of several with the same key counts."""
    return {key: _value(raw) for key, raw in _MEMBERS.findall(text)}


def _value(raw: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", raw[1:-1]) if raw.startswith('"') else raw
