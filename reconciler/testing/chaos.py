"""A chaos run: random worlds under random faults, where nothing may be lost, done twice, or told wrong.

`python -m reconciler.testing.chaos --seeds 5000` runs thousands, and ends at the first seed that fails.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx2
import msgspec

from reconciler import workflow
from reconciler.diff.renames import effective_renames
from reconciler.errors import PolicyError, ReconcilerError
from reconciler.model.document import Document
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired, Live
from reconciler.model.tree import after_renames, owner
from reconciler.testing.embedded import EmbeddedHere, embedded
from reconciler.testing.ending import Ending, KilledError
from reconciler.testing.faults import Faults
from reconciler.testing.leaping import LeapingLoop
from reconciler.testing.snapshot import Snapshot, snapshot
from reconciler.testing.somebody import GUEST, Somebody
from reconciler.testing.steps import SCOPE, quiet
from reconciler.testing.steps import plan as plan_to
from reconciler.testing.truth import touched
from reconciler.testing.witness import Witness
from reconciler.testing.worlds import APIS, PEOPLE, configured, world

_WORLDS: Final = 2
_ROUNDS_WITH_FAULTS: Final = 2
_LEASE_SECONDS: Final = 60
# How often a run on a bad line ends before its time.
_KILLED: Final = 0.2
_STOPPED: Final = 0.1
_WRITES: Final = 15


class Story(msgspec.Struct):
    """What happened in a run, line by line, which faults there were, and what is wrong with it."""

    seed: int
    lines: list[str] = []
    wrong: list[str] = []
    happened: Counter[str] = msgspec.field(default_factory=Counter)


def run(seeds: Iterable[int]) -> Iterator[Story]:
    """Run seeds one after another, each in an empty portal, and tell their stories. Waits take no time."""
    with TemporaryDirectory() as folder, embedded(str(Path(folder, "portal.db")), APIS) as portal:
        for seed in seeds:
            story, random = Story(seed), Random(seed)  # noqa: S311  chance, not secrecy
            file = Path(folder, "reconciler.yaml")
            file.write_text(configured(random))
            configuration = workflow.read_configuration(file)
            portal.empty()
            with asyncio.Runner(loop_factory=lambda: LeapingLoop(portal.clock.passes)) as runner:
                runner.run(_Chaos(portal, random, story, configuration).run())
            yield story


class _Chaos:
    def __init__(self, portal: EmbeddedHere, random: Random, story: Story, configuration: Document) -> None:
        self._portal, self._random, self._story = portal, random, story
        self._somebody = Somebody(portal, random)
        self._configuration = configuration
        self._line = Faults(portal.line(), random, sleep=asyncio.sleep, edit=self._somebody.edit)

    async def run(self) -> None:
        """Lead the portal from world to world."""
        asyncio.get_running_loop().set_exception_handler(_unless_killed)
        await self._portal.ask("POST", "/people", {"email": self._random.choice(PEOPLE)})
        foreign = {"name": "foreign", "type": "reseller", "displayName": "Foreign", "owner": "others"}
        await self._portal.ask("POST", "/partners", foreign)
        for number in range(_WORLDS):
            desired = world(self._random, self._portal.clock.today)
            self._tell(f"world {number}: {len(desired.resources)} resources, renames {desired.renames}")
            await self._reach(desired)
            # Some invitations expire, some do not.
            self._portal.clock.passes(days=self._random.choice((0, 1, 8)))
        self._story.happened += self._line.happened

    async def _reach(self, desired: Desired) -> None:
        before = snapshot(self._portal)
        due = _mails_due(desired, before)
        self._line.at_work = True
        for _ in range(self._random.randint(1, _ROUNDS_WITH_FAULTS)):
            await self._round(desired)
        # Whatever came before: on a good line one round does the rest.
        self._line.at_work = False
        await self._round(desired)
        after = snapshot(self._portal)
        self._check_end(desired, after.live())
        sent = Counter(after.mails)
        sent.subtract(before.mails)
        del sent[GUEST]
        if +sent != due:
            self._wrong(f"mails that went out: {dict(+sent)}, due: {dict(due)}")

    async def _round(self, desired: Desired) -> None:
        """Plan and apply once."""
        # The lease of a run that was killed ends.
        self._portal.clock.passes(_LEASE_SECONDS + 1)
        self._tell("a round with faults" if self._line.at_work else "a round without faults")
        witness = Witness(self._portal, self._somebody)
        try:
            async with self._portal.open(self._ending(witness), self._random, asyncio.sleep) as portal:
                live = await self._read(portal)
                if not live.complete:
                    self._tell(f"the read is incomplete: {live.problem}")
                    return
                plan = plan_to(desired, live)
                self._tell(f"planned {[f'{each.action} {each.id}' for each in plan.changes]}")
                if plan.changes:
                    await self._apply(plan, portal, witness)
        except ReconcilerError as error:
            self._tell(f"ended early: {error.message}")
            if not self._line.at_work:
                self._wrong(f"ended early on a good line: {error.message}")
        except KilledError:
            await _bury()

    async def _read(self, portal: Portal) -> Live:
        """Return what is planned from: on a good line what is really held, which apply must read as well."""
        return await portal.read(quiet) if self._line.at_work else snapshot(self._portal).live()

    def _ending(self, witness: Witness) -> httpx2.AsyncBaseTransport:
        """Return the line, which now and then ends a run before its time."""
        drawn = self._random.random()
        if not self._line.at_work or drawn > _KILLED + _STOPPED:
            return self._line
        killed = drawn < _KILLED

        def end() -> None:
            self._story.happened["killed" if killed else "stopped"] += 1
            self._tell("killed" if killed else "stopped")
            if killed:
                witness.look()
            else:
                witness.stop.ask("somebody interrupted it")

        at, delivered = self._random.randint(1, _WRITES), self._random.random() < 0.5  # noqa: PLR2004  either
        return Ending(self._line, end, at=at, delivered=delivered, killed=killed)

    async def _apply(self, plan: Plan, portal: Portal, witness: Witness) -> None:
        before, receipt = snapshot(self._portal), None
        self._somebody.edited.clear()
        try:
            receipt = await self._applied(plan, portal, witness, before)
        except ReconcilerError:
            self._check_untouched(before, witness)
            raise
        finally:
            self._check(plan, witness, receipt)

    async def _applied(self, plan: Plan, portal: Portal, witness: Witness, before: Snapshot) -> Receipt:
        """Apply; what the guard denies is not written, until somebody lets that one plan through."""
        try:
            receipt = await workflow.apply(plan, portal, self._configuration, self._terms(witness))
        except PolicyError as denied:
            self._tell(f"denied: {denied.message}")
            self._story.happened["denied by the guard"] += 1
            self._check_untouched(before, witness)
            terms = self._terms(witness, allow=(plan.digest,))
            return await workflow.apply(plan, portal, self._configuration, terms)
        if any(change.kind == "partner" and change.action == "delete" for change in plan.changes):
            self._wrong("a partner is gone, and the guard asked nobody")
        return receipt

    def _terms(self, witness: Witness, allow: tuple[str, ...] = ()) -> workflow.Terms:
        return workflow.Terms(
            today=self._portal.clock.today,
            now=self._portal.clock,
            progress=witness.progress,
            allow=allow,
            stop=witness.stop,
            tell=self._tell,
            journal=witness.open,
        )

    def _check(self, plan: Plan, witness: Witness, receipt: Receipt | None) -> None:
        for said in witness.says(plan, receipt):
            self._wrong(said)
        for entry in receipt.entries if receipt else ():
            self._tell(f"  {entry.outcome} {entry.action} {entry.id} ({entry.attempts}) {entry.message}")
            if "something unexpected" in entry.message:
                self._wrong(f"{entry.id}: {entry.message}")
        complete = receipt is not None and receipt.outcome == "complete" and receipt.converged is True
        if not self._line.at_work and not complete:
            self._wrong(f"on a good line this is no complete receipt: {receipt}")

    def _check_untouched(self, before: Snapshot, witness: Witness) -> None:
        """Check that a run that was refused wrote nothing."""
        if witness.began or touched(before, snapshot(self._portal)) - self._somebody.edited.keys():
            self._wrong("a run was refused after its first write")

    def _check_end(self, desired: Desired, live: Live) -> None:
        for change in plan_to(desired, live).changes:
            self._wrong(f"nothing was left to be done, and a second plan says: {change.action} {change.id}")
        for each in desired.resources.values():
            held = live.resources.get(each.id)
            if held is None or (held.fields, held.mark) != (each.fields, each.mark):
                self._wrong(f"{each.id} was to be {each.fields}, and is {held and held.fields}")
        for held in live.resources.values():
            left = held.id not in desired.resources and owner(held.id, live.resources) == SCOPE
            if left and not _is_delegated(held.id, desired):
                self._wrong(f"{held.id} is still there, and nobody asked for it")
        if "partner/foreign" not in live.resources:
            self._wrong("what belongs to others is gone")

    def _tell(self, said: str) -> None:
        self._story.lines.append(said)

    def _wrong(self, said: str) -> None:
        self._tell(f"WRONG: {said}")
        self._story.wrong.append(said)


def _unless_killed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say what went wrong where nobody looked, but nothing of those who died with their run."""
    if not isinstance(context.get("exception"), KilledError):
        loop.default_exception_handler(context)


async def _bury() -> None:
    """End what a killed run has begun."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _mails_due(desired: Desired, before: Snapshot) -> Counter[str]:
    """Count the decisions to invite: who is newly wanted, or whose invitation has expired days ago."""
    live = before.live()
    held = after_renames(live.resources, effective_renames(desired, live))
    due: Counter[str] = Counter()
    for each in desired.resources.values():
        person = each.id.rpartition("/")[2]
        now = held.get(each.id)
        if (
            each.kind == "membership"
            and person not in before.accounts
            and (now is None or now.state == "expired")
        ):
            due[person] += 1
    return due


def _is_delegated(resource_id: str, desired: Desired) -> bool:
    kind, *names = resource_id.split("/")
    return kind == "membership" and f"team/{names[0]}/{names[1]}" in desired.delegated


def main(arguments: list[str]) -> int:
    """Run seeds until one fails; print what happened."""
    parser = argparse.ArgumentParser(prog="python -m reconciler.testing.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many are run")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first one")
    given = parser.parse_args(arguments)
    happened: Counter[str] = Counter()
    for story in run(range(given.first, given.first + given.seeds)):
        happened += story.happened
        if story.wrong:
            print(f"seed {story.seed} fails:", *story.lines, sep="\n")  # noqa: T201  a command prints
            return 1
    print(f"{given.seeds} seeds hold;", dict(happened.most_common()))  # noqa: T201  a command prints
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
