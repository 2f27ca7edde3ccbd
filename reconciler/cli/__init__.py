"""The command line: the only code that prints, exits, reads clock and environment, and runs an event loop."""

from reconciler.cli.main import main

__all__ = ["main"]
