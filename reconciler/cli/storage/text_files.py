"""Text files of a repository, read and written unchanged, with the permissions of files beside them."""

from pathlib import Path

from reconciler.cli.storage import checkout
from reconciler.errors import InputError


def read(path: Path, missing: str | None = None) -> str:
    """Return a file's text, every line break as it is; `missing` where there is none. Raises InputError."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8", "save it as UTF-8") from error
    except OSError as error:
        if missing is not None and isinstance(error, FileNotFoundError):
            return missing
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def write(path: Path, text: str, top: Path) -> None:
    """Write a file, whose mode stays as it is or becomes the usual one. Raises InputError.

    `top` is the top level of the checkout that it is in, where no link is followed.
    """
    checkout.write(path, text.encode(), top, private=False)
