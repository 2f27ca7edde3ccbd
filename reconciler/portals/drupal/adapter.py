"""The adapter of Drupal: nodes or groups with entity-reference fields, through core's JSON:API."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.request import Tally
from reconciler.model.health import Check
from reconciler.model.ids import decoded
from reconciler.model.kinds import KINDS, parents
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Progress, TextLimit
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.complete_read import read_completely
from reconciler.portals.drupal.accounts import Accounts
from reconciler.portals.drupal.checks import DrupalChecks
from reconciler.portals.drupal.edges import EdgeWriter
from reconciler.portals.drupal.index import Index
from reconciler.portals.drupal.mapping import Mapped, mapped
from reconciler.portals.drupal.memberships import MembershipWriter
from reconciler.portals.drupal.objects import ObjectWriter
from reconciler.portals.drupal.reader import SiteReader
from reconciler.portals.drupal.resource_map import CONTENTS, DEVELOPERS, ResourceMap
from reconciler.portals.drupal.rights import RIGHTS
from reconciler.portals.drupal.site_api import SiteApi
from reconciler.portals.leaseless import LeaselessAdapter
from reconciler.portals.results import result_of

_PROOF: Final = (
    "the site knows the account, leaves out nothing, and has every object that others refer to in its lists"
)
# Drupal's length of a title.
_LONGEST: Final = TextLimit(longest=255)
_BATCH: Final = 100


def capabilities_of(site: ResourceMap) -> Capabilities:
    """Return what a site with this map can hold."""
    kinds = {*site.objects, "membership", "access-item", "grant"}
    if CONTENTS in site.references:
        kinds.add("product-item")
    fields = {f"{kind}.{field}" for kind, found in site.objects.items() for field in found.fields}
    return Capabilities(
        kinds=frozenset(kinds),
        fields=frozenset(fields | ({"membership.role"} if site.has_admins else set())),
        renames=frozenset(site.objects),
        moves=frozenset({"team"}),
        team_admins=site.has_admins,
        developer_grants=DEVELOPERS in site.references,
        grants_before_account=False,
        enforces_until=False,
        owner_labels=all(found.owner_label for found in site.objects.values()),
        invitations=False,
        preconditions=False,
        # The keys are those of the gateway, which this adapter knows nothing about.
        keys_outlive_grants=True,
        limits={f"{kind}.name": _LONGEST for kind in site.objects},
        batch_size=_BATCH,
    )


class DrupalAdapter(LeaselessAdapter):
    """A Drupal site through its JSON:API."""

    # Writing an object again is safe: that reads it first.
    not_applied = Resolution("unknown", retry=True)

    def __init__(self, client: HttpClient, site_map: ResourceMap, api_path: str) -> None:
        super().__init__(client, capabilities_of(site_map))
        self._map, self._api_path = site_map, api_path
        self._addresses: dict[str, str] = {}
        # The changes that a request without a response may have made.
        self._unsettled: set[str] = set()
        self._index = Index()
        accounts = Accounts(self._index, site_map)
        self._objects = ObjectWriter(self._index, site_map)
        self._edges = EdgeWriter(self._index, site_map, accounts)
        own = site_map.memberships
        self._memberships = MembershipWriter(self._index, site_map, own, accounts) if own else None

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        """Read all lists, after the site has shown that it knows the account."""
        self.label = selection.owner_label
        reader = SiteReader(self.client, self._map, self._api_path)
        self._addresses = reader.addresses(await reader.entry())
        found = await read_completely(partial(self._read, reader, progress))
        self._index.fill(found)
        return Snapshot(
            portal_id=self.client.endpoint.address,
            resources=found.resources,
            apis=found.offered,
            native=found.native,
            proof="" if found.problem else _PROOF,
            problem=f"{found.problem}: {RIGHTS}" if found.problem else "",
            accounts=frozenset(map(decoded, found.people)),
        )

    async def _read(self, reader: SiteReader, progress: Progress) -> Mapped:
        return mapped(await reader.read(self._addresses, progress), self._map, self.label)

    def checks(self) -> list[Check]:
        """Return the checks of the account, the map, and what the account may read and write."""
        return DrupalChecks(self.client, self._map, self._api_path).all()

    def batch_key(self, change: Change) -> str | None:
        """Return the object that a change is stored in: Drupal loads and saves it as a whole."""
        if not KINDS[change.kind].edge:
            return change.id
        if change.kind == "membership" and self._memberships:
            return None
        return parents(change.id)[0]

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        """Write each object by itself, then all edges of one object together."""
        self.label = owner_label
        results: dict[str, WriteResult] = {}
        edges = [change for change in batch if KINDS[change.kind].edge and not self._is_object(change)]
        for change in batch:
            if change not in edges:
                results[change.id] = await self.write_one(change)
        if edges:
            found = await self._edges.write(self._api(), edges, self._unsettled)
            results |= {change.id: result for change, result in zip(edges, found, strict=True)}
        return [self._settled(change, results[change.id]) for change in batch]

    def _settled(self, change: Change, result: WriteResult) -> WriteResult:
        """Return the result of a change. An earlier request may still arrive, so a second one cannot fail."""
        if result.outcome == "failed" and change.id in self._unsettled:
            return msgspec.structs.replace(result, outcome="unknown")
        if result.outcome == "unknown":
            self._unsettled.add(change.id)
        return result

    async def write_one(self, change: Change) -> WriteResult:
        """Write an object."""
        api, again = self._api(), change.id in self._unsettled
        if change.kind == "membership" and self._memberships:
            return await result_of(self._memberships.write(api, change, again=again), api.tally)
        return await result_of(self._objects.write(api, change, self.label, again=again), api.tally)

    def _is_object(self, change: Change) -> bool:
        return change.kind == "membership" and self._memberships is not None

    async def is_applied(self, change: Change) -> bool:
        """Return whether the site has a change. Raises PortalError."""
        api = self._api()
        if not KINDS[change.kind].edge:
            return await self._objects.applied(api, change, self.label)
        if change.kind == "membership" and self._memberships:
            return await self._memberships.applied(api, change)
        return await self._edges.applied(api, change)

    def _api(self) -> SiteApi:
        return SiteApi(self.client, self._addresses, Tally())
