"""Chaos tests: random desired states and random faults; no write may be lost, repeated or misreported.

`python -m reconciler.testing.chaos --seeds 5000` runs many seeds and stops at the first failure.
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

from reconciler.diff.renames import effective_renames
from reconciler.model.counting import counted
from reconciler.model.document import Document
from reconciler.model.hierarchy import after_renames, is_unmanaged_grant, owner
from reconciler.model.kinds import person_of
from reconciler.model.resource import Desired, Live
from reconciler.testing.concurrent_editor import GUEST
from reconciler.testing.crash_transport import KilledError
from reconciler.testing.database_state import DatabaseState, database_state
from reconciler.testing.embedded import InProcessPortal, embedded
from reconciler.testing.generators import APIS, PEOPLE, configured, world
from reconciler.testing.harness import SCOPE
from reconciler.testing.harness import plan as plan_to
from reconciler.testing.scenario import Scenario
from reconciler.testing.trace import Trace
from reconciler.testing.virtual_time import VirtualTimeLoop
from reconciler.workflow.validate import read_configuration

_WORLDS: Final = 2
_ROUNDS_WITH_FAULTS: Final = 2


def run(seeds: Iterable[int]) -> Iterator[Trace]:
    """Run seeds one after another, each in an empty portal, and yield their traces. Waits take no time."""
    with TemporaryDirectory() as folder, embedded(str(Path(folder, "portal.db")), APIS) as portal:
        for seed in seeds:
            trace, random = Trace(seed), Random(seed)  # noqa: S311  chance, not secrecy
            file = Path(folder, "reconciler.yaml")
            file.write_text(configured(random))
            configuration = read_configuration(file)
            portal.empty()
            with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(portal.clock.passes)) as runner:
                runner.run(_Chaos(portal, random, trace, configuration).run())
            yield trace


class _Chaos:
    def __init__(
        self, portal: InProcessPortal, random: Random, trace: Trace, configuration: Document
    ) -> None:
        self._portal, self._random, self._trace = portal, random, trace
        self._scenario = Scenario(portal, random, trace, configuration)

    async def run(self) -> None:
        """Apply several desired states one after another."""
        asyncio.get_running_loop().set_exception_handler(_unless_killed)
        await self._portal.ask("POST", "/people", {"email": self._random.choice(PEOPLE)})
        foreign = {"name": "foreign", "type": "reseller", "displayName": "Foreign", "owner": "others"}
        await self._portal.ask("POST", "/partners", foreign)
        for number in range(_WORLDS):
            desired = world(self._random, self._portal.clock.today)
            self._trace.log(
                f"world {number}: {counted(len(desired.resources), 'resource')}, renames {desired.renames}"
            )
            await self._converge(desired)
            # Let some invitations expire.
            self._portal.clock.passes(days=self._random.choice((0, 1, 8)))
        self._trace.faults += self._scenario.line.counts

    async def _converge(self, desired: Desired) -> None:
        before = database_state(self._portal)
        due = _mails_due(desired, before)
        self._scenario.line.active = True
        for _ in range(self._random.randint(1, _ROUNDS_WITH_FAULTS)):
            await self._scenario.plan_and_apply(desired)
        # Without faults, one more run must reach the desired state.
        self._scenario.line.active = False
        await self._scenario.plan_and_apply(desired)
        after = database_state(self._portal)
        self._check_end(desired, after.live())
        sent = Counter(after.mails)
        sent.subtract(before.mails)
        del sent[GUEST]
        if +sent != due:
            self._trace.fail(f"sent mails: {dict(+sent)}, expected: {dict(due)}")

    def _check_end(self, desired: Desired, live: Live) -> None:
        for change in plan_to(desired, live).changes:
            self._trace.fail(f"the plan should be empty, but has: {change.action} {change.id}")
        for each in desired.resources.values():
            held = live.resources.get(each.id)
            if held is None or (held.fields, held.owner_label) != (each.fields, each.owner_label):
                self._trace.fail(f"{each.id} is {held and held.fields}, expected {each.fields}")
        for held in live.resources.values():
            left = held.id not in desired.resources and owner(held.id, live.resources) == SCOPE
            kept = is_unmanaged_grant(held.id, live.resources, SCOPE, desired.external)
            if left and not kept and not _is_delegated(held.id, desired):
                self._trace.fail(f"{held.id} was not deleted")
        if "partner/foreign" not in live.resources:
            self._trace.fail("an unmanaged object was deleted")


def _unless_killed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report unhandled exceptions, except those of killed runs."""
    if not isinstance(context.get("exception"), KilledError):
        loop.default_exception_handler(context)


def _mails_due(desired: Desired, before: DatabaseState) -> Counter[str]:
    """Count the required invitations: new members without an account, and expired invitations."""
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
    """Run seeds until one fails, and print the trace or the totals."""
    parser = argparse.ArgumentParser(prog="python -m reconciler.testing.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="number of seeds")
    parser.add_argument("--from", type=int, default=0, dest="first", help="first seed")
    options = parser.parse_args(arguments)
    happened: Counter[str] = Counter()
    for trace in run(range(options.first, options.first + options.seeds)):
        happened += trace.faults
        if trace.failures:
            print(f"seed {trace.seed} fails:", *trace.lines, sep="\n")  # noqa: T201  a command prints
            return 1
    print(f"{options.seeds} seeds passed;", dict(happened.most_common()))  # noqa: T201  a command prints
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
