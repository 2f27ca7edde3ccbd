"""A process that keeps what a command made ends without freeing it, and as any process otherwise."""

import atexit
import errno
import gc
import io
import os
import subprocess
import sys
import threading
from contextlib import redirect_stdout
from typing import NoReturn

import click
import pytest

from reconciler.cli.process import Process, keep

ENDING = """
import atexit, sys, threading
from reconciler.cli.process import Process

class Kept:
    def __del__(self):
        print("freed")

atexit.register(print, "registered")
ended = Process()
{before}
print("printed", end=" ")
print("logged", file=sys.stderr, end="")
ended.end(3)
"""


@pytest.mark.parametrize(
    ("before", "printed"),
    [
        ("ended.kept.append(Kept())", "printed registered\n"),
        ("Kept()", "freed\nprinted registered\n"),
        # A thread may still have work to do.
        (
            "ended.kept.append(Kept()); threading.Timer(0.1, print, ['worked']).start()",
            "printed worked\nregistered\n",
        ),
    ],
)
def test_the_process_ends_with_its_exit_code_and_writes_everything(before: str, printed: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ENDING.format(before=before)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, printed, "logged")


class EndedError(Exception):
    """The process has ended with a code."""


@pytest.fixture(name="ending")
def _ending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process go on when it ends, whatever its threads are."""

    def end(code: int) -> NoReturn:
        raise EndedError(code)

    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(atexit, "_run_exitfuncs", lambda: None)
    monkeypatch.setattr(os, "_exit", end)


@pytest.mark.usefixtures("ending")
def test_an_output_that_cannot_be_written_is_left_to_the_interpreter() -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    running = Process()
    running.kept.append("a value")
    with redirect_stdout(Full()), pytest.raises(SystemExit, match="7"):
        running.end(7)


@pytest.mark.usefixtures("ending")
def test_values_are_kept_only_in_the_process_of_a_command() -> None:
    keep("outside")
    running = Process()
    command = click.Command("command")
    with click.Context(command):
        keep("without a process")
    with click.Context(command, obj=running):
        keep("inside")
    assert running.kept == ["inside"]
    with pytest.raises(EndedError, match="7"):
        running.end(7)
    with pytest.raises(SystemExit, match="8"):
        Process().end(8)
