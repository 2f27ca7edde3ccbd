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
    name = "stdin" if path == "-" else printable(path)
    try:
        if path == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8", 'save it as "CSV UTF-8"') from error
    if len(content) > MAX_BYTES:
        raise InputError(f"{name} has more than {MAX_BYTES // 1_000_000} MB", "split it into several files")
    return read_people(name, text)
