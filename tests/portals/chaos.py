"""Random desired states on a portal of a test, with faults in between: every receipt is true."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from random import Random
from typing import Any, Final, Protocol

import httpx2
import msgspec

from reconciler.apply import ExecutorOptions, apply, verify
from reconciler.errors import PlanError, PortalError
from reconciler.model.ids import kind_of
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Capabilities, Portal
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.receipt import Receipt
from reconciler.model.resource import PARTIAL, Desired, Live, ResourceId
from reconciler.model.write_result import WriteResult
from reconciler.project import PortalProfile, project, project_live
from reconciler.testing.crash_transport import CrashTransport, KilledError
from reconciler.testing.faults import FAULTS, Fault, Faults
from reconciler.testing.generators import world
from reconciler.testing.harness import ALL, NOW, TODAY, plan, quiet
from tests.portals.around import Around

Opened = Callable[[httpx2.AsyncBaseTransport], AbstractAsyncContextManager[Portal]]
Join = Callable[[str], ResourceId | None]
# A single server shows each write at once.
SINGLE_SERVER: Final = tuple(fault for fault in FAULTS if fault.name != "stale read")
_ALL_FALLBACKS: Final = Fallbacks.model_validate(
    {
        "admins": "as-members",
        "until": "daily-run",
        "blocked": "each-run",
        "delegated": "unmanaged",
        "view": "omit",
        "invitations": "create",
        "developerGrants": "team-of-one",
    }
)


class Rival(Protocol):
    """Another administrator, who adds things while a run writes."""

    def act(self) -> bool:
        """Add something; return False if there is nothing yet to add it to."""

    def lost(self, made: Plan, live: Live) -> list[str]:
        """Return what was added during a run and is gone, although the plan does not remove it."""


class JoiningRival:
    """Another administrator, who adds new people to the teams of a run.

    `join` makes a person of an address a member of any team, and returns the team's id if there is a team.
    """

    def __init__(self, join: Join) -> None:
        self._number = 0
        self._join = join
        self._joined: list[tuple[ResourceId, str]] = []

    def act(self) -> bool:
        """Add a person to a team."""
        address = f"rival-{self._number}@guest.example"
        team = self._join(address)
        if team is not None:
            self._number += 1
            self._joined.append((team, address))
        return team is not None

    def lost(self, _made: Plan, live: Live) -> list[str]:
        """Return who was added and is in no team now, although a team of that name exists.

        A run may have given the name to another team: whoever was added is then in the renamed one.
        """
        joined, self._joined = self._joined, []
        left = {key.rpartition("/")[2] for key in live.resources if key.startswith("membership/")}
        return [
            f"lost: {address} of {team}"
            for team, address in joined
            if team in live.resources and address not in left
        ]


class BesideRival(Around):
    """Lets the rival act before each write."""

    def __init__(self, portal: Portal, rival: Rival) -> None:
        super().__init__(portal)
        self.acted = 0
        self._rival = rival

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        self.acted += self._rival.act()
        return await self.portal.write(batch, owner_label)


def _unless_killed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report exceptions of tasks, except those of killed runs."""
    if not isinstance(context.get("exception"), KilledError):
        loop.default_exception_handler(context)


def _options(at_once: int) -> ExecutorOptions:
    return ExecutorOptions(at_once=at_once, now=lambda: NOW, progress=quiet)


async def _no_edit() -> None:
    """Edit nothing."""


class Conditions(msgspec.Struct, frozen=True):
    """What happens while a run writes.

    `table` has the faults. `edit` is what another user does between two requests; it must leave the planned
    objects alone, except for those that are `edited`. Without faults, the desired state is reached after
    this number of `runs`.
    """

    table: tuple[Fault, ...] = SINGLE_SERVER
    edit: Callable[[], Awaitable[None]] = _no_edit
    edited: Callable[[ResourceId], bool] = lambda _resource_id: False
    runs: int = 1


_CALM: Final = Conditions()


class PortalChaos:
    """One portal, and what went wrong in it.

    `opened` opens an adapter on a transport, and `direct` returns one without faults.
    """

    def __init__(
        self,
        opened: Opened,
        direct: Callable[[], httpx2.AsyncBaseTransport],
        can: Capabilities,
        random: Random,
        conditions: Conditions = _CALM,
    ) -> None:
        self.failures: list[str] = []
        self.happened: set[str] = set()
        self._opened, self._direct, self._can = opened, direct, can
        self._random, self._conditions = random, conditions

    async def beside_rival(self, worlds: int, rival: Rival, at_once: int = 4) -> int:
        """Apply desired states beside a rival; return how often the rival added something."""
        acted = 0
        for _ in range(worlds):
            made = world(self._random, TODAY)
            async with self._opened(self._direct()) as portal:
                planned = plan(await self._desired(made), await self._read_with(portal))
                beside = BesideRival(portal, rival)
                await apply(planned, beside, _options(at_once))
            acted += beside.acted
            self.failures += rival.lost(planned, await self._read())
        return acted

    async def run(self, worlds: int) -> None:
        """Apply desired states with faults, and then without, and check each receipt and the end."""
        asyncio.get_running_loop().set_exception_handler(_unless_killed)
        for _ in range(worlds):
            made = world(self._random, TODAY)
            for _ in range(self._random.randint(1, 2)):
                await self._faulty_round(made)
            for _ in range(self._conditions.runs):
                await self._round(made, self._direct())
            self._check_end(await self._desired(made), await self._read())

    async def _desired(self, made: Desired) -> Desired:
        """Return a desired state as the portal can store it."""
        kept = {new: old for new, old in made.renames.items() if kind_of(new) in self._can.renames}
        desired = msgspec.structs.replace(made, renames=kept)
        profile = PortalProfile(self._can, "here", _ALL_FALLBACKS)
        return project(desired, profile, await self._read()).desired

    async def _faulty_round(self, made: Desired) -> None:
        faults = Faults(
            self._direct(), self._random, table=self._conditions.table, edit=self._conditions.edit
        )
        killed = self._random.random() < 0.3
        crash = CrashTransport(
            faults,
            lambda: self.happened.add("killed"),
            at=self._random.randint(1, 15) if killed else -1,
            delivered=self._random.random() < 0.5,
            killed=True,
        )
        try:
            await self._round(made, crash, faults)
        except (PortalError, PlanError) as error:
            self.happened.add(type(error).__name__)
        except KilledError:
            left = asyncio.all_tasks() - {asyncio.current_task()}
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            await faults.deliver()
        self.happened |= faults.counts.keys()

    async def _round(
        self, made: Desired, transport: httpx2.AsyncBaseTransport, faults: Faults | None = None
    ) -> None:
        before, desired = await self._read(), await self._desired(made)
        async with self._opened(transport) as portal:
            planned = plan(desired, await self._read_with(portal))
            verify(planned, before, TODAY, self._can.kinds)
            receipt = await apply(planned, portal, _options(at_once=4))
            if faults is not None:
                await faults.deliver()
        self._check(planned, receipt, before, await self._read())
        if faults is None and receipt.outcome != "complete":
            self.failures += [f"{each.outcome} {each.id}: {each.message}" for each in receipt.entries]

    def _check(self, made: Plan, receipt: Receipt, before: Live, after: Live) -> None:
        """Check that what is reported as applied is there, and that what failed changed nothing."""
        changes = {change.id: change for change in made.changes}
        renames = any(each.renamed_from for each in made.changes)
        for entry in receipt.entries:
            old, new = before.resources.get(entry.id), after.resources.get(entry.id)
            expected, fields = changes[entry.id].after, new.fields if new else None
            is_there = fields == expected and (new is None or new.state != PARTIAL)
            if entry.outcome == "applied" and not is_there:
                self.failures.append(f"reported as applied: {entry.action} {entry.id}, but found {new}")
            moved = renames or self._conditions.edited(entry.id)
            if entry.outcome == "failed" and not moved and (old.fields if old else None) != fields:
                self.failures.append(f"reported as failed: {entry.action} {entry.id}, but found {new}")

    def _check_end(self, desired: Desired, live: Live) -> None:
        """Check that the next plan is empty, and that each object is as the files ask for, and ours."""
        self.failures += [f"left: {each.action} {each.id}" for each in plan(desired, live).changes]
        for each in desired.resources.values():
            held = live.resources.get(each.id)
            if held is None or (held.fields, held.owner_label) != (each.fields, each.owner_label):
                self.failures.append(f"{each.id} is {held}, expected {each.fields}")

    async def _read(self) -> Live:
        async with self._opened(self._direct()) as portal:
            return await self._read_with(portal)

    async def _read_with(self, portal: Portal) -> Live:
        live = (await portal.read(ALL, quiet)).live
        if live.problem:
            raise PortalError(live.problem)
        return project_live(live, self._can)
