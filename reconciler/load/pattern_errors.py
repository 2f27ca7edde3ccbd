"""The sentences for text that is written in the wrong way: what it is not, and how to write it."""

import calendar
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from reconciler.load.phrases import shown
from reconciler.model import field_types


class Spelling(NamedTuple):
    """What a pattern is for, and how what fits it is written."""

    what: str
    hint: str


_DECEMBER: Final = 12
_DAY: Final = Spelling("no day", "write it as YYYY-MM-DD, such as 2027-12-31")
_BLANK: Final = Spelling("blank", "write at least one character that is not a space")
_UNPRINTABLE: Final = {
    field_types.LINE: Spelling(
        "not one line of text",
        "remove line breaks, tabs and control characters; a folded text (>) is one line if it begins with >-",
    ),
    field_types.LINES: Spelling("text with control characters", "remove them; line breaks and tabs are fine"),
}
SPELLINGS: Final = {
    field_types.SLUG: Spelling(
        "no name", "names have lower-case letters, digits and hyphens, at most 63, and no hyphen at an end"
    ),
    field_types.TEAM: Spelling("no team", "write it as PARTNER/TEAM"),
    field_types.FORMER_TEAM: Spelling(
        "no former name of a team", "write NAME, or PARTNER/TEAM where it was a team of another partner"
    ),
    field_types.API: Spelling(
        "no name of an API", "it has letters, digits and . _ ~ -, at most 255, and is not . or .."
    ),
    field_types.EMAIL: Spelling(
        "no e-mail address", "write it as name@company.example, without quotes or a slash"
    ),
    field_types.DOMAIN: Spelling("no domain", "write it as company.example"),
    field_types.DAY: _DAY,
    field_types.VARIABLE: Spelling(
        "no name of an environment variable", "it has letters, digits and _, and no digit at its start"
    ),
    field_types.ADDRESS: Spelling("no address", "write it as https://HOST"),
    field_types.LINE: _BLANK,
    field_types.LINES: _BLANK,
    field_types.DIGEST: Spelling("no digest", "copy it from the plan: sha256: and 64 digits of 0-9 a-f"),
}


def misspelled(called: str, value: str, told: Mapping[str, Any]) -> tuple[str, str]:
    """Return message and hint for text that does not fit the pattern or the format that the schema told."""
    if "pattern" not in told and re.fullmatch(field_types.DAY, value):
        return f"{called} is {shown(value)}, but there is no such date", _length_of_month(value)
    unprintable = _UNPRINTABLE.get(told.get("pattern", ""))
    meant = unprintable if unprintable and value.strip() else spelling(told)
    return f"{called} is {shown(value)}, which is {meant.what}", meant.hint


def _length_of_month(day: str) -> str:
    """Return how many days the month has of a day that no calendar has."""
    year, month = map(int, day.split("-")[:2])
    if not 1 <= month <= _DECEMBER:
        return "months go from 01 to 12"
    return f"{year}-{month:02} has {calendar.monthrange(year, month)[1]} days"


def spelling(told: Mapping[str, Any]) -> Spelling:
    """Return how a pattern or a format wants text to be written."""
    return SPELLINGS[told["pattern"]] if "pattern" in told else _DAY
