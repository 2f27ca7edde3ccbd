"""Messages on stderr as text or as JSON Lines, and the log of HTTP requests."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO

from reconciler.cli import clock
from reconciler.cli.console import log
from reconciler.model.printable import disarmed
from reconciler.model.timestamps import stamp

REQUESTS: Final = ("reconciler.http.client", "reconciler.http.probe")
_LEVELS: Final = {"Error": "error", "Warning": "warning"}
_REQUEST: Final = ("method", "path", "status", "milliseconds")


class JsonLines(io.TextIOBase):
    """A stream that writes each message as a line of JSON with time, level and text."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write one message."""
        message = text.strip("\n")
        if message:
            self.log(message)
        return len(text)

    def log(self, message: str, **more: Any) -> None:
        """Write one message with more fields."""
        level = _LEVELS.get(message.partition(":")[0], "info")
        line = {"time": stamp(clock.now()), "level": level, "message": message, **more}
        self._stream.write(f"{disarmed(json.dumps(line))}\n")

    def flush(self) -> None:
        """Flush the underlying stream."""
        self._stream.flush()


def log_as_json() -> None:
    """Write messages to stderr as JSON from now on."""
    if sys.stderr is not None and not isinstance(sys.stderr, JsonLines):
        sys.stderr = JsonLines(sys.stderr)


@contextmanager
def log_requests_to(handler: logging.Handler) -> Iterator[None]:
    """Give each request to a portal or a forge to a handler."""
    loggers = [logging.getLogger(name) for name in REQUESTS]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate


class RequestLog(logging.Handler):
    """Logs each request to stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one request."""
        message = record.getMessage()
        if isinstance(sys.stderr, JsonLines) and isinstance(record.args, tuple):
            sys.stderr.log(message, **dict(zip(_REQUEST, record.args, strict=False)))
        else:
            log(message)
