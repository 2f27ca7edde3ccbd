"""Random desired states in an organization, with faults in between or a rival administrator."""

import asyncio
import json
from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Final

import httpx2
import msgspec

from reconciler.apply import ExecutorOptions, apply
from reconciler.errors import PortalError
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.receipt import Receipt
from reconciler.model.resource import PARTIAL, Desired, Live
from reconciler.model.write_result import WriteResult
from reconciler.portals.apigee.adapter import CAPABILITIES
from reconciler.portals.apigee.app_group import MEMBERS
from reconciler.project import PortalProfile, project, project_live
from reconciler.testing.crash_transport import CrashTransport, KilledError
from reconciler.testing.faults import FAULTS, Fault, Faults
from reconciler.testing.generators import APIS, world
from reconciler.testing.harness import ALL, NOW, TODAY, plan, quiet
from reconciler.testing.in_process import InProcess
from tests.portals.apigee.organizations import opened
from tests.portals.around import Around
from tests.servers.apigee.organization import Json, Organization
from tests.servers.apigee.server import ApigeeServer

_FALLBACKS: Final = Fallbacks.model_validate(
    {
        "until": "daily-run",
        "view": "omit",
        "blocked": "each-run",
        "delegated": "unmanaged",
        "developerGrants": "team-of-one",
        "invitations": "create",
    }
)
# A late PUT restores an old state of a whole AppGroup, and so does one of an outdated read: Apigee has no
# versions. The next run finds that, but a receipt cannot.
_UNDETECTABLE: Final = frozenset({"delivered late", "stale read"})
DETECTABLE: Final = tuple(fault for fault in FAULTS if fault.name not in _UNDETECTABLE)
FOREIGN: Final = "foreign.ops"


class Chaos:
    """One organization, and what went wrong in it. In every other one, each team has an app with a key."""

    def __init__(self, seed: int) -> None:
        self.failures: list[str] = []
        self.happened: set[str] = set()
        self.random = Random(seed)  # noqa: S311  chance, not secrecy
        self.server = ApigeeServer(Organization(page=3))
        self.organization = self.server.organization
        for api in APIS:
            approval = self.random.choice(("auto", "manual"))
            self.organization.create_product({"name": api, "approvalType": approval})
        if seed % 2:
            self.organization.self_service = self._create_app
        self.organization.create_group({"name": FOREIGN, "attributes": [{"name": "tier", "value": "gold"}]})
        self._foreign = deepcopy(self.organization.group(FOREIGN))

    async def with_faults(self, worlds: int, table: Sequence[Fault]) -> None:
        """Apply desired states with faults, and then without, and check each receipt and the end."""
        for _ in range(worlds):
            made = world(self.random, TODAY)
            for _ in range(self.random.randint(1, 2)):
                await self._faulty_round(made, table)
            # New teams create keys at once, for any API. The second run finds that.
            await self._round(made, InProcess(self.server))
            await self._round(made, InProcess(self.server))
            self._check_end(await self._desired(made), await self._read())
        if self.organization.group(FOREIGN) != self._foreign:
            self.failures.append("an unmanaged AppGroup was changed")

    async def beside_rival(self, worlds: int) -> int:
        """Apply desired states beside a rival; return how often the rival acted."""
        rival = Rival(self.organization, self.random)
        for _ in range(worlds):
            async with opened(self.server) as portal:
                made = plan(await self._desired(world(self.random, TODAY)), await self._read_with(portal))
                options = ExecutorOptions(at_once=4, now=lambda: NOW, progress=quiet)
                await apply(made, BesideRival(portal, rival), options)
            self.failures += rival.lost(made)
        return rival.acted

    async def _faulty_round(self, made: Desired, table: Sequence[Fault]) -> None:
        faults = Faults(InProcess(self.server), self.random, table=tuple(table))
        killed = self.random.random() < 0.3
        crash = CrashTransport(
            faults,
            lambda: self.happened.add("killed"),
            at=self.random.randint(1, 15) if killed else -1,
            delivered=self.random.random() < 0.5,
            killed=True,
        )
        try:
            await self._round(made, crash, faults)
        except PortalError as error:
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
        desired = await self._desired(made)
        async with opened(self.server, line=transport) as portal:
            live = await self._read_with(portal)
            if not live.complete:
                self._note_incomplete(faults)
                return
            planned = plan(desired, live)
            before = await self._read()
            receipt = await apply(
                planned, portal, ExecutorOptions(at_once=4, now=lambda: NOW, progress=quiet)
            )
        late = faults is not None and "delivered late" in faults.counts
        if faults is not None:
            await faults.deliver()
        if not late:
            self._check(planned, receipt, before, await self._read())
        if faults is None and receipt.outcome != "complete":
            self.failures += [f"{each.outcome} {each.id}: {each.message}" for each in receipt.entries]

    def _note_incomplete(self, faults: Faults | None) -> None:
        self.happened.add("incomplete read")
        if faults is None:
            self.failures.append("a read without faults is incomplete")

    def _check(self, made: Plan, receipt: Receipt, before: Live, after: Live) -> None:
        """Check that what is reported as applied is there, and that what failed changed nothing."""
        changes = {change.id: change for change in made.changes}
        for entry in receipt.entries:
            old, new = before.resources.get(entry.id), after.resources.get(entry.id)
            wanted = changes[entry.id].after
            is_there = (new.fields if new else None) == wanted and (new is None or new.state != PARTIAL)
            if entry.outcome == "applied" and not is_there:
                self.failures.append(f"reported as applied: {entry.action} {entry.id}, but found {new}")
            # A key that a member creates meanwhile may have the API.
            own_key = entry.id.startswith("api-grant/") and self.organization.self_service is not None
            if entry.outcome == "failed" and not own_key and (old and old.fields) != (new and new.fields):
                self.failures.append(f"reported as failed: {entry.action} {entry.id}, but found {new}")

    def _check_end(self, desired: Desired, live: Live) -> None:
        self.failures += [f"left: {each.action} {each.id}" for each in plan(desired, live).changes]
        for each in desired.resources.values():
            held = live.resources.get(each.id)
            if held is None or (held.fields, held.owner_label) != (each.fields, each.owner_label):
                self.failures.append(f"{each.id} is {held}, expected {each.fields}")

    async def _desired(self, made: Desired) -> Desired:
        """Return a desired state as Apigee can store it."""
        desired = msgspec.structs.replace(made, renames={})
        return project(desired, PortalProfile(CAPABILITIES, "here", _FALLBACKS), await self._read()).desired

    async def _read(self) -> Live:
        async with opened(self.server) as portal:
            return await self._read_with(portal)

    async def _read_with(self, portal: Portal) -> Live:
        return project_live((await portal.read(ALL, quiet)).live, CAPABILITIES)

    def _create_app(self, group: str) -> None:
        products = self.random.sample(APIS, self.random.randint(0, 2))
        self.organization.create_app(group, {"name": "app", "apiProducts": products})


class Rival:
    """Another administrator, who adds members and attributes to AppGroups."""

    def __init__(self, organization: Organization, random: Random) -> None:
        self._organization = organization
        self._random = random
        self.acted = 0
        self._added: list[tuple[str, str]] = []

    def act(self) -> None:
        """Read an AppGroup, and replace it with one more member and attribute."""
        names = [name for name in self._organization.groups if name != FOREIGN]
        if not names:
            return
        self.acted += 1
        name, own = self._random.choice(names), f"rival-{self.acted}"
        self._added.append((name, own))
        group = deepcopy(self._organization.group(name))
        found = {each["name"]: each["value"] for each in group.get("attributes", [])}
        entries = json.loads(found.get(MEMBERS, "[]"))
        found[MEMBERS] = json.dumps([*entries, {"developer": f"{own}@guest.example", "roles": [own]}])
        if len(found) < 15:
            found[own] = "added"
        group["attributes"] = [{"name": key, "value": value} for key, value in found.items()]
        self._organization.replace_group(name, group)

    def lost(self, made: Plan) -> list[str]:
        """Return which additions are gone, of those in AppGroups that were not deleted."""
        added, self._added = self._added, []
        removed = {change.id for change in made.changes if change.action == "delete"}
        return [
            f"lost: {own} of {name}"
            for name, own in added
            if name in self._organization.groups
            and own not in _texts(self._organization.group(name))
            and not any(own in each for each in removed)
        ]


class BesideRival(Around):
    """Lets the rival act before each write."""

    def __init__(self, portal: Portal, rival: Rival) -> None:
        super().__init__(portal)
        self._rival = rival

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        self._rival.act()
        return await self.portal.write(batch, owner_label)


def _texts(group: Json) -> str:
    return json.dumps(group)
