"""Progress of long work: a line on the terminal that is overwritten; with -v, a line for each step."""

import sys
from typing import Final

import click

from reconciler.cli.console import is_terminal, log, overwrite_line
from reconciler.cli.logs import RequestLog, log_requests_to

_VERBOSE: Final = "reconciler.verbose"


def set_verbosity(context: click.Context, _option: click.Parameter, level: int) -> None:
    """Set whether each step and HTTP request is logged; a callback for click."""
    context.meta[_VERBOSE] = level
    if level:
        context.with_resource(log_requests_to(RequestLog()))


class ProgressDisplay:
    """Progress on stderr: on a terminal a line that is overwritten, with -v one for each step."""

    def __init__(self, about: str = "") -> None:
        """`about` begins each line, to distinguish several displays."""
        self._about = f"{about}: " if about else ""
        context = click.get_current_context(silent=True)
        self._stays = bool(context and context.meta.get(_VERBOSE))
        self._shown = self._stays or is_terminal(sys.stderr)
        self._step = self._last = ""

    def __call__(self, what: str, count: int, total: int | None) -> None:
        """Show the progress of a step."""
        if not self._shown:
            return
        line = f"{self._about}{what}: {count:,}{'' if total is None else f' of {total:,}'}"
        if what != self._step:
            self.clear()
        if line != self._last and not self._stays:
            overwrite_line(line)
        self._step, self._last = what, line

    def clear(self) -> None:
        """Clear the line, or with -v end it."""
        if self._last and self._stays:
            log(self._last)
        elif self._last:
            overwrite_line("")
        self._step = self._last = ""
