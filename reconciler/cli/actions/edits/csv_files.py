"""Read CSV files and stdin, up to a limit."""

import sys
from pathlib import Path
from typing import Final

from reconciler.edit import People, read_people
from reconciler.errors import InputError
from reconciler.model.printable import printable

MAX_BYTES: Final = 50_000_000


def read_csv(path: str) -> People:
    """Return the people in a CSV file; - is stdin. Raises InputError where it cannot be read."""
    name = shown_name(path)
    try:
        text = read_input(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8", 'save it as "CSV UTF-8"') from error
    return read_people(name, text)


def shown_name(path: str) -> str:
    """Return the name of an input in messages."""
    return "stdin" if path == "-" else printable(path)


def read_input(path: str, most: int) -> bytes:
    """Return the content of a file, or of stdin for -, of at most so many bytes. Raises InputError."""
    name = shown_name(path)
    try:
        if path == "-":
            content = sys.stdin.buffer.read(most + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(most + 1)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from error
    if len(content) > most:
        raise InputError(f"{name} has more than {most // 1_000_000} MB", "split it into several files")
    return content
