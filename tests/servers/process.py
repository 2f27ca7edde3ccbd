"""A server in a process of its own, which ends with the test."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import httpx2

# Where `.ci/` prepares servers.
CACHE: Final = Path(os.environ.get("RECONCILER_TEST_CACHE") or Path.home() / ".cache/reconciler")
# A start takes about 10 seconds, and several times as long on a busy machine.
_START_SECONDS: Final = 300
# Ends the server with the process that has the other end of its stdin, even if that is killed.
_UNTIL_WE_END: Final = '("$@"; kill -9 0) & cat; kill -9 0'


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], log: Path, ready: str | Callable[[], bool]
) -> Iterator[None]:
    """Run a server until the end of the block; it has started once the address `ready` answers.

    A server without HTTP gives a function that returns whether it has started.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_WE_END, "sh", *command],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            _wait(ready if callable(ready) else partial(_answers, ready), process, log)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, trust_env=False).status_code == httpx2.codes.OK
    except httpx2.RequestError:
        return False


def _wait(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the start: soon again at first, because some servers need only a moment."""
    end, pause = monotonic() + _START_SECONDS, 0.02
    while monotonic() < end and process.poll() is None:
        if is_ready():
            return
        sleep(pause)
        pause = min(0.5, pause * 1.5)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")
