"""Random desired states on a portal of a test, with faults in between: every receipt is true."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from random import Random
from typing import Any, Final

import httpx2
import msgspec

from reconciler.apply import ExecutorOptions, apply, verify
from reconciler.errors import PlanError, PortalError
from reconciler.model.ids import kind_of
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Capabilities, Portal
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired, Live, Resource, ResourceId
from reconciler.model.write_result import WriteResult
from reconciler.project import PortalProfile, project, project_live
from reconciler.testing.crash_transport import CrashTransport, KilledError
from reconciler.testing.faults import FAULTS, Faults
from reconciler.testing.generators import world
from reconciler.testing.harness import ALL, NOW, TODAY, plan, quiet
from tests.portals.around import Around

Opened = Callable[[httpx2.AsyncBaseTransport], AbstractAsyncContextManager[Portal]]
Join = Callable[[str], ResourceId | None]
# A single server shows each write at once.
_FAULTS: Final = tuple(fault for fault in FAULTS if fault.name != "stale read")
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


class Rival:
    """Another administrator, who adds new people to the teams of a run.

    `join` makes a person of an address a member of any team, and returns the team's id if there is a team.
    """

    def __init__(self, join: Join) -> None:
        self.number = 0
        self._join = join
        self._joined: list[tuple[ResourceId, str]] = []

    def act(self) -> None:
        """Add a person to a team."""
        address = f"rival-{self.number}@guest.example"
        team = self._join(address)
        if team is not None:
            self.number += 1
            self._joined.append((team, address))

    def lost(self, held: Mapping[ResourceId, Resource]) -> list[str]:
        """Return who was added and is in no team now, although a team of that name exists.

        A run may have given the name to another team: whoever was added is then in the renamed one.
        """
        joined, self._joined = self._joined, []
        left = {key.rpartition("/")[2] for key in held if key.startswith("membership/")}
        return [
            f"lost: {address} of {team}" for team, address in joined if team in held and address not in left
        ]


class BesideRival(Around):
    """Lets the rival act before each write."""

    def __init__(self, portal: Portal, rival: Rival) -> None:
        super().__init__(portal)
        self._rival = rival

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        self._rival.act()
        return await self.portal.write(batch, owner_label)


def _unless_killed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report exceptions of tasks, except those of killed runs."""
    if not isinstance(context.get("exception"), KilledError):
        loop.default_exception_handler(context)


async def _nothing() -> None:
    """Edit nothing."""


class PortalChaos:
    """One portal, and what went wrong in it.

    `opened` opens an adapter on a transport, `direct` is the one without faults. `edit` is what another user
    does between two requests; it must leave the planned objects alone.
    """

    def __init__(
        self,
        opened: Opened,
        direct: httpx2.AsyncBaseTransport,
        can: Capabilities,
        random: Random,
        edit: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        self.failures: list[str] = []
        self.happened: set[str] = set()
        self._opened, self._direct, self._can = opened, direct, can
        self._random, self._edit = random, edit

    async def beside_rival(self, worlds: int, join: Join) -> int:
        """Apply desired states beside a rival who adds people; return how often the rival added one."""
        rival = Rival(join)
        for _ in range(worlds):
            desired = self._desired()
            async with self._opened(self._direct) as portal:
                made = plan(desired, await self._read_with(portal))
                options = ExecutorOptions(at_once=1, now=lambda: NOW, progress=quiet)
                await apply(made, BesideRival(portal, rival), options)
            self.failures += rival.lost((await self._read()).resources)
        return rival.number

    async def run(self, worlds: int) -> None:
        """Apply desired states with faults, and then without, and check each receipt and the end."""
        asyncio.get_running_loop().set_exception_handler(_unless_killed)
        for _ in range(worlds):
            desired = self._desired()
            for _ in range(self._random.randint(1, 2)):
                await self._faulty_round(desired)
            await self._round(desired, self._direct)
            left = plan(desired, await self._read())
            self.failures += [f"left: {change.action} {change.id}" for change in left.changes]

    def _desired(self) -> Desired:
        """Return a random desired state as the portal can store it."""
        made = world(self._random, TODAY)
        kept = {new: old for new, old in made.renames.items() if kind_of(new) in self._can.renames}
        desired = msgspec.structs.replace(made, renames=kept)
        return project(desired, PortalProfile(self._can, "here", _ALL_FALLBACKS)).desired

    async def _faulty_round(self, desired: Desired) -> None:
        faults = Faults(self._direct, self._random, table=_FAULTS, edit=self._edit)
        killed = self._random.random() < 0.3
        crash = CrashTransport(
            faults,
            lambda: self.happened.add("killed"),
            at=self._random.randint(1, 15) if killed else -1,
            delivered=self._random.random() < 0.5,
            killed=True,
        )
        try:
            await self._round(desired, crash, faults)
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
        self, desired: Desired, transport: httpx2.AsyncBaseTransport, faults: Faults | None = None
    ) -> None:
        before = await self._read()
        async with self._opened(transport) as portal:
            made = plan(desired, await self._read_with(portal))
            verify(made, before, TODAY, self._can.kinds)
            receipt = await apply(made, portal, ExecutorOptions(at_once=4, now=lambda: NOW, progress=quiet))
            if faults is not None:
                await faults.deliver()
        self._check(made, receipt, before, await self._read())
        if faults is None and receipt.outcome != "complete":
            self.failures += [f"{each.outcome} {each.id}: {each.message}" for each in receipt.entries]

    def _check(self, made: Plan, receipt: Receipt, before: Live, after: Live) -> None:
        """Check that what is reported as applied is there, and that what failed changed nothing."""
        changes = {change.id: change for change in made.changes}
        renames = any(each.renamed_from for each in made.changes)
        for entry in receipt.entries:
            change = changes[entry.id]
            old, new = before.resources.get(entry.id), after.resources.get(entry.id)
            fields = new.fields if new else None
            expected = None if entry.action == "delete" else change.after
            if entry.outcome == "applied" and entry.action != "adopt" and fields != expected:
                self.failures.append(f"reported as applied: {entry.action} {entry.id}, but found {new}")
            if entry.outcome == "failed" and not renames and (old and old.fields) != fields:
                self.failures.append(f"reported as failed: {entry.action} {entry.id}, but found {new}")

    async def _read(self) -> Live:
        async with self._opened(self._direct) as portal:
            return await self._read_with(portal)

    async def _read_with(self, portal: Portal) -> Live:
        live = (await portal.read(ALL, quiet)).live
        if live.problem:
            raise PortalError(live.problem)
        return project_live(live, self._can)
