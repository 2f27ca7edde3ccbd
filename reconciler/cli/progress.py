"""How far long work has come: a line on the terminal that is written over; with -v, a line a step."""

import sys
from typing import Final

import click

from reconciler.cli.console import is_terminal, overwrite, say

_VERBOSE: Final = "reconciler.verbose"


def be_verbose(context: click.Context, _option: click.Parameter, level: int) -> None:
    """Remember whether to say each step and each request to the portal."""
    context.meta[_VERBOSE] = level
    if level:
        from reconciler.cli.logs import Requests, heard  # noqa: PLC0415  start-up counts

        context.with_resource(heard(Requests()))


class Watch:
    """Progress on stderr: on a terminal a line that is written over, with -v one for each step."""

    def __init__(self) -> None:
        context = click.get_current_context(silent=True)
        self._stays = bool(context and context.meta.get(_VERBOSE))
        self._shown = self._stays or is_terminal(sys.stderr)
        self._step = self._last = ""

    def __call__(self, what: str, count: int, total: int | None) -> None:
        """Show how far what is being done has come."""
        if not self._shown:
            return
        line = f"{what}: {count:,} of {total:,}" if total is not None else f"{what}: {count:,}"
        if what != self._step:
            self.done()
        if line != self._last and not self._stays:
            overwrite(line)
        self._step, self._last = what, line

    def done(self) -> None:
        """Take the line away, or with -v let it stand."""
        if self._last and self._stays:
            say(self._last)
        elif self._last:
            overwrite("")
        self._step = self._last = ""
