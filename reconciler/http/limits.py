"""Upper bounds of what one run may request and receive, and the count of what it did."""

from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.http import errors
from reconciler.http.endpoint import Endpoint
from reconciler.model.counting import counted

_MEBIBYTE: Final = 1024**2


class RunLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Far more than any plan needs, and no more than a machine can hold.

    All are for one run, except `pages`, which is for one list, and `response_bytes`, for one response.
    """

    requests: int = 1_000_000
    bytes: int = 2 * 1024**3
    items: int = 5_000_000
    pages: int = 1_000_000
    response_bytes: int = 32 * _MEBIBYTE


DEFAULT_LIMITS: Final = RunLimits()


class Usage:
    """Counts what a run requested and received, and stops it at its limits."""

    def __init__(self, endpoint: Endpoint, limits: RunLimits) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self.requests = self.retries = self.bytes = self.items = 0
        self.waited = 0.0

    def count_request(self) -> None:
        """Count a request before it is sent. Raises PortalError at the limit of requests or bytes."""
        if self.requests >= self._limits.requests:
            message = f"{self._endpoint} received {counted(self.requests, 'request')}, the limit for one run"
            raise PortalError(message, "make a new plan for the remaining changes")
        if self.bytes > self._limits.bytes:
            raise errors.limit_exceeded(self._endpoint, f"sent more than {_size(self._limits.bytes)}")
        self.requests += 1

    def count_retry(self, seconds: float) -> None:
        """Count a retry and the wait before it."""
        self.retries += 1
        self.waited += seconds

    def count_items(self, number: int) -> None:
        """Count the items of a page. Raises PortalError at the limit."""
        self.items += number
        if self.items > self._limits.items:
            raise errors.limit_exceeded(self._endpoint, f"listed more than {self._limits.items:,} objects")

    def check_pages(self, path: str, number: int) -> None:
        """Raise PortalError where a list has more pages than the limit."""
        if number > self._limits.pages:
            raise errors.unexpected(self._endpoint, f"more than {self._limits.pages:,} pages of /{path}")

    def oversized(self, size: int) -> str:
        """Return what is wrong with a response of this size; empty if nothing is."""
        limit = self._limits.response_bytes
        return f"more than {_size(limit)} in one response" if size > limit else ""


def _size(count: int) -> str:
    return f"{count / _MEBIBYTE:,.0f} MiB"
