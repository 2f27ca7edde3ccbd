"""The sentences for text that is written in the wrong way: what it is not, and how to write it."""

from typing import Any, Final, NamedTuple

from reconciler.load.words import shown
from reconciler.model import values


class _Spelling(NamedTuple):
    """What a pattern is for, and how what fits it is written."""

    what: str
    hint: str


_DAY: Final = _Spelling("no day", "write it as YYYY-MM-DD, such as 2027-12-31")
SPELLINGS: Final = {
    values.SLUG: _Spelling(
        "no name", "names have lower-case letters, digits and hyphens, at most 63, and no hyphen at an end"
    ),
    values.TEAM: _Spelling("no team", "write it as PARTNER/TEAM"),
    values.API: _Spelling("no name of an API", "it has letters, digits and . _ ~ -, at most 255"),
    values.EMAIL: _Spelling(
        "no e-mail address", "write it as name@company.example, without quotes or a slash"
    ),
    values.DOMAIN: _Spelling("no domain", "write it as company.example"),
    values.DAY: _DAY,
    values.VARIABLE: _Spelling(
        "no name of an environment variable", "it has letters, digits and _, and no digit at its start"
    ),
    values.ADDRESS: _Spelling("no address", "write it as https://HOST"),
    values.DIGEST: _Spelling("no digest", "copy it from the plan: sha256: and 64 digits of 0-9 a-f"),
}


def misspelled(called: str, value: str, told: dict[str, Any]) -> tuple[str, str]:
    """Return message and hint for text that does not fit the pattern or the format that the schema told."""
    spelling = SPELLINGS[told["pattern"]] if "pattern" in told else _DAY
    return f"{called} is {shown(value)}, which is {spelling.what}", spelling.hint
