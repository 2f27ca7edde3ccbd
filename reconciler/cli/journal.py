"""The journal on disk: a write is written down before it is sent, so that a killed run can be explained."""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Final

from reconciler.cli import edge
from reconciler.cli.streams import say
from reconciler.errors import InputError
from reconciler.model.journal import Line, line, opening, read_journal
from reconciler.model.moment import stamp
from reconciler.model.plan import Plan
from reconciler.model.receipt import Entry, Receipt
from reconciler.model.visible import visible

SUFFIX: Final = ".jsonl"


class FileJournal:
    """An append-only file that its writer locks while it lives; that it cannot be written is said once.

    Writes that begin together share one wait for the disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: FileIO | None = None
        self._written = self._synced = 0
        self._syncing: asyncio.Future[None] | None = None

    def open(self, plan: Plan, started: str) -> None:
        """Make the file and write the first line."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = FileIO(os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "ab")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._give_up(error)
        self._append(line(opening(plan, started)))

    async def begin(self, change_id: str) -> None:
        """Write down that a write begins; when this returns, it outlives the process and the machine."""
        self._append(line(Line(stamp(edge.now()), begun=change_id)))
        number = self._written
        while self._file is not None and self._synced < number:
            if self._syncing is None:
                self._syncing = asyncio.ensure_future(self._sync_beside())
            await self._syncing

    def end(self, entry: Entry) -> None:
        """Write down what became of it; the next beginning takes it to the disk."""
        self._append(line(Line(stamp(edge.now()), ended=entry)))

    def close(self, *, keep: bool) -> None:
        """Close the file; it goes once a receipt says the same."""
        if self._file is None:
            return
        if not keep:
            with suppress(OSError):
                self.path.unlink()
        self._file.close()
        self._file = None

    def _append(self, content: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(content)
        except OSError as error:
            self._give_up(error)
        self._written += 1

    async def _sync_beside(self) -> None:
        """Wait for the disk in another thread, so that answers can be read meanwhile."""
        number, file = self._written, self._file
        try:
            if file is not None:
                await asyncio.to_thread(os.fsync, file.fileno())
        except OSError as error:
            self._give_up(error)
        finally:
            self._synced, self._syncing = number, None

    def _give_up(self, error: OSError) -> None:
        say(f"Warning: no journal is kept in {visible(str(self.path))}: {error.strerror}")
        if self._file is not None:
            self._file.close()
        self._file = None


def left_behind(folder: Path) -> Iterator[tuple[Path, Receipt]]:
    """Yield the journals of runs that were ended before they wrote a receipt, each with what it tells."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with suppress(OSError, InputError), path.open("rb") as file:
            # Its writer holds the lock while it lives.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield path, read_journal(file.read())
