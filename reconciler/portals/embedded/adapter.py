"""The adapter of the embedded portal: reads all it holds, and makes one change at a time."""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError
from reconciler.model.kinds import KINDS as RESOURCE_KINDS
from reconciler.model.plan import ABSENT, Change
from reconciler.model.portal import Capabilities, Progress
from reconciler.model.resource import Live
from reconciler.portals.embedded.directory import Directory
from reconciler.portals.embedded.objects import KINDS, Kind
from reconciler.portals.embedded.resources import Objects, offered_apis, resources
from reconciler.portals.http import Answer, HttpClient, Request
from reconciler.portals.listing import Listing, read_list
from reconciler.portals.problems import RefusedError

_LISTS_AT_ONCE: Final = 4
_EMPTY_LISTS: Final = frozenset({"domains", "blocked"})

CAPABILITIES: Final = Capabilities(
    kinds=frozenset(RESOURCE_KINDS),
    fields=frozenset(f"{kind.name}.{field}" for kind in RESOURCE_KINDS.values() for field in kind.fields),
    renames=frozenset(kind.name for kind in RESOURCE_KINDS.values() if kind.marked),
    team_admins=True,
    developer_grants=True,
    grants_before_account=True,
    enforces_until=True,
    ownership_marks=True,
    invitations=True,
    preconditions=True,
    keys_outlive_grants=False,
)


class _Portal(msgspec.Struct, frozen=True):
    id: str


class _Me(msgspec.Struct, frozen=True):
    name: str
    scope: str


_PORTAL: Final = msgspec.json.Decoder(_Portal)
_ME: Final = msgspec.json.Decoder(_Me)


class EmbeddedPortalAdapter:
    """The embedded portal through its HTTP API; `new_key` gives an idempotency key that was never used.

    The key is new for each write and the same when that write is repeated. One made from the plan would,
    within a day of a deletion, be answered with the object that is no longer there.
    """

    def __init__(self, client: HttpClient, new_key: Callable[[], str]) -> None:
        self._client = client
        self._new_key = new_key
        self._directory = Directory({kind: [] for kind in KINDS})

    @property
    def capabilities(self) -> Capabilities:
        """What it can hold: everything."""
        return CAPABILITIES

    async def read(self, progress: Progress) -> Live:
        """Read everything. Raises PortalError when there is no portal, or no right to see all of it."""
        portal = await self._get("portal", _PORTAL)
        await self._require_sight()
        listings = await self._read_lists(progress)
        lists: dict[str, list[Any]] = {kind: listing.items for kind, listing in listings.items()}
        self._directory = Directory(lists)
        found = resources(_objects(lists))
        found_apis = offered_apis(lists["api"])
        said = [listing.problem for listing in listings.values() if listing.problem]
        left_out = sum(map(len, lists.values())) - len(found) - len(found_apis)
        if left_out and not said:
            said.append(f"something moved: {left_out:,} of the objects have no parent or stand twice")
        return Live(portal.id, found, found_apis, "; ".join(said))

    async def write(self, change: Change, mark: str) -> None:
        """Make one change; what is made or adopted bears `mark` if its kind can."""
        if change.action == "delete":
            await self._delete(change)
        elif change.action == "adopt":
            await self._patch(change, {"managedBy": mark})
        elif change.action == "update":
            await self._patch(change, _merge_patch(change))
        elif change.precondition == ABSENT:
            await self._create(change, mark)
        else:
            await self._invite_again(change)

    async def _require_sight(self) -> None:
        """Refuse a token to which the portal shows a part as if it were the whole."""
        me = await self._get("me", _ME)
        if me.scope not in {"admin", "read"}:
            message = f'the token "{me.name}" sees only one team of the portal'
            raise PortalError(message, "use a token of scope admin; to plan, scope read is enough")

    async def _read_lists(self, progress: Progress) -> dict[str, Listing[Any]]:
        slots = asyncio.Semaphore(_LISTS_AT_ONCE)

        async def one(kind: Kind) -> Listing[Any]:
            async with slots:
                return await read_list(
                    self._client, kind.path, kind.page, lambda count, total: progress(kind.path, count, total)
                )

        read = await asyncio.gather(*(one(kind) for kind in KINDS.values()))
        return dict(zip(KINDS, read, strict=True))

    async def _create(self, change: Change, mark: str) -> None:
        body = {**self._directory.place(change.id), **(change.after or {})}
        if RESOURCE_KINDS[change.kind].marked:
            body["managedBy"] = mark
        answer = await self._post(KINDS[change.kind].path, body)
        self._remember(change.kind, answer)

    async def _invite_again(self, change: Change) -> None:
        """Send an expired invitation again, for the membership as it is wanted now."""
        before = self._directory.find(change.id)
        wanted = {"role": before.role, "until": None, **(change.after or {})}
        if wanted != {"role": before.role, "until": before.until}:
            before = await self._patch(change, wanted)
        answer = await self._post(f"members/{before.id}/invitation")
        self._remember(change.kind, answer, instead_of=before)

    async def _patch(self, change: Change, body: Mapping[str, Any]) -> Any:
        before = self._find(change)
        answer, before = await self._conditional("PATCH", change.kind, before, body)
        return self._remember(change.kind, answer, instead_of=before)

    async def _delete(self, change: Change) -> None:
        _, before = await self._conditional("DELETE", change.kind, self._find(change))
        self._directory.remove(change.kind, before)

    async def _conditional(
        self, method: str, kind: str, stored: Any, body: Mapping[str, Any] | None = None
    ) -> tuple[Answer, Any]:
        """Write to what was read, and to nothing else; return the answer and what was written to.

        Where only the state of a membership moved, which no plan is about, it is written to as it is now.
        """
        path = f"{KINDS[kind].path}/{stored.id}"

        def conditional(tag: str) -> Request:
            return Request(method=method, path=path, headers={"If-Match": tag}, body=body)

        try:
            return await self._client.send(conditional(stored.etag)), stored
        except RefusedError as refusal:
            if refusal.status != HTTPStatus.PRECONDITION_FAILED or kind != "membership":
                raise
            now = await self._get(path, KINDS[kind].one)
            if (now.role, now.until) != (stored.role, stored.until):
                raise
            return await self._client.send(conditional(now.etag)), now

    async def _get(self, path: str, decoder: "msgspec.json.Decoder[Any]") -> Any:
        return self._client.decode(await self._client.send(Request(method="GET", path=path)), decoder)

    async def _post(self, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        headers = {"Idempotency-Key": self._new_key()}
        return await self._client.send(
            Request(method="POST", path=path, headers=headers, body=body, repeatable=True)
        )

    def _find(self, change: Change) -> Any:
        """Return the object of a change; its parents bear their new names by now, it may bear its old one."""
        former = change.renamed_from.rpartition("/")[2] if change.renamed_from else None
        return self._directory.find(change.id, former_name=former)

    def _remember(self, kind: str, answer: Answer, *, instead_of: Any = None) -> Any:
        stored = self._client.decode(answer, KINDS[kind].one, written=True)
        self._directory.put(kind, stored, instead_of=instead_of)
        return stored


def _merge_patch(change: Change) -> dict[str, Any]:
    """Return the fields that change, and the name of what is renamed; what goes is null, or an empty list."""
    before, after = change.before or {}, change.after or {}
    patch = {
        field: after.get(field, [] if field in _EMPTY_LISTS else None)
        for field in {**before, **after}
        if before.get(field) != after.get(field)
    }
    if change.renamed_from:
        patch["name"] = change.id.rpartition("/")[2]
    return patch


def _objects(lists: Mapping[str, list[Any]]) -> Objects:
    return Objects(
        partners=lists["partner"],
        teams=lists["team"],
        members=lists["membership"],
        products=lists["api-product"],
        product_items=lists["product-item"],
        groups=lists["access-group"],
        access_items=lists["access-item"],
        grants=lists["grant"],
        apis=lists["api"],
    )
