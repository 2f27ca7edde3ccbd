"""A scenario of chaos tests: plan and apply with or without faults, and verify the result."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Final

import httpx2
import msgspec

from reconciler.errors import PolicyError, ReconcilerError
from reconciler.model.document import Document
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired, Live
from reconciler.testing.batching import BatchingPortal
from reconciler.testing.concurrent_editor import ConcurrentEditor
from reconciler.testing.crash_transport import CrashTransport, KilledError
from reconciler.testing.database_state import DatabaseState, database_state
from reconciler.testing.embedded import InProcessPortal
from reconciler.testing.faults import Faults
from reconciler.testing.harness import ALL, quiet
from reconciler.testing.harness import plan as plan_to
from reconciler.testing.oracle import changed_objects
from reconciler.testing.recorder import RunRecorder
from reconciler.testing.trace import Trace
from reconciler.workflow.apply import ApplyOptions, apply

_LEASE_SECONDS: Final = 60
# The rates of killed and stopped runs.
_KILLED: Final = 0.2
_STOPPED: Final = 0.1
_WRITES: Final = 15


class Scenario:
    """Plan and apply in one portal; `line` is the transport, which can inject faults."""

    def __init__(
        self, portal: InProcessPortal, random: Random, trace: Trace, configuration: Document
    ) -> None:
        self._portal, self._random, self._trace = portal, random, trace
        self._configuration = configuration
        self._editor = ConcurrentEditor(portal, random)
        self.line = Faults(portal.line(), random, sleep=asyncio.sleep, edit=self._editor.edit)

    async def plan_and_apply(self, desired: Desired) -> None:
        """Plan and apply once, as workflows do, and compare the report with the actual state."""
        # The lease of a killed run expires.
        self._portal.clock.passes(_LEASE_SECONDS + 1)
        self._trace.log("a round with faults" if self.line.active else "a round without faults")
        recorder = RunRecorder(self._portal, self._editor)
        try:
            async with self._open(recorder) as portal:
                live = await self._read(portal)
                if not live.complete:
                    self._trace.log(f"the read is incomplete: {live.problem}")
                    return
                plan = plan_to(desired, live)
                self._trace.log(f"planned {[f'{each.action} {each.id}' for each in plan.changes]}")
                if plan.changes:
                    await self._apply(plan, desired, portal, recorder)
        except ReconcilerError as error:
            self._trace.log(f"failed: {error.message}")
            if not self.line.active:
                self._trace.fail(f"failed without faults: {error.message}")
        except KilledError:
            await _cancel_tasks()

    @asynccontextmanager
    async def _open(self, recorder: RunRecorder) -> AsyncIterator[Portal]:
        """Open the portal, which sometimes takes changes of one object together."""
        batches = self._random.random() < 0.5  # noqa: PLR2004  either
        async with self._portal.open(self._transport(recorder), self._random, asyncio.sleep) as portal:
            yield BatchingPortal(portal) if batches else portal

    async def _read(self, portal: Portal) -> Live:
        """Return the live state: with faults as the adapter reads it, otherwise the actual state."""
        if self.line.active:
            return (await portal.read(ALL, quiet)).live
        return database_state(self._portal).live()

    def _transport(self, recorder: RunRecorder) -> httpx2.AsyncBaseTransport:
        """Return the transport, which sometimes kills or stops a run."""
        drawn = self._random.random()
        if not self.line.active or drawn > _KILLED + _STOPPED:
            return self.line
        killed = drawn < _KILLED

        def end() -> None:
            self._trace.faults["killed" if killed else "stopped"] += 1
            self._trace.log("killed" if killed else "stopped")
            if killed:
                recorder.take_snapshot()
            else:
                recorder.stop.ask("interrupted")

        at, delivered = self._random.randint(1, _WRITES), self._random.random() < 0.5  # noqa: PLR2004  either
        return CrashTransport(self.line, end, at=at, delivered=delivered, killed=killed)

    async def _apply(self, plan: Plan, desired: Desired, portal: Portal, recorder: RunRecorder) -> None:
        before, receipt = database_state(self._portal), None
        self._editor.edited.clear()
        try:
            receipt = await self._applied(plan, desired, portal, recorder, before)
        except ReconcilerError:
            self._check_untouched(before, recorder)
            raise
        finally:
            await self.line.deliver()
            self._check(plan, recorder, receipt)

    async def _applied(
        self, plan: Plan, desired: Desired, portal: Portal, recorder: RunRecorder, before: DatabaseState
    ) -> Receipt:
        """Apply; if the guard denies the plan, check that nothing was written, and allow the plan."""
        options = self._options(desired, recorder)
        try:
            receipt = await apply(plan, portal, self._configuration, options)
        except PolicyError as denied:
            self._trace.log(f"denied: {denied.message}")
            self._trace.faults["denied by the guard"] += 1
            self._check_untouched(before, recorder)
            allowed = msgspec.structs.replace(options, allow=(plan.digest,))
            return await apply(plan, portal, self._configuration, allowed)
        if any(change.kind == "partner" and change.action == "delete" for change in plan.changes):
            self._trace.fail("a partner was deleted without a denial by the guard")
        return receipt

    def _options(self, desired: Desired, recorder: RunRecorder) -> ApplyOptions:
        return ApplyOptions(
            today=self._portal.clock.today,
            now=self._portal.clock,
            progress=recorder.progress,
            desired=desired,
            stop=recorder.stop,
            notify=self._trace.log,
            journal=recorder.open,
        )

    def _check(self, plan: Plan, recorder: RunRecorder, receipt: Receipt | None) -> None:
        for failure in recorder.verify(plan, receipt):
            self._trace.fail(failure)
        for entry in receipt.entries if receipt else ():
            self._trace.log(f"  {entry.outcome} {entry.action} {entry.id} ({entry.attempts}) {entry.message}")
            if "unexpected error" in entry.message:
                self._trace.fail(f"{entry.id}: {entry.message}")
        complete = receipt is not None and receipt.outcome == "complete" and receipt.converged is True
        if not self.line.active and not complete:
            self._trace.fail(f"the receipt is not complete without faults: {receipt}")

    def _check_untouched(self, before: DatabaseState, recorder: RunRecorder) -> None:
        """Check that a refused run wrote nothing."""
        if (
            recorder.began
            or changed_objects(before, database_state(self._portal)) - self._editor.edited.keys()
        ):
            self._trace.fail("a run was refused after its first write")


async def _cancel_tasks() -> None:
    """Cancel the tasks of a killed run."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
