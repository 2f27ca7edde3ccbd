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

from reconciler import workflow
from reconciler.diff.renames import effective_renames
from reconciler.model.document import Document
from reconciler.model.hierarchy import after_renames, is_unmanaged_grant, owner
from reconciler.model.kinds import person_of
from reconciler.model.resource import Desired, Live
from reconciler.testing.concurrent_editor import GUEST
from reconciler.testing.crash_transport import KilledError
from reconciler.testing.embedded import EmbeddedHere, embedded
from reconciler.testing.generators import APIS, PEOPLE, configured, world
from reconciler.testing.harness import SCOPE
from reconciler.testing.harness import plan as plan_to
from reconciler.testing.scenario import Rounds
from reconciler.testing.snapshot import Snapshot, snapshot
from reconciler.testing.trace import Story
from reconciler.testing.virtual_time import LeapingLoop

_WORLDS: Final = 2
_ROUNDS_WITH_FAULTS: Final = 2


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
        self._rounds = Rounds(portal, random, story, configuration)

    async def run(self) -> None:
        """Lead the portal from world to world."""
        asyncio.get_running_loop().set_exception_handler(_unless_killed)
        await self._portal.ask("POST", "/people", {"email": self._random.choice(PEOPLE)})
        foreign = {"name": "foreign", "type": "reseller", "displayName": "Foreign", "owner": "others"}
        await self._portal.ask("POST", "/partners", foreign)
        for number in range(_WORLDS):
            desired = world(self._random, self._portal.clock.today)
            self._story.tell(f"world {number}: {len(desired.resources)} resources, renames {desired.renames}")
            await self._reach(desired)
            # Some invitations expire, some do not.
            self._portal.clock.passes(days=self._random.choice((0, 1, 8)))
        self._story.happened += self._rounds.line.happened

    async def _reach(self, desired: Desired) -> None:
        before = snapshot(self._portal)
        due = _mails_due(desired, before)
        self._rounds.line.at_work = True
        for _ in range(self._random.randint(1, _ROUNDS_WITH_FAULTS)):
            await self._rounds.plan_and_apply(desired)
        # Whatever came before: on a good line one round does the rest.
        self._rounds.line.at_work = False
        await self._rounds.plan_and_apply(desired)
        after = snapshot(self._portal)
        self._check_end(desired, after.live())
        sent = Counter(after.mails)
        sent.subtract(before.mails)
        del sent[GUEST]
        if +sent != due:
            self._story.fail(f"mails that went out: {dict(+sent)}, due: {dict(due)}")

    def _check_end(self, desired: Desired, live: Live) -> None:
        for change in plan_to(desired, live).changes:
            self._story.fail(
                f"nothing was left to be done, and a second plan says: {change.action} {change.id}"
            )
        for each in desired.resources.values():
            held = live.resources.get(each.id)
            if held is None or (held.fields, held.mark) != (each.fields, each.mark):
                self._story.fail(f"{each.id} was to be {each.fields}, and is {held and held.fields}")
        for held in live.resources.values():
            left = held.id not in desired.resources and owner(held.id, live.resources) == SCOPE
            kept = is_unmanaged_grant(held.id, live.resources, SCOPE, desired.external)
            if left and not kept and not _is_delegated(held.id, desired):
                self._story.fail(f"{held.id} is still there, and nobody asked for it")
        if "partner/foreign" not in live.resources:
            self._story.fail("what belongs to others is gone")


def _unless_killed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say what went wrong where nobody looked, but nothing of those who died with their run."""
    if not isinstance(context.get("exception"), KilledError):
        loop.default_exception_handler(context)


def _mails_due(desired: Desired, before: Snapshot) -> Counter[str]:
    """Count the decisions to invite: who is newly wanted, or whose invitation has expired days ago."""
    live = before.live()
    held = after_renames(live.resources, effective_renames(desired, live))
    due: Counter[str] = Counter()
    for each in desired.resources.values():
        now = held.get(each.id)
        if each.kind != "membership" or (now is not None and now.state != "expired"):
            continue
        person = person_of(each.id)
        if person not in before.accounts:
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
