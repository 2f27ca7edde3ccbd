"""The file that `--out` names: removed before planning, so that a plan that fails leaves no older one."""

import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from reconciler.cli import runtime
from reconciler.cli.storage import checkout
from reconciler.errors import InputError

# Links that the system makes; through them, a file that a shell has opened would be cut off.
_DESCRIPTOR: Final = re.compile(r"/dev/(stdout|stderr)|(?:/dev|/proc/self)/fd/([0-9]{1,9})")
_STREAMS: Final = {"stdout": 1, "stderr": 2}


class OutFile:
    """A place for a plan, with nothing in it until it is written to; a pipe or device stays as it is."""

    def __init__(self, given: str, config: str | None) -> None:
        """Remove the file that is there. Raises InputError for a link, a folder, and what cannot be removed.

        `config` is what --config says. A link in a checkout is removed as well before it is refused: what it
        leads to may be a plan.
        """
        self._path = Path(given)
        self._descriptor = _descriptor(given)
        self._checkouts = _checkouts(config)
        if self._descriptor is None:
            self._clear()

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
                    os.unlink(name, dir_fd=folder)
                elif stat.S_ISDIR(mode):
                    raise InputError(f"{self._path} cannot be written: it is a folder")
        except FileNotFoundError:
            return
        except OSError as error:
            raise InputError(f"{self._path} cannot be written: {error.strerror}") from error

    def _refuse_link(self, folder: int, name: str) -> None:
        real = checkout.located(self._path, *self._checkouts)
        if any(real.is_relative_to(each) for each in self._checkouts):
            os.unlink(name, dir_fd=folder)
            message = f"{self._path} was a symbolic link, and is removed; nothing was planned"
            raise InputError(
                message, "somebody may have committed it: see what git says of it, and plan again"
            )
        raise InputError(f"{self._path} is a symbolic link", "name what it leads to")


def _descriptor(given: str) -> int | None:
    """Return the descriptor that a path names by the system's own links."""
    named = _DESCRIPTOR.fullmatch(given)
    return None if named is None else _STREAMS[named[1]] if named[1] else int(named[2])


def _checkouts(config: str | None) -> tuple[Path, ...]:
    """Return the checkouts whose links are not followed: around the configuration and the current folder."""
    folders = [Path.cwd()]
    # That there is no configuration is an error later; what was there before has to go all the same.
    with suppress(InputError):
        folders.append(runtime.configuration(config).parent)
    return tuple({checkout.top_level(folder) for folder in folders})
