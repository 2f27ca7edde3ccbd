"""Write what objects refer to: members, admins, contents and grants, several of one object together."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.request import Tally
from reconciler.model.kinds import parents
from reconciler.model.plan import Change
from reconciler.model.resource import Fields
from reconciler.model.write_result import WriteResult
from reconciler.portals.drupal.accounts import Accounts
from reconciler.portals.drupal.index import Index
from reconciler.portals.drupal.resource_map import (
    ADMINS,
    APIS,
    CONTENTS,
    DEVELOPERS,
    MEMBERS,
    PRODUCTS,
    TEAMS,
    ResourceMap,
)
from reconciler.portals.drupal.schemas import MISSING, Item
from reconciler.portals.drupal.site_api import SiteApi, many
from reconciler.portals.refusals import changed, missing

_Method: TypeAlias = Literal["POST", "DELETE"]
# A new admin is added before other entries are removed, so that nobody loses access in between.
_METHODS: Final[tuple[_Method, ...]] = ("POST", "DELETE")


class _Step(msgspec.Struct):
    """A change with what it adds to relationships and removes from them, and what became of it."""

    change: Change
    sent: int = 0
    done: bool = False
    result: WriteResult | None = None
    targets: dict[tuple[_Method, str], list[str]] = msgspec.field(default_factory=dict)


class EdgeWriter:
    """Writes edges. The relationship of an object is changed by one request for all changes of a batch."""

    def __init__(self, index: Index, site_map: ResourceMap, accounts: Accounts) -> None:
        self._index, self._map, self._accounts = index, site_map, accounts

    async def write(self, api: SiteApi, changes: Sequence[Change], again: set[str]) -> list[WriteResult]:
        """Make changes of one object. `again` are those that an earlier attempt may have made."""
        steps = [_Step(change) for change in changes]
        try:
            owner = await self._owner(api, changes[0])
        except PortalError as error:
            return [WriteResult("failed", error.message) for _ in steps]
        for step in steps:
            await self._prepare(api.counting(Tally()), owner, step, again)
        for method in _METHODS:
            for role in self._map.references:
                await self._send(api, owner, method, role, steps)
        return [step.result or WriteResult("applied", requests=max(step.sent, 1)) for step in steps]

    async def applied(self, api: SiteApi, change: Change) -> bool:
        """Return whether the site has a change. Raises PortalError."""
        return self._held(await self._owner(api, change), change) == self._wanted(change)

    async def _owner(self, api: SiteApi, change: Change) -> Item:
        """Return the object of an edge as it is now."""
        owner = parents(change.id)[0]
        item = await api.get(self._map.objects[owner.partition("/")[0]].type, self._index.object(owner))
        if item is None:
            raise missing(owner)
        return item

    async def _prepare(self, api: SiteApi, owner: Item, step: _Step, again: set[str]) -> None:
        """Find out what a change adds and removes. One that does not fit what is there fails."""
        change = step.change
        try:
            held = self._held(owner, change)
            if change.id in again and held == self._wanted(change):
                return
            if held != self._before(change):
                raise changed(change.id)
            self._plan(owner, step, await self._targets(api, change))
        except UnknownOutcomeError as error:
            step.result = WriteResult("unknown", error.message, api.tally.sent)
        except PortalError as error:
            step.result = WriteResult("failed", error.message, api.tally.sent)
        step.sent += api.tally.sent

    def _plan(self, owner: Item, step: _Step, targets: list[str]) -> None:
        wanted = self._wanted(step.change)
        for role in self._roles(step.change):
            held = [each for each in targets if each in owner.ids(self._map.references[role].name)]
            # An admin may be in the list of members as well.
            stays = role == wanted or (role == MEMBERS and wanted == ADMINS)
            if role == wanted and not held:
                step.targets["POST", role] = targets[:1]
            elif held and not stays:
                step.targets["DELETE", role] = held

    async def _send(
        self, api: SiteApi, owner: Item, method: _Method, role: str, steps: Sequence[_Step]
    ) -> None:
        """Send one request for all changes that add to, or remove from, a relationship."""
        involved = [step for step in steps if step.result is None and (method, role) in step.targets]
        if not involved:
            return
        reference, tally = self._map.references[role], Tally()
        ids = [each for step in involved for each in step.targets[method, role]]
        try:
            await self._without_missing(api.counting(tally), owner, role)
            await api.counting(tally).relate(method, owner, reference.name, many(reference.target, ids))
        except PortalError as error:
            unknown = isinstance(error, UnknownOutcomeError)
            for step in involved:
                outcome: Literal["unknown", "failed"] = "unknown" if unknown or step.done else "failed"
                step.result = WriteResult(outcome, error.message, step.sent + tally.sent)
        for step in involved:
            step.sent += tally.sent
            step.done = True

    async def _without_missing(self, api: SiteApi, owner: Item, role: str) -> None:
        """Remove references to deleted objects: with one of them, Drupal refuses to save the object."""
        reference = self._map.references[role]
        if MISSING in owner.ids(reference.name):
            await api.relate("DELETE", owner, reference.name, many(reference.target, [MISSING]))

    def _before(self, change: Change) -> str | None:
        return self._role(change, change.before)

    def _wanted(self, change: Change) -> str | None:
        return self._role(change, change.after)

    def _role(self, change: Change, fields: Fields | None) -> str | None:
        """Return the relationship that an edge with these fields is in; None for no edge."""
        if fields is None:
            return None
        roles = self._roles(change)
        return ADMINS if fields.get("role") == "admin" else roles[0]

    def _roles(self, change: Change) -> list[str]:
        """Return the relationships that an edge may be in."""
        _, _, sort, *_ = (*change.id.split("/"), "")
        if change.kind == "membership":
            return [MEMBERS, ADMINS] if self._map.has_admins else [MEMBERS]
        if change.kind == "product-item":
            return [CONTENTS]
        return [{"team": TEAMS, "developer": DEVELOPERS, "api": APIS, "product": PRODUCTS}[sort]]

    def _held(self, owner: Item, change: Change) -> str | None:
        """Return the relationship that has an edge now; of members and admins, that of admins."""
        known = {*self._known(change)}
        for role in reversed(self._roles(change)):
            if known & {*owner.ids(self._map.references[role].name)}:
                return role
        return None

    def _known(self, change: Change) -> Iterator[str]:
        """Yield the ids of what an edge refers to."""
        _, _, *rest = change.id.split("/")
        if change.kind == "membership" or rest[0] == "developer":
            yield from self._index.people(rest[-1])
        elif rest[0] == "team":
            yield self._index.object("/".join(rest))
        elif rest[0] == "product":
            yield self._index.object(f"api-product/{rest[1]}")
        else:
            yield self._index.api(rest[-1])

    async def _targets(self, api: SiteApi, change: Change) -> list[str]:
        """Return what an edge refers to; a person without an account gets one."""
        if change.after is not None and (change.kind == "membership" or "/developer/" in change.id):
            return await self._accounts.of(api, change.id.rpartition("/")[2])
        return [*self._known(change)]
