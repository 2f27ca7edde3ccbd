"""Run a command, and measure what it costs."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

MEGABYTE: Final = 1024


class Run(NamedTuple):
    """The cost of one process in CPU seconds, elapsed seconds and megabytes, and its output."""

    cpu: float
    wall: float
    megabytes: float
    output: str


def run(
    command: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    stderr: int | None = None,
    limit: int | None = None,
) -> Run:
    """Run a command, which must succeed. Raise TimeoutError if it needs more CPU seconds than `limit`."""
    if limit is not None:
        command = ("sh", "-c", f'ulimit -t {limit}; exec "$@"', "sh", *command)
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=stderr)  # noqa: S603  our own commands
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    if limit is not None and child.returncode == -signal.SIGKILL:
        raise TimeoutError(f"{' '.join(command[4:])} needs more than {limit} s of CPU time")
    assert child.returncode == 0, f"{' '.join(command)} ended with {child.returncode}:\n{printed[:2000]}"
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / MEGABYTE, printed)
