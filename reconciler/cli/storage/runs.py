"""What is kept of a run beside the configuration: its journal while it writes, its receipt afterwards."""

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

from reconciler.cli import clock, runtime
from reconciler.cli.console import say
from reconciler.cli.git import repository
from reconciler.cli.git.top_level import find_top_level
from reconciler.cli.storage import checkout, journal
from reconciler.cli.storage.journal import FileJournal
from reconciler.cli.storage.user_folders import make_private, state_folder
from reconciler.errors import InputError
from reconciler.model.plan import Plan
from reconciler.model.printable import printable
from reconciler.model.receipt import Receipt
from reconciler.model.timestamps import stamp
from reconciler.render import json_format

FOLDER: Final = ".reconciler"


class Record:
    """The record of one run, in the folder of the configuration, or of receipts in the user's state folder.

    Names of files come from the run, or from the folder that lists them, and never from what a file says.
    """

    def __init__(self, folder: Path) -> None:
        """Raises InputError where a link of the checkout would lead elsewhere what is kept in `folder`."""
        self._folder = folder
        self._top = checkout.top_level(folder)
        self._receipts = folder / FOLDER / "receipts"
        self._journals = folder / FOLDER / "journals"
        self._name = ""
        self._journal: FileJournal | None = None
        for each in (self._receipts, self._journals):
            checkout.require_no_link(each, self._top)

    def begin(self, plan: Plan) -> FileJournal:
        """Open the journal of the run that applies this plan."""
        started = stamp(clock.now())
        self._name = journal.run_name(plan, started)
        self._journal = FileJournal(self._journals / f"{self._name}{journal.SUFFIX}", self._top)
        self._journal.open(plan, started, runtime.applied_by())
        return self._journal

    def keep(self, receipt: Receipt) -> None:
        """Keep the receipt, and say where; what was done is printed even when that fails."""
        place = self._written(self._name, receipt)
        if self._journal is not None:
            self._journal.close(keep=place is None)
            self._journal = None
        if place is not None:
            say(f"Receipt: {printable(str(place))}")

    def abandon(self) -> None:
        """Leave the journal as it is, for whoever asks how far this run came."""
        if self._journal is not None:
            self._journal.close(keep=True)

    def explain_earlier(self) -> None:
        """Make receipts of the journals that killed runs left, and say so; ignore what a commit put there."""
        for path in sorted(self._journals.glob(f"*{journal.SUFFIX}")):
            try:
                self._explain(path)
            except InputError as error:
                say(f"Warning: {printable(str(path))} is ignored: {printable(error.message)}")

    def _explain(self, path: Path) -> None:
        if self._is_tracked(path):
            raise InputError("git tracks it, and no run puts its journal into git")
        receipt = journal.read_left_behind(path, self._top)
        if receipt is None:
            return
        if self._has_receipt(path.stem):
            _remove(path)
            return
        place = self._written(path.stem, receipt)
        if place is not None:
            _remove(path)
            counts = receipt.summary
            say(
                f"An earlier run ended before it wrote its receipt: {counts.applied:,} applied, "
                f"{counts.failed:,} failed, {counts.unknown:,} unknown, {counts.skipped:,} not begun."
            )
            say(f"Its receipt: {printable(str(place))}")

    def _has_receipt(self, name: str) -> bool:
        """Whether the run wrote its receipt, and could not remove its journal."""
        return any(_is_own_file(path) and not self._is_tracked(path) for path in self._places(name))

    def _written(self, name: str, receipt: Receipt) -> Path | None:
        """Return where a receipt is written, None where it cannot be."""
        content = json_format.receipt(receipt).encode()
        for path in self._places(name):
            try:
                if path.parent == self._receipts:
                    checkout.write(path, content, self._top)
                else:
                    make_private(path.parent)
                    checkout.write(path, content)
            except InputError as error:
                say(f"Warning: the receipt is not kept: {printable(error.message)}")
            else:
                return path
        return None

    def _places(self, name: str) -> list[Path]:
        """Return where a receipt may be: beside the configuration, else in a folder of the user's own."""
        state = state_folder()
        folders = [self._receipts] if state is None else [self._receipts, state / "receipts"]
        return [folder / f"{name}.json" for folder in folders]

    def _is_tracked(self, path: Path) -> bool:
        """Whether git tracks a file, or a folder that it is in, as a submodule is. Raises InputError."""
        return not self._tracked.isdisjoint((path, *path.parents))

    @cached_property
    def _tracked(self) -> frozenset[Path]:
        """What git tracks of what is kept. Raises InputError where git does not say."""
        if find_top_level(self._folder) is None:
            return frozenset()
        return frozenset(self._folder / each for each in repository.opened(self._folder).tracked(FOLDER))


def _is_own_file(path: Path) -> bool:
    try:
        checkout.require_own_file(path.lstat())
    except (OSError, InputError):
        return False
    return True


def _remove(path: Path) -> None:
    """Remove a journal; one that stays is known to be done by its receipt."""
    with suppress(OSError):
        path.unlink()
