"""The rate limit: requests of each token in a time window."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil, floor
from typing import Final

from sqlalchemy import bindparam, text

from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.seed import RateLimit
from reconciler.portal_server.storage.database import Database
from reconciler.portal_server.storage.tables import request_counts
from reconciler.portal_server.values.formats import instant_text

# Both databases have this statement, which two processes cannot execute on one row at the same time.
_COUNT: Final = text(
    "INSERT INTO request_counts (began_at, holder, requests) VALUES (:began_at, :holder, 1)"
    " ON CONFLICT (began_at, holder) DO UPDATE SET requests = request_counts.requests + 1"
    " RETURNING requests"
)
_FORGET: Final = request_counts.delete().where(request_counts.c.began_at < bindparam("began_at"))


class RateMeter:
    """Count requests in the database, because several processes can be one portal."""

    def __init__(self, limit: RateLimit, database: Database) -> None:
        self._limit = limit
        self._database = database

    def count(self, holder: str, now: datetime) -> Mapping[str, str]:
        """Count a request and return the rate limit headers. Reject with 429 above the limit."""
        seconds = self._limit.seconds
        began = floor(now.timestamp() / seconds) * seconds
        used = self._used(holder, instant_text(datetime.fromtimestamp(began, UTC)))
        reset = str(max(1, ceil(began + seconds - now.timestamp())))
        headers = {
            "RateLimit-Limit": str(self._limit.requests),
            "RateLimit-Remaining": str(max(0, self._limit.requests - used)),
            "RateLimit-Reset": reset,
        }
        if used > self._limit.requests:
            raise ProblemError(429, "Too many requests.", headers={**headers, "Retry-After": reset})
        return headers

    def _used(self, holder: str, began_at: str) -> int:
        with self._database.counting() as connection:
            used = connection.execute(_COUNT, {"began_at": began_at, "holder": holder}).scalar_one()
            if used == 1:
                connection.execute(_FORGET, {"began_at": began_at})
        return int(used)
