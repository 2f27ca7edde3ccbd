"""The trace of a chaos run: events, faults and failures."""

from collections import Counter

import msgspec


class Trace(msgspec.Struct):
    """The trace of one seed: log lines, failures, and the number of faults by name."""

    seed: int
    lines: list[str] = []
    failures: list[str] = []
    faults: Counter[str] = msgspec.field(default_factory=Counter)

    def log(self, message: str) -> None:
        """Log an event."""
        self.lines.append(message)

    def fail(self, message: str) -> None:
        """Log a failure."""
        self.log(f"FAILURE: {message}")
        self.failures.append(message)
