"""A chaos run: random worlds under random faults, where nothing may be lost, done twice, or told wrong.

`python -m reconciler.testing.chaos --seeds 5000` runs thousands, and ends at the first seed that fails.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from reconciler.apply import Conduct, apply, settle, verify
from reconciler.diff.renames import effective_renames
from reconciler.errors import ReconcilerError
from reconciler.model.plan import Plan
from reconciler.model.portal import Lease, Portal
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.model.stop import Stop
from reconciler.model.tree import after_renames, owner
from reconciler.testing.embedded import EmbeddedHere, embedded
from reconciler.testing.faults import Faults, no_sleep
from reconciler.testing.snapshot import Record, Snapshot, lies, overwritten, snapshot
from reconciler.testing.somebody import GUEST, Somebody
from reconciler.testing.steps import SCOPE, quiet
from reconciler.testing.steps import plan as plan_to
from reconciler.testing.worlds import APIS, PEOPLE, world
from reconciler.workflow.leasing import leased

_WORLDS: Final = 2
_ROUNDS_WITH_FAULTS: Final = 2
_ROUNDS_WITHOUT: Final = 3
_AT_ONCE: Final = 4
_LEASE_SECONDS: Final = 60


class Story(msgspec.Struct):
    """What happened in a run, line by line, which faults there were, and what is wrong with it."""

    seed: int
    lines: list[str] = []
    wrong: list[str] = []
    happened: Counter[str] = msgspec.field(default_factory=Counter)


def run(seed: int, folder: str) -> Story:
    """Run one seed on a database of its own in a folder, and tell its story."""
    story = Story(seed)
    with embedded(str(Path(folder, f"{seed}.db")), APIS) as portal:
        asyncio.run(_Chaos(portal, Random(seed), story).run())  # noqa: S311  chance, not secrecy
    return story


class _Chaos:
    def __init__(self, portal: EmbeddedHere, random: Random, story: Story) -> None:
        self._portal, self._random, self._story = portal, random, story
        self._somebody = Somebody(portal, random)
        self._snapshot: tuple[object, Snapshot] | None = None
        self._line = Faults(portal.line(), random, edit=self._somebody.edit)

    async def run(self) -> None:
        """Lead the portal from world to world."""
        await self._portal.ask("POST", "/people", {"email": self._random.choice(PEOPLE)})
        foreign = {"name": "foreign", "type": "reseller", "displayName": "Foreign", "owner": "others"}
        await self._portal.ask("POST", "/partners", foreign)
        for number in range(_WORLDS):
            desired = world(self._random, self._portal.clock.today)
            self._tell(f"world {number}: {len(desired.resources)} resources, renames {desired.renames}")
            await self._reach(desired)
            # Some invitations expire, some do not.
            self._portal.clock.passes(days=self._random.choice((0, 1, 8)))
        self._story.happened = self._line.happened

    async def _reach(self, desired: Desired) -> None:
        before = await self._held()
        due = _mails_due(desired, before)
        with_faults = self._random.randint(1, _ROUNDS_WITH_FAULTS)
        for number in range(with_faults + _ROUNDS_WITHOUT):
            self._line.at_work = number < with_faults
            if await self._round(desired) and not self._line.at_work:
                break
        after = await self._held()
        self._check_end(desired, after.resources())
        sent = Counter(after.mails)
        sent.subtract(before.mails)
        del sent[GUEST]
        if +sent != due:
            self._wrong(f"mails that went out: {dict(+sent)}, due: {dict(due)}")

    async def _round(self, desired: Desired) -> bool:
        """Plan and apply once; return whether there was nothing to change."""
        self._portal.clock.passes(seconds=_LEASE_SECONDS + 1)
        self._tell("a round with faults" if self._line.at_work else "a round without faults")
        try:
            async with self._portal.open(self._line, self._random) as portal:
                live = await portal.read(quiet)
                if not live.complete:
                    self._tell(f"the read is incomplete: {live.problem}")
                    return False
                plan = plan_to(desired, live)
                self._tell(f"planned {[f'{each.action} {each.id}' for each in plan.changes]}")
                if plan.changes:
                    await self._apply(plan, portal)
                return not plan.changes
        except ReconcilerError as error:
            self._tell(f"ended early: {error.message}")
            if not self._line.at_work:
                self._wrong(f"ended early on a good line: {error.message}")
        return False

    async def _apply(self, plan: Plan, portal: Portal) -> None:
        lease = Lease(f"{self._random.getrandbits(64):x}", "chaos", _LEASE_SECONDS)
        async with leased(portal, lease, 0, Stop(), self._tell):
            verify(plan, await portal.read(quiet), self._portal.clock.today)
            before = await self._held()
            self._somebody.edited.clear()
            conduct = Conduct(at_once=_AT_ONCE, now=self._portal.clock, progress=quiet)
            receipt = await apply(plan, portal, conduct)
            self._snapshot = None
            after = await self._held()
            self._check(Record(plan.changes, receipt.entries, before, after, SCOPE, self._somebody.edited))
            if not self._line.at_work:
                receipt = await settle(plan, receipt, portal, no_sleep, quiet)
                self._check_receipt(receipt)

    def _check(self, record: Record) -> None:
        for entry in record.entries:
            self._tell(f"  {entry.outcome} {entry.action} {entry.id} ({entry.attempts}) {entry.message}")
            if "something unexpected" in entry.message:
                self._wrong(f"{entry.id}: {entry.message}")
        for said in (*lies(record), *overwritten(record)):
            self._wrong(said)

    def _check_receipt(self, receipt: Receipt) -> None:
        if receipt.outcome != "complete" or receipt.converged is not True:
            self._wrong(f"on a good line the receipt is {receipt.outcome}, {receipt.unsettled}")

    def _check_end(self, desired: Desired, live: dict[ResourceId, Resource]) -> None:
        for each in desired.resources.values():
            held = live.get(each.id)
            if held is None or (held.fields, held.mark) != (each.fields, each.mark):
                self._wrong(f"{each.id} was to be {each.fields}, and is {held and held.fields}")
        for held in live.values():
            left = held.id not in desired.resources and owner(held.id, live) == SCOPE
            if left and not _is_delegated(held.id, desired):
                self._wrong(f"{held.id} is still there, and nobody asked for it")
        if "partner/foreign" not in live:
            self._wrong("what belongs to others is gone")

    async def _held(self) -> Snapshot:
        """Return what the portal holds now, which is what it held unless something happened since."""
        happened = (len(self._somebody.done), self._portal.clock.today)
        if self._snapshot is None or self._snapshot[0] != happened:
            self._snapshot = (happened, await snapshot(self._portal))
        return self._snapshot[1]

    def _tell(self, said: str) -> None:
        self._story.lines.append(said)

    def _wrong(self, said: str) -> None:
        self._tell(f"WRONG: {said}")
        self._story.wrong.append(said)


def _mails_due(desired: Desired, before: Snapshot) -> Counter[str]:
    """Count the decisions to invite: who is newly wanted, or whose invitation has expired days ago."""
    live = Live("here", before.resources(), {})
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


def _stories(seeds: range) -> Iterator[Story]:
    with TemporaryDirectory() as folder:
        for seed in seeds:
            yield run(seed, folder)
            for file in Path(folder).iterdir():
                file.unlink()


def main(arguments: list[str]) -> int:
    """Run seeds until one fails; print what happened."""
    parser = argparse.ArgumentParser(prog="python -m reconciler.testing.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many are run")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first one")
    given = parser.parse_args(arguments)
    happened: Counter[str] = Counter()
    for story in _stories(range(given.first, given.first + given.seeds)):
        happened += story.happened
        if story.wrong:
            print(f"seed {story.seed} fails:", *story.lines, sep="\n")  # noqa: T201  a command prints
            return 1
    print(f"{given.seeds} seeds hold;", dict(happened.most_common()))  # noqa: T201  a command prints
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
