"""Print results to stdout and messages to stderr; a closed pipe is not an error.

Control characters in lines are escaped here, so that untrusted text cannot control a terminal or a CI runner.
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
    """Let stdout and stderr escape characters that their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_result(text: str) -> None:
    """Print a result for people, with one line break at its end; only our own colors are kept.

    Raises InputError on a full disk.
    """
    if "\x1b" in text:
        from reconciler.render.text.style import escaped  # noqa: PLC0415  start-up counts

        print_document(escaped(text))
    else:
        print_document(printable(text, keep=_LINE_BREAK))


def print_document(rendered: str) -> None:
    """Print a document in a format that has its own escapes, such as JSON or HTML. Raises InputError."""
    try:
        click.echo(rendered, nl=not rendered.endswith("\n"), color=True)
    except BrokenPipeError:
        # The reader has seen enough; the command continues and ends with its own exit code.
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        raise InputError(f"the output cannot be written: {error.strerror}") from error


def log(line: str, *, end: str = "\n") -> None:
    """Print a message of one line to stderr; where stderr is closed, nothing happens."""
    _log(f"{printable(line)}{end}")


def log_lines(text: str, *, end: str = "\n") -> None:
    """Print a message of several lines to stderr."""
    _log(f"{printable(text, keep=_LINE_BREAK)}{end}")


def log_rendered(text: str) -> None:
    """Print a rendered text to stderr; only our own colors are kept."""
    from reconciler.render.text.style import escaped  # noqa: PLC0415  start-up counts

    _log(escaped(text))


def overwrite_line(line: str) -> None:
    """Replace the last line on the terminal, and leave the cursor in it."""
    _log(f"\r\x1b[K{printable(line)}")


class MessageStream(io.StringIO):
    """A file that prints its text as `log_lines` does."""

    def write(self, text: str) -> int:
        """Print a text; click indents lists with tabs, which would be escaped."""
        log_lines(text.replace("\t", "  "), end="")
        return len(text)


def _log(text: str) -> None:
    try:
        click.echo(text, nl=False, err=True)
    except OSError:
        _discard(sys.stderr)


def set_plain(context: click.Context, _option: click.Parameter, plain: bool) -> None:  # noqa: FBT001  click's
    """Turn colors off; a callback for click."""
    context.meta[_PLAIN] = plain


def colored(stream: TextIO | None = None) -> bool:
    """Whether results are colored; with a stream, whether a text on it is."""
    context = click.get_current_context(silent=True)
    plain = bool(context and context.meta.get(_PLAIN)) or bool(os.environ.get("NO_COLOR"))
    return not plain and is_terminal(stream or sys.stdout)


def print_wrapped(text: str) -> None:
    """Print a result for people; on a terminal, long lines are wrapped between words."""
    if is_terminal(sys.stdout):
        from reconciler.render.text.line_wrap import wrapped  # noqa: PLC0415  start-up counts

        text = wrapped(text, max(60, os.get_terminal_size(sys.stdout.fileno()).columns))
    print_result(text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a closed one is None."""
    return stream is not None and stream.isatty()


def is_interactive() -> bool:
    """Whether there is a terminal to ask questions on."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def require_terminal(hint: str) -> None:
    """Raise InputError where there is no terminal to ask questions on."""
    if not is_interactive():
        raise InputError("there is no terminal to ask on; nothing was written", hint)


def confirm(question: str) -> bool:
    """Ask on the terminal until the answer is valid; an empty answer means no.

    Raises click.Abort when the input ends, KeyboardInterrupt when the question is interrupted.
    """
    for line in ask_lines(f"{question} [y/N]"):
        answer = line.lower()
        if answer in _ANSWERS:
            return _ANSWERS[answer]
        log("Error: answer y or n.")
    raise click.Abort


def ask_lines(question: str) -> Iterator[str]:
    """Ask on the terminal, and yield each line of input until its end.

    Raises KeyboardInterrupt when the question is interrupted.
    """
    with interruptible() as interrupted:
        while True:
            log(f"{question}: ", end="")
            select.select([sys.stdin, interrupted], [], [])
            line = sys.stdin.readline()
            if not line:
                return
            yield line.strip()


@contextmanager
def interruptible() -> Iterator["socket.socket"]:
    """Let an interrupt raise KeyboardInterrupt; the socket becomes readable with the first one.

    Python handles a signal that arrives just before a read only after the read, so callers wait for both. The
    event loop's own handler would note the interrupt and let the question go on.
    """
    import socket  # noqa: PLC0415  start-up counts

    interrupted, wakeup = socket.socketpair()
    with interrupted, wakeup:
        wakeup.setblocking(False)  # noqa: FBT003  the standard library's
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        previous = signal.set_wakeup_fd(wakeup.fileno())
        try:
            yield interrupted
        finally:
            signal.set_wakeup_fd(previous)
            signal.signal(signal.SIGINT, before)


def _discard(stream: TextIO) -> None:
    """Redirect a stream that cannot be written to the null device, so that Python does not fail at exit."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
