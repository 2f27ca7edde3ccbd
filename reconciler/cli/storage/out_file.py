"""The file of `--out`: removed before planning, so that a failed plan leaves no older one behind."""

import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from reconciler.cli.storage import checkout
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.cli.storage.result_files import format_of
from reconciler.errors import InputError

# Links of the system; a file that a shell has opened through them must not be truncated.
_DESCRIPTOR: Final = re.compile(r"/dev/(stdout|stderr)|(?:/dev|/proc/self)/fd/([0-9]{1,9})")
_STREAMS: Final = {"stdout": 1, "stderr": 2}


class OutFile:
    """A file for a plan, absent until it is written; a pipe or device stays as it is."""

    _what = "a plan"

    def __init__(self, given: str, config: str | None) -> None:
        """Remove an older plan. Raises InputError for any other file, a link, and what cannot be written.

        `config` is the value of --config. A link in a checkout is also removed before it is refused: it could
        lead to a plan.
        """
        if not given:
            raise InputError("--out: the name of the file is empty", "name the file to write")
        self._path = Path(given)
        self._descriptor = _descriptor(given)
        self._checkouts = _checkouts(config)
        if self._descriptor is None:
            self._clear()

    def __str__(self) -> str:
        return str(self._path)

    def write(self, content: bytes) -> None:
        """Write the file whole or not at all. Raises InputError."""
        if self._descriptor is None:
            checkout.write(self._path, content, *self._checkouts)
            return
        try:
            with os.fdopen(os.dup(self._descriptor), "wb") as stream:
                stream.write(content)
        except OSError as error:
            raise InputError(f"{self._path} cannot be written: {error.strerror}") from error

    def _clear(self) -> None:
        try:
            with checkout.opened(self._path, *self._checkouts, make=False) as (folder, name):
                mode = checkout.mode_of(folder, name)
                if stat.S_ISLNK(mode):
                    self._refuse_link(folder, name)
                elif stat.S_ISREG(mode):
                    self._require_replaceable(folder, name)
                    os.unlink(name, dir_fd=folder)
                elif stat.S_ISDIR(mode):
                    raise InputError(f"{self._path} cannot be written: it is a folder")
        except FileNotFoundError:
            return
        except OSError as error:
            raise InputError(f"{self._path} cannot be written: {error.strerror}") from error

    def _require_replaceable(self, folder: int, name: str) -> None:
        """Raise InputError for a file that is not an older result: a slip must not delete a source."""
        with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), "rb") as file:
            content = file.read()
        if content and not self._is_older(content):
            message = f"{self._path} exists, and is not {self._what}, so it is not replaced"
            raise InputError(message, "give another file, or delete this one first")

    def _is_older(self, content: bytes) -> bool:
        """Whether `apply` could take a file for a plan."""
        return format_of(content).startswith("reconciler-plan/")

    def _refuse_link(self, folder: int, name: str) -> None:
        real = checkout.located(self._path, *self._checkouts)
        if any(real.is_relative_to(each) for each in self._checkouts):
            os.unlink(name, dir_fd=folder)
            message = f"{self._path} was a symbolic link and has been removed; nothing was planned"
            raise InputError(message, "a branch could have committed it: check with git, and plan again")
        raise InputError(f"{self._path} is a symbolic link", "give the path of its target")


class PartFile(OutFile):
    """A file for one part of a plan in Markdown."""

    _what = "a part of a plan"

    def _is_older(self, content: bytes) -> bool:
        return content.startswith(b"#")


class ApprovalsFile(OutFile):
    """A file with the approvals of plans."""

    _what = "a file of approvals"

    def _is_older(self, content: bytes) -> bool:
        return format_of(content).startswith("reconciler-approvals/")


def _descriptor(given: str) -> int | None:
    """Return the file descriptor that a path of the system refers to."""
    named = _DESCRIPTOR.fullmatch(given)
    return None if named is None else _STREAMS[named[1]] if named[1] else int(named[2])


def _checkouts(config: str | None) -> tuple[Path, ...]:
    """Return the checkouts in which no links are followed: of the configuration and the current folder."""
    folders = [Path.cwd()]
    # A missing configuration is an error later; the older file must be removed all the same.
    with suppress(InputError):
        folders.append(find_configuration(config).parent)
    return tuple({checkout.top_level(folder) for folder in folders})
