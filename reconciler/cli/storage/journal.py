"""The journal on disk: a write is written down before it is sent, so that a killed run can be explained."""

import asyncio
import fcntl
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final

from reconciler.cli import clock
from reconciler.cli.console import log
from reconciler.cli.storage import checkout
from reconciler.errors import InputError
from reconciler.model.approval import OwnerApproval
from reconciler.model.journal import Line, line, opening, read_journal
from reconciler.model.plan import Plan
from reconciler.model.printable import printable
from reconciler.model.receipt import Entry, Receipt
from reconciler.model.timestamps import stamp

SUFFIX: Final = ".jsonl"
_DIGEST: Final = 12
_NAME: Final = re.compile(
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{6}}Z-[0-9a-f]{{{_DIGEST}}}{re.escape(SUFFIX)}"
)
# A pipe in a journal's place is not waited for.
_READ: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


def run_name(plan: Plan, started: str) -> str:
    """Return what the files of a run are called, without an ending."""
    return f"{started.replace(':', '')}-{plan.digest.removeprefix('sha256:')[:_DIGEST]}"


class FileJournal:
    """An append-only file that its writer locks while it lives; that it cannot be written is said once.

    Writes that begin during a wait for the disk share the next one. A file that could not be written to its
    end breaks off in its last line, so that nobody takes what is missing for what was not done.
    """

    def __init__(self, path: Path, *checkouts: Path) -> None:
        """Write to `path`, following no link in `checkouts`."""
        self.path = path
        self._checkouts = checkouts
        self._file: FileIO | None = None
        self._failed = False
        self._size = 0
        self._beginning: list[str] = []
        self._next_sync: asyncio.Task[None] | None = None
        self._disk = asyncio.Lock()

    def open(
        self, plan: Plan, started: str, applied_by: str = "", approvals: tuple[OwnerApproval, ...] = ()
    ) -> None:
        """Make the file and write the first line."""
        try:
            with checkout.opened(self.path, *self._checkouts) as (folder, name):
                self._file = FileIO(os.open(name, _NEW, 0o600, dir_fd=folder), "ab")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (OSError, InputError) as error:
            self._give_up(error)
        self._append(line(opening(plan, started, applied_by, approvals)))

    async def begin(self, change_ids: Iterable[str]) -> None:
        """Write down that writes begin; when this returns, it outlives the process and the machine."""
        self._beginning += change_ids
        if self._next_sync is None:
            self._next_sync = asyncio.create_task(self._sync())
        # A cancelled write must not take the others with it.
        await asyncio.shield(self._next_sync)

    def end(self, entries: Iterable[Entry]) -> None:
        """Write down what became of writes; the next beginning takes it to the disk."""
        at = stamp(clock.now())
        self._append(*(line(Line(at, ended=each)) for each in entries))

    def close(self, *, keep: bool) -> None:
        """Close the file; it goes once a receipt says the same."""
        if self._file is None:
            return
        if not keep:
            with suppress(OSError):
                self.path.unlink()
        self._file.close()
        self._file = None

    def _append(self, *lines: bytes) -> None:
        if self._file is None or self._failed:
            return
        content = b"".join(lines)
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._give_up(error)
        else:
            self._size += len(content)

    async def _sync(self) -> None:
        """Write what begins, and wait for the disk in another thread, so that answers are read meanwhile."""
        async with self._disk:
            begun, self._beginning, self._next_sync = self._beginning, [], None
            at = stamp(clock.now())
            self._append(*(line(Line(at, begun=each)) for each in begun))
            if self._file is None or self._failed:
                return
            try:
                await asyncio.to_thread(os.fsync, self._file.fileno())
            except OSError as error:
                self._give_up(error)

    def _give_up(self, error: OSError | InputError) -> None:
        """Write no more. The file stays open: its lock says that the run lives."""
        if self._failed:
            return
        self._failed = True
        why = error.message if isinstance(error, InputError) else error.strerror
        log(
            f"Warning: the journal could not be written to {printable(str(self.path))}: {printable(str(why))}"
        )
        if self._file is None:
            return
        with suppress(OSError):
            if self._size:
                # Without its line break, the last line that was written whole is cut off, and can be read.
                os.ftruncate(self._file.fileno(), self._size - 1)
            else:
                self.path.unlink()


def read_left_behind(path: Path, *checkouts: Path) -> Receipt | None:
    """Return what the journal of a run says that ended before it wrote a receipt; None while the run lives.

    Raises InputError for a name that no run uses, and for a file that is not a journal or cannot be read.
    """
    if not _NAME.fullmatch(path.name):
        raise InputError("its name is not that of a journal")
    try:
        with checkout.opened(path, *checkouts, make=False) as (folder, name):
            descriptor = os.open(name, _READ, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as file:
            checkout.require_own_file(os.fstat(descriptor))
            # Its writer holds the lock while it lives.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return read_journal(file.read())
    except BlockingIOError:
        return None
    except OSError as error:
        raise InputError(str(error.strerror)) from error
