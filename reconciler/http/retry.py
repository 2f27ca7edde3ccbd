"""How long to wait before asking again, and when not to: Retry-After, else back-off with full jitter."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from reconciler.model.http_text import moment

Sleep = Callable[[float], Awaitable[None]]

_MOST_DIGITS: Final = 9


class RetryPolicy(msgspec.Struct, frozen=True):
    """How often something is tried, and how many seconds are waited at most before the next time.

    `random` gives numbers from 0 to 1; it and `sleep` are given, so that tests need no time and no luck.
    """

    sleep: Sleep
    random: Callable[[], float]
    attempts: int = 5
    first: float = 0.5
    longest: float = 60.0

    def wait(self, attempt: int, asked: float | None) -> float | None:
        """Return the seconds to wait after this attempt (from 1), or None to give up.

        Who asks for more than the longest wait is not asked again early: that is giving up, too.
        """
        if attempt >= self.attempts or (asked is not None and asked > self.longest):
            return None
        if asked is not None:
            return asked
        return float(self.random() * min(self.longest, self.first * 2 ** (attempt - 1)))


def retry_after(value: str | None, date: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, never below 0; None when it says nothing usable.

    A date is measured against the answer's own Date, so neither clock has to be right.
    """
    if value is None:
        return None
    if (seconds := _seconds(value)) is not None:
        return seconds
    until, now = moment(value.strip()), moment(date or "")
    return max(0.0, (until - now).total_seconds()) if until and now else None


def exhausted_for(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds nothing more is allowed, when RateLimit headers say so; else None.

    Reads `RateLimit-Remaining` with `RateLimit-Reset` in seconds, and the one field `RateLimit` that came
    after them, such as `"default";r=0;t=30`; of several limits the longest wait counts. What makes no sense
    says nothing.
    """
    said = [(headers.get("RateLimit-Remaining", ""), headers.get("RateLimit-Reset", ""))]
    for limit in headers.get("RateLimit", "").split(","):
        parts = dict(part.strip().partition("=")[::2] for part in limit.split(";"))
        said.append((parts.get("r", ""), parts.get("t", "")))
    waits = [_seconds(reset) for remaining, reset in said if _seconds(remaining) == 0]
    return max((wait for wait in waits if wait is not None), default=None)


def _seconds(text: str) -> float | None:
    """Return a whole number that is not negative, or None for anything else."""
    text = text.strip()
    return float(text[:_MOST_DIGITS]) if text.isascii() and text.isdigit() else None
