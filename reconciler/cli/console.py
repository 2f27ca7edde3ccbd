"""The streams: results go to stdout, all else to stderr; a reader that has gone is no error.

Whatever is written as lines is escaped here, so that no text from elsewhere controls a terminal or a runner.
"""

import io
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TextIO

import click

from reconciler.errors import InputError
from reconciler.model.printable import printable

if TYPE_CHECKING:
    import socket

_LINE_BREAK: Final = "\n"
_PLAIN: Final = "reconciler.plain"
_ANSWERS: Final = {"y": True, "yes": True, "n": False, "no": False, "": False}


def prepare() -> None:
    """Let stdout and stderr write what their encoding lacks as an escape, and not fail over it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def out(text: str) -> None:
    """Print a result for people, which ends with its own line break or gets one; only our colours are kept.

    Raises InputError on a full disk.
    """
    if "\x1b" in text:
        from reconciler.render.text.style import escaped  # noqa: PLC0415  start-up counts

        write(escaped(text))
    else:
        write(printable(text, keep=_LINE_BREAK))


def write(rendered: str) -> None:
    """Print a document in a format with escapes of its own, such as JSON or HTML. Raises InputError."""
    try:
        click.echo(rendered, nl=not rendered.endswith("\n"), color=True)
    except BrokenPipeError:
        # Whoever read us has seen enough; the command goes on and ends with its own exit code.
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        raise InputError(f"the output cannot be written: {error.strerror}") from error


def say(line: str, *, end: str = "\n") -> None:
    """Print a line that is no result; where nobody can read it, nothing happens."""
    _say(f"{printable(line)}{end}")


def say_lines(text: str, *, end: str = "\n") -> None:
    """Print several lines that are no result."""
    _say(f"{printable(text, keep=_LINE_BREAK)}{end}")


def overwrite(line: str) -> None:
    """Put a line in the place of the one that stands last on the terminal, and leave the cursor there."""
    _say(f"\r\x1b[K{printable(line)}")


class Said(io.StringIO):
    """A file whose text is printed as by `say_lines`."""

    def write(self, text: str) -> int:
        """Print some lines."""
        say_lines(text, end="")
        return len(text)


def _say(text: str) -> None:
    try:
        click.echo(text, nl=False, err=True)
    except OSError:
        _discard(sys.stderr)


def be_plain(context: click.Context, _option: click.Parameter, plain: bool) -> None:  # noqa: FBT001  click's
    """Remember that no colour was asked for."""
    context.meta[_PLAIN] = plain


def colored() -> bool:
    """Whether to colour what goes to stdout."""
    context = click.get_current_context(silent=True)
    plain = bool(context and context.meta.get(_PLAIN)) or bool(os.environ.get("NO_COLOR"))
    return not plain and is_terminal(sys.stdout)


def shown(text: str) -> None:
    """Print a result for people: on a terminal, lines that are too wide are broken between words."""
    if is_terminal(sys.stdout):
        from reconciler.render.text.line_wrap import wrapped  # noqa: PLC0415  start-up counts

        text = wrapped(text, max(60, os.get_terminal_size(sys.stdout.fileno()).columns))
    out(text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads this stream, or writes to it; one that was closed is None."""
    return stream is not None and stream.isatty()


def can_ask() -> bool:
    """Whether there is a person to ask."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def require_terminal(hint: str) -> None:
    """Raise InputError where there is nobody to ask."""
    if not can_ask():
        raise InputError("there is no terminal to ask on; nothing was written", hint)


def confirmed(question: str) -> bool:
    """Ask on the terminal until the answer is yes or no; an empty one is no.

    Raises click.Abort when the input ends, KeyboardInterrupt when the question is interrupted.
    """
    for line in lines(f"{question} [y/N]"):
        answer = line.lower()
        if answer in _ANSWERS:
            return _ANSWERS[answer]
        say("Error: answer y or n.")
    raise click.Abort


def lines(question: str) -> Iterator[str]:
    """Ask on the terminal, and yield each line that is typed, until the input ends.

    Raises KeyboardInterrupt when the question is interrupted.
    """
    with interruptible() as heard:
        while True:
            say(f"{question}: ", end="")
            select.select([sys.stdin, heard], [], [])
            line = sys.stdin.readline()
            if not line:
                return
            yield line.strip()


@contextmanager
def interruptible() -> Iterator["socket.socket"]:
    """Let an interrupt raise KeyboardInterrupt; the socket can be read once one has come.

    Python hears a signal that comes just before it begins to read only when reading has ended, so waiting for
    both comes first. The event loop's own handler would note the interrupt and go on asking.
    """
    import socket  # noqa: PLC0415  start-up counts

    heard, hearing = socket.socketpair()
    with heard, hearing:
        hearing.setblocking(False)  # noqa: FBT003  the standard library's
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        woken = signal.set_wakeup_fd(hearing.fileno())
        try:
            yield heard
        finally:
            signal.set_wakeup_fd(woken)
            signal.signal(signal.SIGINT, before)


def _discard(stream: TextIO) -> None:
    """Let a stream that cannot be written lead nowhere, so that Python does not complain at its end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
