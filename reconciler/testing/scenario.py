"""One round of a chaos run: plan, apply on a line with or without faults, and look what became of it."""

import asyncio
from random import Random
from typing import Final

import httpx2
import msgspec

from reconciler import workflow
from reconciler.errors import PolicyError, ReconcilerError
from reconciler.model.document import Document
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired, Live
from reconciler.testing.concurrent_editor import Somebody
from reconciler.testing.crash_transport import Ending, KilledError
from reconciler.testing.embedded import EmbeddedHere
from reconciler.testing.faults import Faults
from reconciler.testing.harness import plan as plan_to
from reconciler.testing.harness import quiet
from reconciler.testing.oracle import touched
from reconciler.testing.recorder import Witness
from reconciler.testing.snapshot import Snapshot, snapshot
from reconciler.testing.trace import Story

_LEASE_SECONDS: Final = 60
# How often a run on a bad line ends before its time.
_KILLED: Final = 0.2
_STOPPED: Final = 0.1
_WRITES: Final = 15


class Rounds:
    """Plans and applies in one portal; the `line` to it is `at_work` or a good one."""

    def __init__(self, portal: EmbeddedHere, random: Random, story: Story, configuration: Document) -> None:
        self._portal, self._random, self._story = portal, random, story
        self._configuration = configuration
        self._somebody = Somebody(portal, random)
        self.line = Faults(portal.line(), random, sleep=asyncio.sleep, edit=self._somebody.edit)

    async def plan_and_apply(self, desired: Desired) -> None:
        """Plan and apply once, as workflows do; what the run says is held against what there is."""
        # The lease of a run that was killed ends.
        self._portal.clock.passes(_LEASE_SECONDS + 1)
        self._story.tell("a round with faults" if self.line.at_work else "a round without faults")
        witness = Witness(self._portal, self._somebody)
        try:
            async with self._portal.open(self._ending(witness), self._random, asyncio.sleep) as portal:
                live = await self._read(portal)
                if not live.complete:
                    self._story.tell(f"the read is incomplete: {live.problem}")
                    return
                plan = plan_to(desired, live)
                self._story.tell(f"planned {[f'{each.action} {each.id}' for each in plan.changes]}")
                if plan.changes:
                    await self._apply(plan, desired, portal, witness)
        except ReconcilerError as error:
            self._story.tell(f"ended early: {error.message}")
            if not self.line.at_work:
                self._story.fail(f"ended early on a good line: {error.message}")
        except KilledError:
            await _bury()

    async def _read(self, portal: Portal) -> Live:
        """Return what is planned from: on a good line what is really held, which apply must read as well."""
        return await portal.read(quiet) if self.line.at_work else snapshot(self._portal).live()

    def _ending(self, witness: Witness) -> httpx2.AsyncBaseTransport:
        """Return the line, which now and then ends a run before its time."""
        drawn = self._random.random()
        if not self.line.at_work or drawn > _KILLED + _STOPPED:
            return self.line
        killed = drawn < _KILLED

        def end() -> None:
            self._story.happened["killed" if killed else "stopped"] += 1
            self._story.tell("killed" if killed else "stopped")
            if killed:
                witness.look()
            else:
                witness.stop.ask("somebody interrupted it")

        at, delivered = self._random.randint(1, _WRITES), self._random.random() < 0.5  # noqa: PLR2004  either
        return Ending(self.line, end, at=at, delivered=delivered, killed=killed)

    async def _apply(self, plan: Plan, desired: Desired, portal: Portal, witness: Witness) -> None:
        before, receipt = snapshot(self._portal), None
        self._somebody.edited.clear()
        try:
            receipt = await self._applied(plan, desired, portal, witness, before)
        except ReconcilerError:
            self._check_untouched(before, witness)
            raise
        finally:
            await self.line.deliver()
            self._check(plan, witness, receipt)

    async def _applied(
        self, plan: Plan, desired: Desired, portal: Portal, witness: Witness, before: Snapshot
    ) -> Receipt:
        """Apply; what the guard denies is not written, until somebody lets that one plan through."""
        terms = self._terms(desired, witness)
        try:
            receipt = await workflow.apply(plan, portal, self._configuration, terms)
        except PolicyError as denied:
            self._story.tell(f"denied: {denied.message}")
            self._story.happened["denied by the guard"] += 1
            self._check_untouched(before, witness)
            allowed = msgspec.structs.replace(terms, allow=(plan.digest,))
            return await workflow.apply(plan, portal, self._configuration, allowed)
        if any(change.kind == "partner" and change.action == "delete" for change in plan.changes):
            self._story.fail("a partner is gone, and the guard asked nobody")
        return receipt

    def _terms(self, desired: Desired, witness: Witness) -> workflow.ApplyOptions:
        return workflow.ApplyOptions(
            today=self._portal.clock.today,
            now=self._portal.clock,
            progress=witness.progress,
            desired=desired,
            stop=witness.stop,
            tell=self._story.tell,
            journal=witness.open,
        )

    def _check(self, plan: Plan, witness: Witness, receipt: Receipt | None) -> None:
        for said in witness.says(plan, receipt):
            self._story.fail(said)
        for entry in receipt.entries if receipt else ():
            self._story.tell(
                f"  {entry.outcome} {entry.action} {entry.id} ({entry.attempts}) {entry.message}"
            )
            if "unexpected error" in entry.message:
                self._story.fail(f"{entry.id}: {entry.message}")
        complete = receipt is not None and receipt.outcome == "complete" and receipt.converged is True
        if not self.line.at_work and not complete:
            self._story.fail(f"on a good line this is no complete receipt: {receipt}")

    def _check_untouched(self, before: Snapshot, witness: Witness) -> None:
        """Check that a run that was refused wrote nothing."""
        if witness.began or touched(before, snapshot(self._portal)) - self._somebody.edited.keys():
            self._story.fail("a run was refused after its first write")


async def _bury() -> None:
    """End what a killed run has begun."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
