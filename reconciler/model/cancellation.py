"""Cooperative cancellation: running writes are finished, and no new ones are started."""

from reconciler.errors import InterruptedRunError


class Stop:
    """A request to end a run early; `reason` is empty until it is made."""

    def __init__(self) -> None:
        self.reason = ""

    def ask(self, reason: str) -> None:
        """Request to stop; the first reason is kept."""
        self.reason = self.reason or reason

    def check(self) -> None:
        """Raise InterruptedRunError if a stop was requested; nothing has been written yet."""
        if self.reason:
            raise InterruptedRunError(f"{self.reason}: nothing was written")
