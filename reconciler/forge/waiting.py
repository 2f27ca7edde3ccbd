"""How long a forge asks to be left alone, and how long we wait before we ask again."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.model.http_text import moment

_LIMITED: Final = frozenset(
    {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
)
# What GitHub asks for where it limits us and names no time.
_A_MINUTE: Final = 60.0
_SECONDARY: Final = "secondary-rate-limits"
_MOST_DIGITS: Final = 12


class RetryPolicy(msgspec.Struct, frozen=True):
    """How often something is tried, and how many seconds are waited at most before the next time.

    `now` are the seconds since 1970, `random` gives numbers from 0 to 1; both and `sleep` are given, so that
    tests need no time and no luck.
    """

    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]
    now: Callable[[], float]
    attempts: int = 5
    first: float = 1.0
    longest: float = 120.0

    def wait(self, attempt: int, asked: float | None) -> float | None:
        """Return the seconds to wait after this attempt (from 1), or None to give up.

        A forge that asks for more than the longest wait is not asked again early: that is giving up, too.
        """
        if attempt >= self.attempts or (asked is not None and asked > self.longest):
            return None
        backed_off = self.random() * min(self.longest, self.first * 2.0 ** (attempt - 1))
        return backed_off if asked is None else asked + backed_off


def asked_to_wait(status: int, headers: Mapping[str, str], explained: str, now: float) -> float | None:
    """Return for how many seconds a refusal asks us to wait; None when it is no matter of waiting.

    `explained` is the address of the documentation that GitHub names: a secondary limit shows nowhere else.
    """
    if status not in _LIMITED:
        return None
    told = _told(headers, now)
    if told is not None:
        return told
    return _A_MINUTE if status == HTTPStatus.TOO_MANY_REQUESTS or _SECONDARY in explained else None


def _told(headers: Mapping[str, str], now: float) -> float | None:
    """Read Retry-After, and else the moment at which a used up limit begins anew."""
    server = _moment(headers.get("Date", "")) or now
    after = headers.get("Retry-After", "").strip()
    if (seconds := _number(after)) is not None:
        return seconds
    if (until := _moment(after)) is not None:
        return max(0.0, until - server)
    for prefix in ("X-RateLimit", "RateLimit"):
        reset = _number(headers.get(f"{prefix}-Reset", ""))
        if reset is not None and _number(headers.get(f"{prefix}-Remaining", "")) == 0:
            return max(0.0, reset - server)
    return None


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _moment(text: str) -> float | None:
    """Return a date of HTTP in seconds since 1970, or None for anything else."""
    found = moment(text)
    return found.timestamp() if found else None
