"""What the user lets configurations use, remembered in a file as ssh remembers hosts."""

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
_HINT: Final = "correct it, or remove it and be asked again"


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
    """Return what is trusted. Raises InputError where the file cannot be relied on."""
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
        raise InputError(f"{path} cannot be understood: {error}", _HINT) from error
    if found.format.partition(".")[0] != _MAJOR:
        raise InputError(f"{path} has the format {found.format!r}, and not {FORMAT}", _HINT)
    return found


def write(trusted: Trusted) -> None:
    """Remember what is trusted. Raises InputError where that cannot be written."""
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
    """Raise InputError where another user may have written the file."""
    if held.st_uid not in {0, os.geteuid()} or held.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise InputError(f"{path} can be written by others", f"chmod 600 {path}, if what it says is right")
