"""Random desired states on a real Keycloak server, with faults in between or a rival administrator."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Final

import httpx2
import msgspec

from reconciler.apply import ExecutorOptions, apply, verify
from reconciler.errors import PlanError, PortalError
from reconciler.http.auth import StaticToken
from reconciler.http.connection import open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.retry import RetryPolicy
from reconciler.model.ids import kind_of
from reconciler.model.plan import Plan
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import Fallbacks
from reconciler.model.receipt import Receipt
from reconciler.model.resource import Desired, Live
from reconciler.model.secret import SecretText
from reconciler.portals.keycloak.adapter import CAPABILITIES, KeycloakAdapter
from reconciler.project import PortalProfile, project, project_live
from reconciler.testing.crash_transport import CrashTransport, KilledError
from reconciler.testing.faults import FAULTS, Faults
from reconciler.testing.generators import APIS, world
from reconciler.testing.harness import ALL, NOW, SCOPE, TODAY, plan, quiet
from tests.http.scripted import Naps
from tests.portals.keycloak.rival import BesideRival, Rival
from tests.servers.keycloak import Realm

_FALLBACKS: Final = Fallbacks(
    until="daily-run", blocked="each-run", delegated="unmanaged", invitations="create"
)
# A single server shows each write at once.
_FAULTS: Final = tuple(fault for fault in FAULTS if fault.name != "stale read")
_FOREIGN: Final = "foreign-partner"
_PAGE: Final = 3


class RealmChaos:
    """One realm, and what went wrong in it."""

    def __init__(self, realm: Realm, seed: int) -> None:
        self.failures: list[str] = []
        self.happened: set[str] = set()
        self.random = Random(seed)  # noqa: S311  chance, not secrecy
        self.realm = realm
        for api in APIS:
            realm.ask("POST", "/roles", {"name": api})
        realm.ask("POST", "/groups", {"name": _FOREIGN, "attributes": {"by": ["others"]}})
        self._foreign = self._found_foreign()

    async def with_faults(self, worlds: int) -> None:
        """Apply desired states with faults, and then without, and check each receipt and the end."""
        for _ in range(worlds):
            desired = self._desired()
            for _ in range(self.random.randint(1, 2)):
                await self._faulty_round(desired)
            await self._round(desired, self._direct())
            left = plan(desired, await self._read())
            self.failures += [f"left: {change.action} {change.id}" for change in left.changes]
        if self._found_foreign() != self._foreign:
            self.failures.append("an unmanaged group was changed")

    async def beside_rival(self, worlds: int) -> int:
        """Apply desired states beside a rival; return how often the rival acted."""
        rival = Rival(self.realm, self.random)
        for _ in range(worlds):
            desired = self._desired()
            async with self._opened(self._direct()) as portal:
                made = plan(desired, (await self._read_with(portal)))
                beside = BesideRival(portal, rival, self.random)
                await apply(made, beside, ExecutorOptions(at_once=1, now=lambda: NOW, progress=quiet))
            self.failures += [f"lost: {each}" for each in rival.lost()]
        return rival.acted

    def _desired(self) -> Desired:
        """Return a random desired state as Keycloak can store it."""
        made = world(self.random, TODAY)
        kept = {new: old for new, old in made.renames.items() if kind_of(new) in CAPABILITIES.renames}
        desired = msgspec.structs.replace(made, renames=kept)
        return project(desired, PortalProfile(CAPABILITIES, "here", _FALLBACKS)).desired

    async def _faulty_round(self, desired: Desired) -> None:
        faults = Faults(self._direct(), self.random, table=_FAULTS)
        killed = self.random.random() < 0.3
        crash = CrashTransport(
            faults,
            lambda: self.happened.add("killed"),
            at=self.random.randint(1, 15) if killed else -1,
            delivered=self.random.random() < 0.5,
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
            verify(made, before, TODAY, CAPABILITIES.kinds)
            receipt = await apply(made, portal, ExecutorOptions(at_once=4, now=lambda: NOW, progress=quiet))
            if faults is not None:
                await faults.deliver()
        self._check(made, receipt, before, await self._read())
        if faults is None and receipt.outcome != "complete":
            self.failures += [f"{each.outcome} {each.id}: {each.message}" for each in receipt.entries]

    def _check(self, made: Plan, receipt: Receipt, before: Live, after: Live) -> None:
        """Check that what is reported as applied is there, and that what failed changed nothing."""
        changes = {change.id: change for change in made.changes}
        for entry in receipt.entries:
            change = changes[entry.id]
            old, new = before.resources.get(entry.id), after.resources.get(entry.id)
            if entry.outcome == "applied" and (new and new.fields) != (change.after if new else None):
                self.failures.append(f"reported as applied: {entry.action} {entry.id}, but found {new}")
            if entry.outcome == "applied" and (new is None) != (entry.action == "delete"):
                self.failures.append(f"reported as applied: {entry.action} {entry.id}, but found {new}")
            moved = any(each.renamed_from for each in made.changes)
            if entry.outcome == "failed" and not moved and (old and old.fields) != (new and new.fields):
                self.failures.append(f"reported as failed: {entry.action} {entry.id}, but found {new}")

    async def _read(self) -> Live:
        async with self._opened(self._direct()) as portal:
            return await self._read_with(portal)

    async def _read_with(self, portal: Portal) -> Live:
        return project_live((await portal.read(ALL, quiet)).live, CAPABILITIES)

    @asynccontextmanager
    async def _opened(self, transport: httpx2.AsyncBaseTransport) -> AsyncIterator[KeycloakAdapter]:
        naps = Naps()
        policy = RetryPolicy(sleep=naps, random=self.random.random, clock=naps.clock)
        endpoint = Endpoint(
            name="the realm",
            auth=StaticToken(SecretText(self.realm.token()), "a test"),
            address=f"{self.realm.url}/admin/realms/{self.realm.name}",
        )
        async with open_client(endpoint, policy, transport) as client:
            yield KeycloakAdapter(client, _PAGE)

    def _direct(self) -> httpx2.AsyncBaseTransport:
        return httpx2.AsyncHTTPTransport()

    def _found_foreign(self) -> Mapping[str, Any]:
        groups = self.realm.ask("GET", "/groups?briefRepresentation=false&max=100")
        [found] = [group for group in groups if group["name"] == _FOREIGN]
        return {**found, "by": SCOPE}
