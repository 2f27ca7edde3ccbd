"""How long to wait before sending a request again: Retry-After, or else back-off with full jitter."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from time import monotonic
from typing import Final

import msgspec

from reconciler.http.rate_limit_headers import rate_limit_reset
from reconciler.http.request import Response
from reconciler.model.http_text import moment, whole_number

Sleep = Callable[[float], Awaitable[None]]

_RETRY_AFTER: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often a request is sent, and how many seconds are waited at most in between.

    `random` returns numbers from 0 to 1, `clock` seconds that only increase; both and `sleep` are parameters
    so that tests need no time. A service that never responded is tried only `connect_attempts` times.
    With `spread`, jitter is added to the waits that the service asks for, too.
    """

    sleep: Sleep
    random: Callable[[], float]
    clock: Callable[[], float] = monotonic
    attempts: int = 5
    connect_attempts: int = 2
    first: float = 0.5
    longest: float = 60.0
    spread: bool = False

    def wait(self, attempt: int, requested: float | None) -> float | None:
        """Return the seconds to wait after this attempt (from 1), or None to give up.

        Give up, too, where the service asks for more than the longest wait: it must not be asked early.
        """
        if attempt >= self.attempts or (requested is not None and requested > self.longest):
            return None
        if requested is not None and not self.spread:
            return requested
        return (requested or 0.0) + self.random() * min(self.longest, self.first * 2.0 ** (attempt - 1))


def requested_wait(response: Response) -> float | None:
    """Return for how many seconds a response asks for no more requests; None where it does not.

    Reads Retry-After of error responses that may have it, and else the RateLimit headers.
    """
    wait = retry_after(response.headers) if response.status in _RETRY_AFTER else None
    return rate_limit_reset(response.headers) if wait is None else wait


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds in a Retry-After header, never below 0; None where there is no usable one.

    A date is compared with the Date of the same response, so no clock has to be right.
    """
    value = headers.get("Retry-After", "").strip()
    if (seconds := whole_number(value)) is not None:
        return seconds
    until, now = moment(value), moment(headers.get("Date", ""))
    return max(0.0, (until - now).total_seconds()) if until and now else None
