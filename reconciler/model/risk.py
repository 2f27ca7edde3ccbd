"""A risk: something in a plan that a reviewer should look at, with a rank."""

from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.model.printable import printable

Rank: TypeAlias = Literal["high", "medium", "low"]
RANKS: Final[tuple[Rank, ...]] = ("high", "medium", "low")
RiskRule: TypeAlias = Literal[
    "access-opened",
    "foreign-api",
    "lookalike",
    "delegation-begins",
    "offer-widened",
    "visibility-widened",
    "setting-loosened",
    "api-owner",
    "level-raised",
    "new-admin",
    "new-domain",
    "end-moved-out",
    "many-people",
    "unblocked",
    "resumed",
    "new-owner",
    "new-type",
    "taken-over",
    "adopted",
    "exception",
    "setting-changed",
    "removed",
    "expired",
    "level-lowered",
    "end-brought-forward",
    "admin-removed",
    "blocked",
    "suspended",
    "delegation-ends",
    "visibility-narrowed",
    "offer-narrowed",
    "exception-removed",
    "setting-tightened",
]


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a plan that a reviewer should look at.

    `subject` is the id of a resource, or `configuration`, `access` or `api/NAME`. `people` are the people
    concerned. `message` is a sentence with names in backticks.
    """

    rule: str
    rank: Rank
    subject: str
    people: tuple[str, ...] = ()
    message: str


def quoted(text: str) -> str:
    """Return a name or value in backticks for a message; backticks in it are replaced."""
    return f"`{printable(text).replace('`', chr(0x27))}`"
