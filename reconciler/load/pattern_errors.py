"""Messages for text that does not match a pattern or format: what is wrong, and the correct form."""

import calendar
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from reconciler.load.phrases import quote
from reconciler.model import field_types


class Spelling(NamedTuple):
    """The message for text that does not match a pattern, and a hint with the correct form."""

    problem: str
    hint: str


_DECEMBER: Final = 12
_DAY: Final = Spelling("is not a valid date", "use YYYY-MM-DD, for example 2027-12-31")
_BLANK: Final = Spelling("is blank", "write at least one visible character")
_UNPRINTABLE: Final = {
    field_types.LINE: Spelling(
        "is not a single line of text",
        "remove line breaks, tabs and control characters; start a folded text with >- instead of >",
    ),
    field_types.LINES: Spelling(
        "contains control characters", "remove them; line breaks and tabs are allowed"
    ),
}
SPELLINGS: Final = {
    field_types.SLUG: Spelling(
        "is not a valid name",
        "use at most 63 lower-case letters, digits and hyphens; do not start or end with a hyphen",
    ),
    field_types.TEAM: Spelling("is not a valid team", "use PARTNER/TEAM"),
    field_types.FORMER_TEAM: Spelling(
        "is not a valid former name of a team", "use NAME, or PARTNER/TEAM if the team had another partner"
    ),
    field_types.API: Spelling(
        "is not a valid API name", "use at most 255 letters, digits and . _ ~ -; . and .. are not allowed"
    ),
    field_types.EMAIL: Spelling(
        "is not a valid e-mail address", "use name@company.example, without quotes or a slash"
    ),
    field_types.DOMAIN: Spelling("is not a valid domain", "use a form such as company.example"),
    field_types.DAY: _DAY,
    field_types.VARIABLE: Spelling(
        "is not a valid name of an environment variable",
        "use letters, digits and _; do not start with a digit",
    ),
    field_types.SEGMENT: Spelling(
        "is not a valid part of a URL", "use at most 255 letters, digits and . _ ~ -"
    ),
    field_types.ADDRESS: Spelling("is not a valid URL", "use https://HOST"),
    field_types.LDAP_ADDRESS: Spelling("is not a valid URL", "use ldaps://HOST"),
    field_types.LDAP_ATTRIBUTE: Spelling(
        "is not a valid attribute name", "use letters, digits and -, such as entryUUID"
    ),
    field_types.HEADER: Spelling("is not a valid name of a header", "use letters, digits and -"),
    field_types.DATE_FORM: Spelling(
        "is not a valid form of a date",
        "use %Y, %y, %m, %d, %j, %H, %M, %S, %f and %z, as in %d.%m.%Y",
    ),
    field_types.SEPARATOR: Spelling(
        "is not a valid separator", "use one character, such as ; or a tab, not a letter or digit"
    ),
    field_types.ABSOLUTE_PATH: Spelling("is not an absolute path", "begin it with /"),
    field_types.PUBLIC_NAME: Spelling(
        "is not a valid name in JSON:API",
        'use at most 128 letters, digits, _ and -, or "" if the site has none',
    ),
    field_types.LINE: _BLANK,
    field_types.LINES: _BLANK,
    field_types.USER_NAME: Spelling(
        "is not a valid user name", "name one person, without @; a team belongs beside `approvers`"
    ),
    field_types.DIGEST: Spelling(
        "is not a valid digest", "copy it from the plan: sha256: followed by 64 hexadecimal digits"
    ),
}


def misspelled(subject: str, value: str, details: Mapping[str, Any]) -> tuple[str, str]:
    """Return message and hint for text that does not match the pattern or format of its schema."""
    if "pattern" not in details and re.fullmatch(field_types.DAY, value):
        return f"{subject} {quote(value)} is not a valid date", _length_of_month(value)
    unprintable = _UNPRINTABLE.get(details.get("pattern", ""))
    expected = unprintable if unprintable and value.strip() else spelling(details)
    return f"{subject} {quote(value)} {expected.problem}", expected.hint


def _length_of_month(day: str) -> str:
    """Return a hint for a date that does not exist: the number of days of its month."""
    year, month = map(int, day.split("-")[:2])
    if not 1 <= month <= _DECEMBER:
        return "use a month from 01 to 12"
    return f"{year}-{month:02} has {calendar.monthrange(year, month)[1]} days"


def spelling(schema: Mapping[str, Any]) -> Spelling:
    """Return the correct form of text with this pattern or format."""
    return SPELLINGS[schema["pattern"]] if "pattern" in schema else _DAY
