"""How fast requests follow each other, once a service has said that it allows no more for now."""

from collections import deque
from collections.abc import Iterable
from math import inf
from typing import Final

from reconciler.http.rate_limit_headers import Quota

# After a longer wait a whole quota is free again; using it at once is faster than spreading it.
_LONGEST_SPREAD: Final = 10.0
# Less than is allowed, because each request too many can cost a second: waits are in whole seconds.
_SHARE: Final = 0.99
# A request that is late by so many seconds does not delay those after it. Together with the share, this is
# what is allowed in a second.
_LATE: Final = 0.01
_RECENT: Final = 1.0
# What was accepted in less time says little about the rate, because of bursts.
_MEASURABLE: Final = 0.5
_REDUCTION: Final = 0.95
_BLIND_REDUCTION: Final = 0.85
_MIN_RATE: Final = 1.0
# Growth a second: quick until a request is refused at a known rate, then careful near that rate.
_GROWTH_UNKNOWN: Final = 2.0
_GROWTH_BELOW: Final = 1.1
_GROWTH_NEAR: Final = 1.002
_NEAR: Final = 0.1


class Pacer:
    """Spaces requests evenly, at the rate that a service announces, or else at the one that it accepts.

    It begins once the service has allowed no more requests for now. All times are in seconds.
    """

    def __init__(self) -> None:
        self.due = -inf
        """When the next request may be sent."""
        self.needed = False
        """Whether the service ever allowed no more requests."""
        self._rate = self._most = self._refused_rate = inf
        self._windows: dict[float, float] = {}
        self._exhausted = self._resumed = -inf
        self._accepted: deque[float] = deque()

    @property
    def keeps_quota(self) -> bool:
        """Whether requests are not sent faster than the announced quota allows."""
        return self._rate <= self._most < inf

    def send(self, now: float) -> None:
        """Count a request that is sent now."""
        self.due = max(self.due, now - _LATE) + 1 / self._rate

    def accept(self, now: float) -> None:
        """Count a request that was accepted, and allow a little more."""
        if self._rate < inf:
            passed = now - self._accepted[-1] if self._accepted else inf
            growth = self._growth() ** min(passed, 1 / self._rate)
            self._rate = min(self._most, self._rate * growth)
        self._accepted.append(now)
        self._forget(now)

    def announce(self, quotas: Iterable[Quota]) -> None:
        """Respect the quotas that a response names, where the window of one may be what is left of it."""
        self._windows = {
            each.requests: max(each.seconds, self._windows.get(each.requests, 0.0)) for each in quotas
        }
        rates = [count / seconds for count, seconds in self._windows.items() if seconds <= _LONGEST_SPREAD]
        self._most = min(rates, default=inf) * _SHARE

    def exhaust(self, now: float, sent: float, wait: float | None) -> None:
        """Send more slowly: the service allows no more requests, for `wait` seconds where it says so.

        Requests that were `sent` before the last time report the same condition.
        """
        if sent <= self._exhausted:
            return
        resumed, self._exhausted, self.needed = self._resumed, now, True
        self._resumed = now + (wait or 0.0)
        if wait is not None and wait > _LONGEST_SPREAD:
            return
        self._forget(now)
        if self._rate == inf:
            self._rate = len(self._accepted) * _REDUCTION if self._most == inf else self._most
        else:
            self._refused_rate = self._rate
            self._rate = self._reduced(min(now - resumed, _RECENT))
        self._rate = max(self._rate, min(_MIN_RATE, self._most))

    def _reduced(self, seconds: float) -> float:
        """Return a rate below the one that was accepted in these last seconds."""
        if seconds < _MEASURABLE:
            return self._rate * _BLIND_REDUCTION
        return min(self._rate, len(self._accepted) / seconds) * _REDUCTION

    def _growth(self) -> float:
        """Return by how much the rate may grow in a second."""
        if self._rate > self._refused_rate * (1 + _NEAR) or self._refused_rate == inf:
            return _GROWTH_UNKNOWN
        return _GROWTH_BELOW if self._rate < self._refused_rate * (1 - _NEAR) else _GROWTH_NEAR

    def _forget(self, now: float) -> None:
        while self._accepted and self._accepted[0] <= now - _RECENT:
            self._accepted.popleft()
