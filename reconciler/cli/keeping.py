"""What is kept of a run beside the configuration: its journal while it writes, its receipt afterwards."""

import tempfile
from pathlib import Path
from typing import Final

from reconciler.cli import edge, journal
from reconciler.cli.journal import FileJournal
from reconciler.cli.streams import say
from reconciler.errors import ReconcilerError
from reconciler.model.moment import stamp
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt
from reconciler.model.visible import visible
from reconciler.render import machine

_DIGEST: Final = 12


class Record:
    """The record of one run, in the folder that the configuration stands in."""

    def __init__(self, folder: Path) -> None:
        self._receipts = folder / ".reconciler" / "receipts"
        self._journals = folder / ".reconciler" / "journals"
        self._journal: FileJournal | None = None

    def begin(self, plan: Plan) -> FileJournal:
        """Open the journal of the run that applies this plan."""
        started = stamp(edge.now())
        name = f"{_stem(started, plan.digest)}{journal.SUFFIX}"
        self._journal = FileJournal(self._journals / name)
        self._journal.open(plan, started)
        return self._journal

    def keep(self, receipt: Receipt) -> None:
        """Keep the receipt, and say where; what was done is printed even when that fails."""
        place = self._written(receipt)
        if self._journal is not None:
            self._journal.close(keep=place is None)
            self._journal = None
        if place is not None:
            say(f"Receipt: {visible(str(place))}")

    def abandon(self) -> None:
        """Leave the journal as it is, for whoever asks how far this run came."""
        if self._journal is not None:
            self._journal.close(keep=True)

    def explain_earlier(self) -> None:
        """Make receipts of the journals that killed runs left, and say so."""
        for path, receipt in journal.left_behind(self._journals):
            place = self._written(receipt)
            if place is not None:
                path.unlink(missing_ok=True)
                counts = receipt.summary
                say(
                    f"An earlier run was ended while it wrote: {counts.applied:,} applied, "
                    f"{counts.failed:,} failed, {counts.unknown:,} unknown, {counts.skipped:,} not begun."
                )
                say(f"Its receipt: {visible(str(place))}")

    def _written(self, receipt: Receipt) -> Path | None:
        name = f"{_stem(receipt.started, receipt.plan)}.json"
        content = machine.receipt(receipt).encode()
        for folder in (self._receipts, Path(tempfile.gettempdir()) / "reconciler-receipts"):
            try:
                edge.write(folder / name, content)
            except ReconcilerError as error:
                say(f"Warning: the receipt is not kept: {visible(error.message)}")
            else:
                return folder / name
        return None


def _stem(started: str, digest: str) -> str:
    return f"{started.replace(':', '')}-{digest.removeprefix('sha256:')[:_DIGEST]}"
