"""The record of a run beside the configuration: a journal while it writes, a receipt afterwards."""

from contextlib import suppress
from functools import cached_property
from pathlib import Path

from reconciler.cli import clock, runtime
from reconciler.cli.console import log
from reconciler.cli.git import repository
from reconciler.cli.git.top_level import find_top_level
from reconciler.cli.storage import checkout, journal
from reconciler.cli.storage.journal import FileJournal
from reconciler.cli.storage.user_folders import make_private, state_folder
from reconciler.errors import InputError
from reconciler.model.approval import OwnerApproval
from reconciler.model.file_names import STATE_FOLDER
from reconciler.model.plan import Plan
from reconciler.model.printable import printable
from reconciler.model.receipt import Receipt
from reconciler.model.timestamps import stamp
from reconciler.render import json_format


class RunRecord:
    """The record of one run, in the folder of the configuration; receipts also in the user's state folder.

    Names of files come from the run or from a listing of the folder, never from the content of a file.
    """

    def __init__(self, folder: Path) -> None:
        """Raises InputError where a link in the checkout would redirect the files."""
        self._folder = folder
        self._top = checkout.top_level(folder)
        self._receipts = folder / STATE_FOLDER / "receipts"
        self._journals = folder / STATE_FOLDER / "journals"
        self._name = ""
        self._journal: FileJournal | None = None
        for each in (self._receipts, self._journals):
            checkout.require_no_link(each, self._top)

    def begin(self, plan: Plan, approvals: tuple[OwnerApproval, ...] = ()) -> FileJournal:
        """Open the journal of the run that applies this plan, which these owners approved."""
        started = stamp(clock.now())
        self._name = journal.run_name(plan, started)
        self._journal = FileJournal(self._journals / f"{self._name}{journal.SUFFIX}", self._top)
        self._journal.open(plan, started, runtime.applied_by(), approvals)
        return self._journal

    def save(self, receipt: Receipt) -> None:
        """Write the receipt and print its path; a failure is a warning: the result is printed anyway."""
        place = self._written(self._name, receipt)
        if self._journal is not None:
            self._journal.close(keep=place is None)
            self._journal = None
        if place is not None:
            log(f"Receipt: {printable(str(place))}")

    def abandon(self) -> None:
        """Keep the journal, which shows how far this run got."""
        if self._journal is not None:
            self._journal.close(keep=True)

    def recover_earlier(self) -> None:
        """Turn the journals of killed runs into receipts; ignore journals that were committed."""
        for path in sorted(self._journals.glob(f"*{journal.SUFFIX}")):
            try:
                self._recover(path)
            except InputError as error:
                log(f"Warning: {printable(str(path))} is ignored: {printable(error.message)}")

    def _recover(self, path: Path) -> None:
        if self._is_tracked(path):
            raise InputError("git tracks it, and journals of runs are never in git")
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
            log(
                f"An earlier run ended without a receipt: {counts.applied:,} applied, "
                f"{counts.failed:,} failed, {counts.unknown:,} unknown, {counts.skipped:,} not started."
            )
            log(f"Its receipt: {printable(str(place))}")

    def _has_receipt(self, name: str) -> bool:
        """Whether the run wrote its receipt, but could not remove its journal."""
        return any(_is_own_file(path) and not self._is_tracked(path) for path in self._places(name))

    def _written(self, name: str, receipt: Receipt) -> Path | None:
        """Write a receipt and return its path; None where that fails."""
        content = json_format.receipt(receipt).encode()
        for path in self._places(name):
            try:
                if path.parent == self._receipts:
                    checkout.write(path, content, self._top)
                else:
                    make_private(path.parent)
                    checkout.write(path, content)
            except InputError as error:
                log(f"Warning: the receipt could not be written: {printable(error.message)}")
            else:
                return path
        return None

    def _places(self, name: str) -> list[Path]:
        """Return the paths for a receipt: beside the configuration, else in the user's state folder."""
        state = state_folder()
        folders = [self._receipts] if state is None else [self._receipts, state / "receipts"]
        return [folder / f"{name}.json" for folder in folders]

    def _is_tracked(self, path: Path) -> bool:
        """Whether git tracks a file, or a folder around it, such as a submodule. Raises InputError."""
        return not self._tracked.isdisjoint((path, *path.parents))

    @cached_property
    def _tracked(self) -> frozenset[Path]:
        """The tracked paths in the folder of records. Raises InputError where git fails."""
        if find_top_level(self._folder) is None:
            return frozenset()
        return frozenset(
            self._folder / each for each in repository.opened(self._folder).tracked(STATE_FOLDER)
        )


def _is_own_file(path: Path) -> bool:
    try:
        checkout.require_own_file(path.lstat())
    except (OSError, InputError):
        return False
    return True


def _remove(path: Path) -> None:
    """Remove a journal; if that fails, its receipt shows that it is done."""
    with suppress(OSError):
        path.unlink()
