"""The command line: the only code that prints, exits, reads clock and environment, and runs an event loop."""

from reconciler.cli.program import main

__all__ = ["main"]
