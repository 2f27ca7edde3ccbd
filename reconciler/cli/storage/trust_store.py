"""The addresses and databases that the user trusts, saved in a file as ssh saves known hosts."""

import os
import stat
from pathlib import Path
from typing import Final

import msgspec

from reconciler.cli.storage import checkout
from reconciler.cli.storage.user_folders import make_private, settings_folder
from reconciler.errors import InputError
from reconciler.model.json_input import decode_file

FORMAT: Final = "reconciler-trusted/1.0"
_MAJOR: Final = FORMAT.partition(".")[0]
_HINT: Final = "correct or remove it; then you are asked again"


class TrustedToken(msgspec.Struct, frozen=True):
    """A variable whose token may be sent to an address."""

    address: str
    variable: str


class Trusted(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is trusted: tokens by address and variable, and databases outside of repositories."""

    format: str = FORMAT
    tokens: tuple[TrustedToken, ...] = ()
    databases: tuple[str, ...] = ()


def read() -> Trusted:
    """Return what is trusted. Raises InputError where the file is not valid or not safe."""
    path = _path()
    if path is None:
        return Trusted()
    try:
        with path.open("rb") as file:
            _require_own(path, os.fstat(file.fileno()))
            found = decode_file(file.read(), msgspec.json.Decoder(Trusted))
    except (FileNotFoundError, NotADirectoryError):
        return Trusted()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise InputError(f"{path} is not valid: {error}", _HINT) from error
    if found.format.partition(".")[0] != _MAJOR:
        raise InputError(f"{path} has the format {found.format!r} instead of {FORMAT}", _HINT)
    return found


def write(trusted: Trusted) -> None:
    """Save what is trusted. Raises InputError where the file cannot be written."""
    path = _path()
    if path is None:
        raise InputError("there is no home folder")
    make_private(path.parent)
    content = msgspec.json.format(msgspec.json.encode(trusted)) + b"\n"
    checkout.write(path.resolve(), content)


def _path() -> Path | None:
    folder = settings_folder()
    return folder / "trusted.json" if folder else None


def _require_own(path: Path, held: os.stat_result) -> None:
    """Raise InputError where another user could have written the file."""
    if held.st_uid not in {0, os.geteuid()} or held.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise InputError(f"{path} can be written by others", f"check its content, then run: chmod 600 {path}")
