"""The adapter of the embedded portal: reads all objects, and writes one change."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.pagination import BodyCursor, Listing, read_list
from reconciler.http.request import Request
from reconciler.model.ids import decoded
from reconciler.model.kinds import KINDS as RESOURCE_KINDS
from reconciler.model.plan import ABSENT, Change
from reconciler.model.portal import Capabilities, Lease, LeaseHeldError, Progress
from reconciler.model.receipt import Traffic
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.portals.embedded.conditional_writes import ConditionalWriter, Written
from reconciler.portals.embedded.id_map import Directory
from reconciler.portals.embedded.mapping import Objects, mapped, offered_apis
from reconciler.portals.embedded.outcomes import half_done, is_uncertain, unknown
from reconciler.portals.embedded.schemas import KINDS, PAGE_SIZE, Kind

_LISTS_AT_ONCE: Final = 4
_MOST_READINGS: Final = 3
_EMPTY_LISTS: Final = frozenset({"domains", "blocked"})
_PROOF: Final = "the token sees everything, each list is as long as its total, each object has its parents"

_HELD: Final = [kind for kind in RESOURCE_KINDS.values() if kind.name in KINDS]
CAPABILITIES: Final = Capabilities(
    kinds=frozenset(kind.name for kind in _HELD),
    fields=frozenset(f"{kind.name}.{field}" for kind in _HELD for field in kind.fields),
    renames=frozenset(kind.name for kind in _HELD if kind.renameable),
    moves=frozenset(kind.name for kind in _HELD if kind.movable),
    team_admins=True,
    developer_grants=True,
    grants_before_account=True,
    enforces_until=True,
    ownership_marks=True,
    invitations=True,
    preconditions=True,
    keys_outlive_grants=False,
    leases=True,
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
        self._writer = ConditionalWriter(client)
        self._new_key = new_key
        self._directory = Directory({kind: [] for kind in KINDS})

    @property
    def capabilities(self) -> Capabilities:
        """What it can store: everything."""
        return CAPABILITIES

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  labels come with the objects
        """Read everything. Raises PortalError if the token cannot see everything."""
        portal = await self._client.fetch(Request(path="portal"), _PORTAL)
        await self._require_sight()
        found, changed = await self._read_once(portal.id, progress)
        if changed:
            found, _ = await self._read_once(portal.id, progress)
        return found

    async def _read_once(self, portal_id: str, progress: Progress) -> tuple[Snapshot, bool]:
        """Read all lists; return their objects, and whether something changed between two of them."""
        listings = await self._read_lists(progress)
        lists: dict[str, list[Any]] = {kind: listing.items for kind, listing in listings.items()}
        self._directory = Directory(lists)
        found, native = mapped(_objects(lists))
        found_apis = offered_apis(lists["api"])
        problems = [listing.problem for listing in listings.values() if listing.problem]
        left_out = sum(map(len, lists.values())) - len(found) - len(found_apis)
        changed = bool(left_out and not problems)
        if changed:
            problems.append(
                f"the portal changed: {left_out:,} of the objects have no parent or are listed twice"
            )
        snapshot = Snapshot(
            portal_id=portal_id,
            resources=found,
            apis=found_apis,
            native=native,
            proof="" if problems else _PROOF,
            problem="; ".join(problems),
        )
        return snapshot, changed

    async def write(self, change: Change, mark: str) -> int:
        """Make one change; created and adopted objects get the label `mark` if their kind has one.

        Returns the number of requests that were sent.
        """
        if change.action == "delete":
            return (await self._delete(change)).attempts
        if change.action == "adopt":
            return (await self._patch(change, {"managedBy": mark})).attempts
        if change.action == "update":
            return (
                await self._patch(change, {**_merge_patch(change), **self._directory.move(change)})
            ).attempts
        if change.precondition == ABSENT:
            return await self._create(change, mark)
        return await self._invite_again(change)

    async def take_lease(self, lease: Lease) -> None:
        """Take or renew the lease. Raises LeaseHeldError while another run has it."""
        body = {"id": lease.id, "owner": lease.owner, "seconds": lease.seconds}
        try:
            await self._client.send(Request(method="PUT", path="lease", body=body, repeatable=True))
        except ApiError as refusal:
            if refusal.status != HTTPStatus.CONFLICT:
                raise
            hint = "one run writes at a time: wait for it with --lock-timeout SECONDS, or try again later"
            raise LeaseHeldError(f"{self._client.endpoint}: {refusal.detail.rstrip('.')}", hint) from refusal

    async def release_lease(self, lease: Lease) -> None:
        """Release the lease, if it is still ours."""
        request = Request(method="DELETE", path="lease", query={"id": lease.id}, repeatable=True)
        with suppress(ApiError):
            await self._client.send(request)

    @property
    def traffic(self) -> Traffic:
        """The requests that were sent so far."""
        return self._client.traffic

    async def _require_sight(self) -> None:
        """Raise PortalError for a token to which the portal shows only some objects."""
        me = await self._client.fetch(Request(path="me"), _ME)
        if me.scope not in {"admin", "read"}:
            message = f'the token "{me.name}" sees only one team of the portal'
            raise PortalError(message, "use a token of scope admin; to plan, scope read is enough")

    async def _read_lists(self, progress: Progress) -> dict[str, Listing[Any]]:
        slots = asyncio.Semaphore(_LISTS_AT_ONCE)

        async def one(kind: Kind) -> Listing[Any]:
            async with slots:
                return await read_list(
                    self._client,
                    Request(path=kind.path),
                    BodyCursor(kind.page, PAGE_SIZE),
                    lambda count, total: progress(kind.path, count, total),
                )

        read = await asyncio.gather(*(one(kind) for kind in KINDS.values()))
        return dict(zip(KINDS, read, strict=True))

    async def _create(self, change: Change, mark: str) -> int:
        body = {**self._directory.place(change.id), **(change.after or {})}
        if RESOURCE_KINDS[change.kind].owner_label:
            body["managedBy"] = mark
        made, attempts = await self._post(change.kind, KINDS[change.kind].path, body)
        self._directory.put(change.kind, made)
        return attempts

    async def _invite_again(self, change: Change) -> int:
        """Send an expired invitation again, with the membership's new role and end."""
        before = self._directory.find(change.id)
        wanted = {"role": before.role, "until": None, **(change.after or {})}
        changes = wanted != {"role": before.role, "until": before.until}
        if changes:
            before = (await self._patch(change, wanted)).now
        try:
            path, condition = f"members/{before.id}/invitation", {"If-Match": before.etag}
            now, attempts = await self._post(change.kind, path, headers=condition)
        except PortalError as error:
            raise (half_done(error) if changes else error) from error.__cause__
        self._directory.put(change.kind, now, instead_of=before)
        return attempts

    async def _patch(self, change: Change, body: Mapping[str, Any]) -> Written:
        written = await self._writer.write(change.kind, self._find(change), body)
        self._directory.put(change.kind, written.now, instead_of=written.before)
        return written

    async def _delete(self, change: Change) -> Written:
        written = await self._writer.write(change.kind, self._find(change))
        self._directory.remove(change.kind, written.before)
        return written

    async def _post(
        self, kind: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] = {}
    ) -> tuple[Any, int]:
        """Return what was made, and how often that was asked for.

        An answer that cannot be read is asked for again: by its key, which makes nothing twice.
        """
        keyed = {"Idempotency-Key": self._new_key(), **headers}
        request = Request(method="POST", path=path, headers=keyed, body=body, repeatable=True)
        attempts = 0
        while True:
            try:
                answer = await self._client.send(request)
            except PortalError as error:
                error.attempts += attempts
                if attempts or is_uncertain(error):
                    raise unknown(error) from error.__cause__
                raise
            attempts += answer.attempts
            try:
                return self._client.decode(answer, KINDS[kind].one), attempts
            except UnknownOutcomeError as lost:
                lost.attempts = attempts
                if attempts >= _MOST_READINGS:
                    raise

    def _find(self, change: Change) -> Any:
        """Return the object of a change; its parents have their new names by now, it may have its old one."""
        return self._directory.find(change.id, former=change.renamed_from)


def _merge_patch(change: Change) -> dict[str, Any]:
    """Return the fields that change, and the name of what is renamed; what goes is null, or an empty list."""
    before, after = change.before or {}, change.after or {}
    patch = {
        field: after.get(field, [] if field in _EMPTY_LISTS else None)
        for field in {**before, **after}
        if before.get(field) != after.get(field)
    }
    if change.renamed_from:
        patch["name"] = decoded(change.id.rpartition("/")[2])
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
