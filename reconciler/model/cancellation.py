"""Cooperative cancellation: running writes are finished, and no new ones are started."""


class Stop:
    """A request to end a run early; `reason` is empty until it is made."""

    def __init__(self) -> None:
        self.reason = ""

    def ask(self, reason: str) -> None:
        """Request to stop; the first reason is kept."""
        self.reason = self.reason or reason
