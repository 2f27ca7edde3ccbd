"""The adapter of Apigee: teams are AppGroups, APIs are API products."""

from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Final

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request, Tally
from reconciler.model.health import Check
from reconciler.model.ids import decoded, encoded
from reconciler.model.kinds import team_of
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Progress, TextLimit
from reconciler.model.resource import PARTIAL, OfferedApi, ResourceId
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import WriteResult
from reconciler.portals.apigee.api import ApigeeApi, FoundGroup
from reconciler.portals.apigee.app_group import OWNER
from reconciler.portals.apigee.checks import ApigeeChecks
from reconciler.portals.apigee.edits import api_of, fits
from reconciler.portals.apigee.mapping import group_name, mapped, state_of_grant
from reconciler.portals.apigee.memory import Memory
from reconciler.portals.apigee.reader import PAGE_SIZE, read_lists
from reconciler.portals.apigee.schemas import APPROVED, ORGANIZATION, Product
from reconciler.portals.apigee.teams import TeamEdit
from reconciler.portals.complete_read import read_completely
from reconciler.portals.leaseless import LeaselessAdapter
from reconciler.portals.refusals import changed, in_use
from reconciler.portals.results import result_of

_PROOF: Final = "the last page of each list has no token, and pages by key overlap"
_TOGETHER: Final = 500
CAPABILITIES: Final = Capabilities(
    kinds=frozenset({"team", "membership", "api-grant"}),
    fields=frozenset({"team.displayName", "membership.role"}),
    renames=frozenset(),
    team_admins=True,
    developer_grants=False,
    grants_before_account=False,
    enforces_until=False,
    owner_labels=True,
    invitations=False,
    preconditions=False,
    keys_outlive_grants=False,
    limits={
        "team.name": TextLimit(
            longest=190, alphabet=r"[A-Za-z0-9._\-$ %]", says="letters, digits, spaces and ._-$%"
        )
    },
    batch_size=_TOGETHER,
)


class ApigeeAdapter(LeaselessAdapter):
    """An organization of Apigee through its management API. `channel` is that of new AppGroups."""

    def __init__(self, client: HttpClient, channel: str | None = None, page_size: int = PAGE_SIZE) -> None:
        super().__init__(client, CAPABILITIES)
        self._channel = channel
        self._page_size = page_size
        self._memory = Memory()

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        """Read all AppGroups, their keys, API products and developers."""
        self.label = selection.owner_label
        organization = await self.client.fetch(Request(path=self.client.endpoint.address), ORGANIZATION)
        lists = await read_completely(partial(read_lists, self.client, progress, self._page_size))
        self._memory.fill(lists)
        found, native = mapped(lists.groups, lists.apps)
        return Snapshot(
            portal_id=f"apigee/{organization.name}",
            resources=found,
            apis=_offered(lists.products),
            native=native,
            proof="" if lists.problem else _PROOF,
            problem=lists.problem,
            accounts=frozenset(map(decoded, self._memory.accounts)),
        )

    def checks(self) -> list[Check]:
        """Return the checks of the organization, and of what the account may read and write."""
        return ApigeeChecks(self.client).all()

    def batch_key(self, change: Change) -> ResourceId | None:
        """Return the team of a change: an AppGroup is written as a whole."""
        return team_of(change.id)

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        """Write the changes of one AppGroup."""
        self.label = owner_label
        edits = [change for change in batch if not _is_whole(change)]
        results = {each.id: await self.write_one(each) for each in batch if _is_whole(each)}
        if edits:
            results |= await self._edit(edits)
        return [results[change.id] for change in batch]

    async def _edit(self, changes: Sequence[Change]) -> Mapping[ResourceId, WriteResult]:
        try:
            name = group_name(changes[0].id)
        except PortalError as error:
            return {change.id: WriteResult("failed", error.message, 0) for change in changes}
        results = await TeamEdit(self.client, self._memory, name, self.label).write(changes)
        return {change.id: result for change, result in zip(changes, results, strict=True)}

    async def write_one(self, change: Change) -> WriteResult:
        """Create or delete an AppGroup."""
        api = ApigeeApi(self.client, Tally())
        write = self._create if change.action == "create" else self._delete
        return await result_of(write(api, change), api.tally)

    async def _create(self, api: ApigeeApi, change: Change) -> None:
        channel = {"channelId": self._channel} if self._channel else {}
        body = {
            "name": group_name(change.id),
            **channel,
            **(change.after or {}),
            "attributes": [{"name": OWNER, "value": self.label}],
        }
        try:
            await api.create_group(body)
        except ApiError as error:
            # The network may have delivered our own request twice: only we create with this label.
            if error.status != HTTPStatus.CONFLICT or not await self.is_applied(change):
                raise

    async def _delete(self, api: ApigeeApi, change: Change) -> None:
        """Delete an AppGroup that gives nobody access: Apigee deletes its apps and keys with it."""
        name = group_name(change.id)
        found = await api.group(name)
        if found is None or found.group.owner != self.label or not fits(found.group, change, change.before):
            raise changed(change.id)
        if found.group.is_used:
            raise in_use(change.id, "it has members or grants")
        for app in await api.apps(name):
            for key in app.keys:
                if any(product.status == APPROVED for product in key.api_products):
                    raise in_use(change.id, f"a key of the app {app.name} is for an API product")
        await api.delete_group(name)

    async def is_applied(self, change: Change) -> bool:
        """Return whether an organization has a change. Raises PortalError."""
        api = ApigeeApi(self.client, Tally())
        name = group_name(change.id)
        found = await api.group(name)
        if found is None or change.kind == "team":
            return _has_team(found, change, self.label)
        if change.kind == "membership":
            return fits(found.group, change, change.after)
        keys = [key for app in await api.apps(name) for key in app.keys]
        granted, state = state_of_grant(api_of(change), found.group, keys)
        if change.action == "delete":
            return not granted
        return granted and api_of(change) in found.group.apis and state != PARTIAL


def _has_team(found: FoundGroup | None, change: Change, label: str) -> bool:
    """Return whether a change of a team was applied, or one of something in a team that does not exist."""
    if found is None:
        return change.action == "delete"
    return (
        change.action != "delete" and found.group.owner == label and fits(found.group, change, change.after)
    )


def _is_whole(change: Change) -> bool:
    """Return whether a change creates or deletes an AppGroup."""
    return change.kind == "team" and change.action in {"create", "delete"}


def _offered(products: Sequence[Product]) -> dict[str, OfferedApi]:
    """Return the APIs. Each is restricted to those who have a key for it."""
    names = (encoded(product.name) for product in products)
    return {name: OfferedApi(name, "restricted") for name in names}
