"""The rate limit: so many requests of one token in so many seconds."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil, floor

from reconciler.portal_server.problems import ProblemError
from reconciler.portal_server.seed import RateLimit


class RateMeter:
    """Counts requests; it forgets with the process, as every window is short."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._window = -1
        self._counts: dict[str, int] = {}

    def count(self, holder: str, now: datetime) -> Mapping[str, str]:
        """Count one request: the headers that tell how many are left. Refuses with 429."""
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
