"""Record a run: its journal, and the actual state of the portal before and after."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.cancellation import Stop
from reconciler.model.journal import Journal, Line, line, opening, read_journal
from reconciler.model.plan import Plan
from reconciler.model.receipt import Entry, Receipt
from reconciler.model.timestamps import stamp
from reconciler.testing.concurrent_editor import ConcurrentEditor
from reconciler.testing.database_state import DatabaseState, database_state
from reconciler.testing.embedded import InProcessPortal
from reconciler.testing.oracle import Record, false_reports, overwritten


class RunRecorder:
    """Record one run as its journal and progress callback, until it has finished or was killed.

    `stop` can stop the run.
    """

    def __init__(self, portal: InProcessPortal, editor: ConcurrentEditor) -> None:
        self.stop = Stop()
        self._portal, self._editor = portal, editor
        self._written = b""
        self._before: DatabaseState | None = None
        self._after: DatabaseState | None = None
        self._edited: Mapping[str, Mapping[str, Any]] = {}

    @property
    def began(self) -> bool:
        """Whether the run has started to write."""
        return self._before is not None

    @property
    def watching(self) -> bool:
        """Whether the run is writing."""
        return self._before is not None and self._after is None

    def open(self, plan: Plan) -> Journal:
        """Open the journal before the first write."""
        self._editor.edited.clear()
        self._before = database_state(self._portal)
        self._written = line(opening(plan, self._now()))
        return self

    async def begin(self, change_ids: Iterable[str]) -> None:
        """Record the start of writes."""
        for each in change_ids:
            self._append(Line(self._now(), begun=each))

    def end(self, entries: Iterable[Entry]) -> None:
        """Record the outcomes of writes."""
        for each in entries:
            self._append(Line(self._now(), ended=each))

    def progress(self, what: str, count: int, total: int | None) -> None:
        """Take the last snapshot when all writes have an outcome."""
        if what == "apply" and count == total:
            self.take_snapshot()

    def take_snapshot(self) -> None:
        """Take a snapshot at the end of the run; later changes are not part of it."""
        if self.watching:
            self._after = database_state(self._portal)
            self._edited = dict(self._editor.edited)

    def verify(self, plan: Plan, receipt: Receipt | None) -> Iterator[str]:
        """Yield false statements of the receipt or, for a killed run, of the journal.

        All delayed requests must have been delivered.
        """
        if self._before is None or self._after is None:
            return
        journaled = read_journal(self._written).entries
        entries = receipt.entries if receipt is not None else journaled
        last = database_state(self._portal)
        # Apply can order the changes differently.
        planned = {change.id: change for change in plan.changes}
        changes = tuple(planned[entry.id] for entry in entries)
        record = Record(changes, entries, self._before, self._after, last, plan.scope, self._edited)
        yield from false_reports(record)
        yield from overwritten(record)
        for noted, entry in zip(journaled, entries, strict=True):
            if (noted.id, noted.outcome) != (entry.id, entry.outcome):
                yield f"{entry.id} is {entry.outcome} in the receipt, but {noted.outcome} in the journal"

    def _append(self, entry: Line) -> None:
        if self.watching:
            self._written += line(entry)

    def _now(self) -> str:
        return stamp(self._portal.clock())
