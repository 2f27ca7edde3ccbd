"""The rate limit: requests of each token in a time window."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil, floor

from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.seed import RateLimit


class RateMeter:
    """Count requests in memory; windows are short, so a restart may reset them."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._window = -1
        self._counts: dict[str, int] = {}

    def count(self, holder: str, now: datetime) -> Mapping[str, str]:
        """Count a request and return the rate limit headers. Reject with 429 above the limit."""
        window = floor(now.timestamp() / self._limit.seconds)
        if window != self._window:
            self._window, self._counts = window, {}
        used = self._counts[holder] = self._counts.get(holder, 0) + 1
        reset = str(max(1, ceil((window + 1) * self._limit.seconds - now.timestamp())))
        headers = {
            "RateLimit-Limit": str(self._limit.requests),
            "RateLimit-Remaining": str(max(0, self._limit.requests - used)),
            "RateLimit-Reset": reset,
        }
        if used > self._limit.requests:
            raise ProblemError(429, "Too many requests.", headers={**headers, "Retry-After": reset})
        return headers
