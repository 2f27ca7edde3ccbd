"""A wish to stop: what is begun is finished, and nothing new is begun."""


class Stop:
    """Says why a run is to end early; empty while it is not."""

    def __init__(self) -> None:
        self.reason = ""

    def ask(self, reason: str) -> None:
        """Ask to stop; the first reason stays."""
        self.reason = self.reason or reason
