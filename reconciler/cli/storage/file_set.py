"""Write several files of a checkout: all of them, or none if one cannot be written."""

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from reconciler.cli.storage import checkout
from reconciler.errors import InputError

_USUAL_MODE: Final = 0o666


class FileWrite(msgspec.Struct, frozen=True):
    """A file, its content as it was read, and the new one; None where there is or will be no file."""

    path: Path
    before: bytes | None
    after: bytes | None


def write_all(files: Sequence[FileWrite], top: Path) -> None:
    """Write, create and remove files; if one of them fails, all of them stay as they were.

    `top` is the top level of the checkout, where no link is followed. Changed files keep their mode. Raises
    InputError, also for a file that another program has changed since it was read.
    """
    steps = [_Step(file, top) for file in files]
    try:
        for step in steps:
            step.attempt(step.prepare)
        for step in steps:
            step.attempt(step.require_unchanged)
        _commit(steps)
    finally:
        for step in steps:
            step.clean()


def _commit(steps: Sequence["_Step"]) -> None:
    done: list[_Step] = []
    try:
        for step in steps:
            done.append(step)
            step.attempt(step.commit)
    except BaseException as error:
        lost = [message for step in done if (message := step.restored())]
        if lost:
            raise InputError("\n".join([str(error), *lost])) from error
        raise


class _Step:
    """One file: what is prepared beside it, and whether it is changed already."""

    def __init__(self, file: FileWrite, top: Path) -> None:
        self._file = file
        self._top = top
        self._new = self._old = ""

    def attempt(self, action: Callable[[int, str], None]) -> None:
        """Do something in the folder of the file. Raises InputError."""
        path = self._file.path
        try:
            with checkout.opened(path, self._top) as (folder, name):
                action(folder, name)
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}") from error

    def prepare(self, folder: int, name: str) -> None:
        """Write the old and the new content of an existing file beside it."""
        if self._file.before is None:
            return
        mode = checkout.mode_of(folder, name)
        # Only this process needs it.
        self._old = self._beside(folder, self._file.before, mode, synced=False)
        if self._file.after is not None:
            self._new = self._beside(folder, self._file.after, mode)

    def require_unchanged(self, folder: int, name: str) -> None:
        """Raise InputError unless the file has the content that was read."""
        if _content(folder, name) != self._file.before:
            message = f"{self._file.path} was changed by another program just now"
            raise InputError(message, "run this again")

    def commit(self, folder: int, name: str) -> None:
        """Replace, create or remove the file."""
        if self._new:
            os.replace(self._new, name, src_dir_fd=folder, dst_dir_fd=folder)
            self._new = ""
        elif self._file.after is not None:
            checkout.create_in(folder, name, self._file.after, _USUAL_MODE)
        else:
            os.unlink(name, dir_fd=folder)

    def restored(self) -> str:
        """Restore the file as it was, if it is changed; return a message where that fails."""
        try:
            self.attempt(self._undo)
        except InputError as error:
            kept = f": its old content is in {self._file.path.with_name(self._old)}" if self._old else ""
            self._old = ""
            return f"{error.message}, so it was not restored{kept}"
        return ""

    def clean(self) -> None:
        """Remove what is left beside the file."""
        for name in filter(None, (self._new, self._old)):
            with suppress(OSError, InputError), checkout.opened(self._file.path, self._top) as (folder, _):
                os.unlink(name, dir_fd=folder)

    def _undo(self, folder: int, name: str) -> None:
        # An interrupt can come right after a change, so the file itself is the only proof of it.
        if _content(folder, name) != self._file.after:
            return
        if self._old:
            os.replace(self._old, name, src_dir_fd=folder, dst_dir_fd=folder)
            self._old = ""
        else:
            os.unlink(name, dir_fd=folder)

    def _beside(self, folder: int, content: bytes, mode: int, *, synced: bool = True) -> str:
        name = checkout.temporary_name()
        checkout.create_in(folder, name, content, _USUAL_MODE, mode, synced=synced)
        return name


def _content(folder: int, name: str) -> bytes | None:
    """Return the content of a file; None where there is none. Raises OSError for anything else."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is not a file")
        return file.read()
