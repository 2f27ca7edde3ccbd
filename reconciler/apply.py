"""Plan to receipt: checks that the portal is still as the plan saw it, then writes, needs first."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from reconciler.errors import PlanError, PortalError
from reconciler.model.kinds import parents
from reconciler.model.moment import stamp
from reconciler.model.plan import ABSENT, Change, Plan
from reconciler.model.portal import LostAnswerError, Portal, Progress
from reconciler.model.receipt import Entry, Outcome, Receipt, summarise
from reconciler.model.resource import Live, ResourceId, fingerprint
from reconciler.model.tree import Resources, after_renames, children, owner

Clock = Callable[[], datetime]


def verify(plan: Plan, live: Live, today: str) -> None:
    """Check every precondition of the plan. Raises PlanError that names each object that moved and how.

    Raises PortalError when the portal was not read to its end: then nothing is decided.
    """
    if not live.complete:
        raise PortalError(f"the portal could not be read to its end: {live.problem}", "nothing was written")
    if plan.portal_id != live.portal_id:
        raise PlanError(
            f"the plan is of another portal: {plan.portal_id}, and this one is {live.portal_id}",
            "plan again against this portal",
        )
    held = after_renames(
        live.resources, {change.renamed_from: change.id for change in plan.changes if change.renamed_from}
    )
    below = children(held) if any(change.action == "delete" for change in plan.changes) else {}
    planned = {change.id for change in plan.changes}
    moved = [said for change in plan.changes for said in _moved(change, held, below)]
    moved += _lost_parents(plan, held, planned)
    moved += [
        f"{change.id}: its last day, {until}, has passed"
        for change in plan.changes
        if (until := (change.after or {}).get("until")) and until < today and change.action != "adopt"
    ]
    if moved:
        listed = "\n".join(f"  {said}" for said in moved)
        raise PlanError(f"the portal moved since the plan was made:\n{listed}", "plan again")


def _moved(change: Change, held: Resources, below: Mapping[ResourceId, list[ResourceId]]) -> list[str]:
    """Return how a change's object differs from what the plan saw, or nothing."""
    found = held.get(change.id)
    if change.precondition == ABSENT:
        return [f"{change.id}: exists now"] if found else []
    if found is None:
        return [f"{change.id}: is gone"]
    kept = [held[child].id for child in below.get(change.id, ())] if change.action == "delete" else []
    return [] if fingerprint(found, kept) == change.precondition else [f"{change.id}: was changed"]


def _lost_parents(plan: Plan, held: Resources, planned: set[ResourceId]) -> list[str]:
    """Return the unchanged parents that creations need and that are gone, or not ours any more."""
    needed = sorted(
        {
            parent
            for change in plan.changes
            if change.action == "create"
            for parent in parents(change.id)[:1]
            if parent not in planned
        }
    )
    gone = [f"{parent}: is gone, and is needed" for parent in needed if parent not in held]
    return gone + [
        f"{parent}: is not ours any more"
        for parent in needed
        if parent in held and owner(parent, held) != plan.scope
    ]


async def apply(plan: Plan, portal: Portal, *, at_once: int, now: Clock, progress: Progress) -> Receipt:
    """Write the plan's changes, needs first, else in their order, at most `at_once` at a time.

    A failure stops only what depends on it. Nothing is retried here: a portal retries what it knows to be
    safe, and the next run plans whatever is still left.
    """
    started = now()
    run = _Run(plan, portal, at_once, progress)
    await run.all()
    entries = tuple(run.entries[change.id] for change in plan.changes)
    complete = all(entry.outcome == "applied" for entry in entries)
    return Receipt(
        plan=plan.digest,
        portal=plan.portal,
        started=stamp(started),
        finished=stamp(now()),
        outcome="complete" if complete else "incomplete",
        summary=summarise(entries),
        entries=entries,
    )


class _Run:
    """One application: what became of each change so far."""

    def __init__(self, plan: Plan, portal: Portal, at_once: int, progress: Progress) -> None:
        self.entries: dict[ResourceId, Entry] = {}
        self._plan = plan
        self._portal = portal
        self._slots = asyncio.Semaphore(at_once)
        self._progress = progress

    async def all(self) -> None:
        """Apply the changes side by side, each after what it needs; ends when each has its outcome."""
        changes = self._plan.changes
        done = {change.id: asyncio.Event() for change in changes}

        async def one(change: Change) -> None:
            for need in change.needs:
                if need in done:
                    await done[need].wait()
            self.entries[change.id] = await self._outcome(change)
            done[change.id].set()
            self._progress("apply", len(self.entries), len(self._plan.changes))

        async with asyncio.TaskGroup() as tasks:
            for change in changes:
                tasks.create_task(one(change))

    async def _outcome(self, change: Change) -> Entry:
        unmet = [need for need in change.needs if self._failed(need)]
        if unmet:
            return _entry(change, "skipped", f"needs {', '.join(unmet)}", attempts=0)
        async with self._slots:
            try:
                await self._portal.write(change, self._plan.scope)
            except LostAnswerError as lost:
                return _entry(change, "unknown", lost.message)
            except PortalError as refused:
                return _entry(change, "failed", refused.message)
        return _entry(change, "applied")

    def _failed(self, need: ResourceId) -> bool:
        entry = self.entries.get(need)
        return entry is None or entry.outcome != "applied"


def _entry(change: Change, outcome: Outcome, message: str = "", *, attempts: int = 1) -> Entry:
    return Entry(change.id, change.action, outcome, message, attempts)
