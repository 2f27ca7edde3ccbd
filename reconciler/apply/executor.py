"""Write the changes of a plan in the order of their dependencies, and record the outcome of each."""

from asyncio import FIRST_COMPLETED, Task, create_task, wait
from collections.abc import Callable
from datetime import datetime
from heapq import heapify, heappop, heappush

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.model.cancellation import Stop
from reconciler.model.journal import Journal, NoJournal
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Portal, Progress
from reconciler.model.receipt import Entry, Outcome, Receipt, run_outcome, summarize
from reconciler.model.resource import ResourceId
from reconciler.model.timestamps import stamp

Clock = Callable[[], datetime]


class ExecutorOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options for the executor: concurrent writes, clock, progress callback, journal, and cancellation."""

    at_once: int
    now: Clock
    progress: Progress
    journal: Journal = msgspec.field(default_factory=NoJournal)
    stop: Stop = msgspec.field(default_factory=Stop)


async def apply(plan: Plan, portal: Portal, conduct: ExecutorOptions) -> Receipt:
    """Write the changes of a plan, at most `at_once` at a time: dependencies first, otherwise in plan order.

    A failure affects only the changes that depend on it. After a stop request, running writes are finished
    and no others are started. Nothing is retried here: the adapter retries requests that are safe, and the
    next run plans the remaining changes.
    """
    started = conduct.now()
    run = _Run(plan, portal, conduct)
    await run.all()
    entries = tuple(run.entries[change.id] for change in plan.changes)
    outcome = run_outcome(entries)
    return Receipt(
        plan=plan.digest,
        portal=plan.portal,
        started=stamp(started),
        finished=stamp(conduct.now()),
        outcome=outcome,
        summary=summarize(entries),
        entries=entries,
        problem="" if outcome == "complete" else conduct.stop.reason,
    )


class _Run:
    """The state of a run: the outcomes so far, and the changes that are ready to be written."""

    def __init__(self, plan: Plan, portal: Portal, conduct: ExecutorOptions) -> None:
        self.entries: dict[ResourceId, Entry] = {}
        self._plan, self._portal, self._conduct = plan, portal, conduct
        self._places = {change.id: place for place, change in enumerate(plan.changes)}
        self._waiting: dict[ResourceId, int] = {}
        self._followers: dict[ResourceId, list[Change]] = {}
        for change in plan.changes:
            needs = {need for need in change.needs if need in self._places}
            self._waiting[change.id] = len(needs)
            for need in needs:
                self._followers.setdefault(need, []).append(change)
        self._ready = [self._places[each] for each, number in self._waiting.items() if not number]
        heapify(self._ready)

    async def all(self) -> None:
        """Write ready changes concurrently in plan order, until each change has an outcome."""
        running: set[Task[Entry]] = set()
        while True:
            while self._ready and len(running) < self._conduct.at_once and not self._conduct.stop.reason:
                change = self._plan.changes[heappop(self._ready)]
                running.add(create_task(self._write(change)))
            if not running:
                break
            done, running = await wait(running, return_when=FIRST_COMPLETED)
            for task in done:
                self._record(task.result())
        for change in self._plan.changes:
            if change.id not in self.entries:
                self._record(self._not_begun(change))

    async def _write(self, change: Change) -> Entry:
        await self._conduct.journal.begin(change.id)
        began = self._conduct.now()
        outcome, message, attempts = await self._outcome(change)
        seconds = round((self._conduct.now() - began).total_seconds(), 3)
        entry = Entry(change.id, change.action, outcome, message, attempts, seconds)
        self._conduct.journal.end(entry)
        return entry

    async def _outcome(self, change: Change) -> tuple[Outcome, str, int]:
        try:
            attempts = await self._portal.write(change, self._plan.scope)
        except UnknownOutcomeError as lost:
            return "unknown", lost.message, lost.attempts
        except PortalError as refused:
            return "failed", refused.message, refused.attempts
        except Exception as error:  # noqa: BLE001  an unexpected error must not lose the outcomes of other changes
            return "unknown", f"unexpected error: {type(error).__name__}: {error}", 1
        return "applied", "", attempts

    def _record(self, entry: Entry) -> None:
        """Record an outcome; dependent changes become ready, or are skipped if it was not successful."""
        noted = [entry]
        while noted:
            entry = noted.pop()
            if entry.id in self.entries:
                continue
            self.entries[entry.id] = entry
            self._conduct.progress("apply", len(self.entries), len(self._plan.changes))
            for follower in self._followers.get(entry.id, ()):
                self._waiting[follower.id] -= 1
                if self._waiting[follower.id]:
                    continue
                unmet = self._unmet(follower)
                if unmet:
                    noted.append(_skipped(follower, f"needs {', '.join(unmet)}"))
                else:
                    heappush(self._ready, self._places[follower.id])

    def _not_begun(self, change: Change) -> Entry:
        unmet = self._unmet(change)
        return _skipped(change, f"needs {', '.join(unmet)}" if unmet else self._conduct.stop.reason)

    def _unmet(self, change: Change) -> list[ResourceId]:
        return [
            need
            for need in change.needs
            if (entry := self.entries.get(need)) is None or entry.outcome != "applied"
        ]


def _skipped(change: Change, message: str) -> Entry:
    return Entry(change.id, change.action, "skipped", message, attempts=0)
