"""Timestamps as text: RFC 3339 in UTC, to the second, and days as `2026-11-24`."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, TypeAlias

import msgspec

# The end of a pattern; `$` alone would also match before a final line break.
END: Final = r"$(?!\n)"
# Files are untrusted input, so timestamps and days are validated by pattern.
Moment: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z" + END)]
Day: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}" + END)]


def stamp(moment: datetime) -> str:
    """Format a time zone aware datetime as `2026-11-24T04:30:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def days_after(day: str, days: int) -> str:
    """Return the day that is this many days later, or the last day of the calendar if that is earlier."""
    ordinal = min(date.fromisoformat(day).toordinal() + days, date.max.toordinal())
    return date.fromordinal(ordinal).isoformat()
