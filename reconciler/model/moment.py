"""Moments as text: RFC 3339 in UTC, to the second."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return a moment that knows its zone as `2026-11-24T04:30:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
