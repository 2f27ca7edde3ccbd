"""The end of the process: a command keeps what it made, so that nothing is freed object by object before.

For a large repository, that would take a tenth of the time of a plan, and the system takes back the memory of
a process at once.
"""

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

import click


class Process:
    """The process of a command, and what the command keeps."""

    def __init__(self) -> None:
        self.kept: list[object] = []

    def end(self, code: int) -> NoReturn:
        """End the process with an exit code. What is registered for the exit of the interpreter runs."""
        # Without this, the collector walks through all objects at the end.
        gc.freeze()
        if self.kept and threading.active_count() == 1:
            atexit._run_exitfuncs()  # noqa: SLF001  as processes of the standard library end
            # The interpreter reports an output that cannot be written.
            with suppress(OSError):
                # A stream that was closed before the start is None.
                for stream in filter(None, (sys.stdout, sys.stderr)):
                    stream.flush()
                os._exit(code)
        sys.exit(code)


def keep(value: object) -> None:
    """Keep a value until the process ends; outside of a process of a command, this does nothing."""
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(context.obj, Process):
        context.obj.kept.append(value)
