"""Write the changes of a plan in the order of their dependencies, and record the outcome of each."""

from asyncio import FIRST_COMPLETED, Task, create_task, wait
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from reconciler.apply.batch_writes import write_batch
from reconciler.apply.schedule import Lane, Schedule
from reconciler.model.cancellation import Stop
from reconciler.model.journal import Journal, NoJournal
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Portal, Progress
from reconciler.model.receipt import Entry, Receipt, run_outcome, summarize
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
    """Write the changes of a plan, at most `at_once` batches at a time.

    When half of them are done, others are started together. Dependencies are first, otherwise the order is
    that of the plan. A failure affects only the changes that depend on it. After a stop request, running
    writes are finished and no others are started. Changes that the portal cannot write independently of one
    another are written one batch at a time.
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
        selection=plan.selection,
    )


class _Run:
    """The state of a run: the outcomes so far, and the changes that are ready to be written."""

    def __init__(self, plan: Plan, portal: Portal, conduct: ExecutorOptions) -> None:
        self.entries: dict[ResourceId, Entry] = {}
        self._ended = 0
        self._plan, self._portal, self._conduct = plan, portal, conduct
        self._schedule = Schedule(plan.changes, portal.batch_key, portal.capabilities.batch_size)
        self._waiting: dict[ResourceId, int] = {}
        self._followers: dict[ResourceId, list[Change]] = {}
        planned = {change.id for change in plan.changes}
        for change in plan.changes:
            needs = {need for need in change.needs if need in planned}
            self._waiting[change.id] = len(needs)
            for need in needs:
                self._followers.setdefault(need, []).append(change)
            if not needs:
                self._schedule.add(change)

    async def all(self) -> None:
        """Write ready changes concurrently in plan order, until each change has an outcome."""
        running: dict[Task[list[Entry]], Lane] = {}
        while True:
            if len(running) <= self._conduct.at_once // 2:
                self._start(running)
            if not running:
                break
            done, _ = await wait(running, return_when=FIRST_COMPLETED)
            entries = [entry for task in done for entry in task.result()]
            self._conduct.journal.end(entries)
            for entry in entries:
                self._record(entry)
            for task in done:
                self._schedule.done(running.pop(task))
        for change in self._plan.changes:
            if change.id not in self.entries:
                self._record(self._not_begun(change))

    def _start(self, running: dict[Task[list[Entry]], Lane]) -> None:
        """Start to write ready batches. Those that start together share one wait for the journal's disk."""
        while len(running) < self._conduct.at_once and not self._conduct.stop.reason:
            taken = self._schedule.take()
            if taken is None:
                break
            lane, batch = taken
            running[create_task(self._write(batch))] = lane

    async def _write(self, batch: Sequence[Change]) -> list[Entry]:
        """Write a batch. The journal has the beginning of each change before anything is sent."""
        await self._conduct.journal.begin(change.id for change in batch)
        began = self._conduct.now()
        results = await write_batch(self._portal, batch, self._plan.scope)
        seconds = round((self._conduct.now() - began).total_seconds(), 3)
        return [
            Entry(change.id, change.action, result.outcome, result.message, result.requests, seconds)
            for change, result in zip(batch, results, strict=True)
        ]

    def _record(self, entry: Entry) -> None:
        """Record an outcome; dependent changes become ready, or are skipped if it was not successful."""
        noted = [entry]
        while noted:
            entry = noted.pop()
            if entry.id in self.entries:
                continue
            self.entries[entry.id] = entry
            if entry.outcome != "skipped":
                self._ended += 1
                self._conduct.progress("apply", self._ended, len(self._plan.changes))
            for follower in self._followers.get(entry.id, ()):
                self._waiting[follower.id] -= 1
                if self._waiting[follower.id]:
                    continue
                unmet = self._unmet(follower)
                if unmet:
                    noted.append(_skipped(follower, f"needs {', '.join(unmet)}"))
                else:
                    self._schedule.add(follower)

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
