"""Somebody who watches a run: what it writes down, and what the portal really holds before and after."""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.cancellation import Stop
from reconciler.model.journal import Journal, Line, line, opening, read_journal
from reconciler.model.plan import Plan
from reconciler.model.receipt import Entry, Receipt
from reconciler.model.timestamps import stamp
from reconciler.testing.concurrent_editor import Somebody
from reconciler.testing.embedded import EmbeddedHere
from reconciler.testing.oracle import Record, lies, overwritten
from reconciler.testing.snapshot import Snapshot, snapshot


class Witness:
    """Watches one run, as its journal and its progress, until all is written or it is killed.

    It can be asked to `stop`.
    """

    def __init__(self, portal: EmbeddedHere, somebody: Somebody) -> None:
        self.stop = Stop()
        self._portal, self._somebody = portal, somebody
        self._written = b""
        self._before: Snapshot | None = None
        self._after: Snapshot | None = None
        self._edited: Mapping[str, Mapping[str, Any]] = {}

    @property
    def began(self) -> bool:
        """Whether the run has begun to write."""
        return self._before is not None

    @property
    def watching(self) -> bool:
        """Whether the run is writing now."""
        return self._before is not None and self._after is None

    def open(self, plan: Plan) -> Journal:
        """Open the journal, just before the first write."""
        self._somebody.edited.clear()
        self._before = snapshot(self._portal)
        self._written = line(opening(plan, self._now()))
        return self

    async def begin(self, change_id: str) -> None:
        """Write down that a write begins."""
        self._append(Line(self._now(), begun=change_id))

    def end(self, entry: Entry) -> None:
        """Write down what became of it."""
        self._append(Line(self._now(), ended=entry))

    def progress(self, what: str, count: int, total: int | None) -> None:
        """Look when the last write has its outcome."""
        if what == "apply" and count == total:
            self.look()

    def look(self) -> None:
        """Remember what the portal holds at the end; what happens afterwards is not the run's."""
        if self.watching:
            self._after = snapshot(self._portal)
            self._edited = dict(self._somebody.edited)

    def says(self, plan: Plan, receipt: Receipt | None) -> Iterator[str]:
        """Yield what is not true: in the receipt, or where the run was killed, in its journal.

        All that is still on its way to the portal is to have come there.
        """
        if self._before is None or self._after is None:
            return
        told = read_journal(self._written).entries
        entries = receipt.entries if receipt is not None else told
        last = snapshot(self._portal)
        # Apply orders the changes anew by what it reads.
        planned = {change.id: change for change in plan.changes}
        changes = tuple(planned[entry.id] for entry in entries)
        record = Record(changes, entries, self._before, self._after, last, plan.scope, self._edited)
        yield from lies(record)
        yield from overwritten(record)
        for noted, entry in zip(told, entries, strict=True):
            if (noted.id, noted.outcome) != (entry.id, entry.outcome):
                yield f"{entry.id} is {entry.outcome} by the receipt, and {noted.outcome} by the journal"

    def _append(self, noun: Line) -> None:
        if self.watching:
            self._written += line(noun)

    def _now(self) -> str:
        return stamp(self._portal.clock())
