"""The adapter of the embedded portal: it reads all objects, and writes each change on its own."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import Listing, read_list
from reconciler.http.pagination import BodyCursor
from reconciler.http.request import Request
from reconciler.model.health import Check
from reconciler.model.kinds import KINDS as RESOURCE_KINDS
from reconciler.model.plan import Change, Plan
from reconciler.model.portal import Capabilities, Lease, LeaseHeldError, Progress, Totals
from reconciler.model.receipt import Traffic
from reconciler.model.snapshot import Excerpt, Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.checks import ME, READS_ALL, SCOPE_HINT, EmbeddedChecks
from reconciler.portals.embedded.excerpt import EXCERPT, REFUSED, TOTALS, excerpt_request, totals_request
from reconciler.portals.embedded.id_map import Directory
from reconciler.portals.embedded.mapping import mapped, offered_apis
from reconciler.portals.embedded.schemas import KINDS, LARGE_PAGE_SIZE, PAGE_SIZE, Kind
from reconciler.portals.embedded.writer import Writer

_LISTS_AT_ONCE: Final = 4
_EXCERPT_PROOF: Final = (
    "the token sees everything, the portal read the excerpt at once, each object has its parents"
)
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
    owner_labels=True,
    invitations=True,
    preconditions=True,
    keys_outlive_grants=False,
    leases=True,
)


class _Portal(msgspec.Struct, frozen=True, rename="camel"):
    """The portal; one of an earlier version does not say how large pages may be."""

    id: str
    max_limit: Annotated[int, msgspec.Meta(ge=1)] = PAGE_SIZE

    @property
    def page_size(self) -> int:
        """The number of objects that are requested at once."""
        return min(self.max_limit, LARGE_PAGE_SIZE)


_PORTAL: Final = msgspec.json.Decoder(_Portal)


class EmbeddedPortalAdapter:
    """The embedded portal through its HTTP API; `new_key` gives an idempotency key that was never used."""

    def __init__(self, client: HttpClient, new_key: Callable[[], str]) -> None:
        self._client = client
        self._new_key = new_key
        self._plan: Plan | None = None
        self._writer = Writer(client, new_key, Directory({kind: [] for kind in KINDS}))

    @property
    def capabilities(self) -> Capabilities:
        """What it can store: everything."""
        return CAPABILITIES

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        """Read what is selected. Raises PortalError if the token cannot see everything."""
        portal = await self._client.fetch(Request(path="portal"), _PORTAL)
        await self._require_sight()
        if selection.objects != "all":
            excerpt = await self._read_excerpt(portal.id, selection.objects, progress)
            if excerpt is not None:
                return excerpt
        found, changed = await self._read_once(portal, progress)
        if changed:
            found, _ = await self._read_once(portal, progress)
        return found

    async def totals(self, owner_label: str, external: Collection[str], day: str | None) -> Totals:
        """Let the portal count."""
        return (await self._client.fetch(totals_request(owner_label, external, day), TOTALS)).totals

    async def _read_excerpt(self, portal_id: str, wanted: Excerpt, progress: Progress) -> Snapshot | None:
        """Return an excerpt; None if the portal has no excerpts, or refuses this one."""
        try:
            objects = await self._client.fetch(excerpt_request(wanted), EXCERPT)
        except ApiError as refusal:
            if refusal.status in REFUSED:
                return None
            raise
        lists = objects.by_kind
        progress("excerpt", sum(map(len, lists.values())), None)
        snapshot, _ = self._snapshot(portal_id, lists, [])
        return msgspec.structs.replace(snapshot, excerpt=True, proof=_EXCERPT_PROOF if snapshot.proof else "")

    async def _read_once(self, portal: _Portal, progress: Progress) -> tuple[Snapshot, bool]:
        """Read all lists; return their objects, and whether something changed between two of them."""
        listings = await self._read_lists(progress, portal.page_size)
        problems = [listing.problem for listing in listings.values() if listing.problem]
        return self._snapshot(portal.id, {kind: each.items for kind, each in listings.items()}, problems)

    def _snapshot(
        self, portal_id: str, lists: dict[str, list[Any]], problems: list[str]
    ) -> tuple[Snapshot, bool]:
        """Return the objects, and whether some had no parent or came twice although nothing else is wrong."""
        self._writer = Writer(self._client, self._new_key, Directory(lists), self._plan)
        found, native = mapped(lists)
        found_apis = offered_apis(lists["api"])
        left_out = sum(map(len, lists.values())) - len(found) - len(found_apis)
        changed = bool(left_out and not problems)
        if changed:
            problems.append(
                "the portal changed while it was read: objects without a parent, or listed twice:"
                f" {left_out:,}"
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

    def checks(self) -> list[Check]:
        """Return the checks of the token, the lease and the version."""
        return EmbeddedChecks(self._client).all()

    def batch_key(self, change: Change) -> None:
        """Return nothing: each object is written on its own, with its own entity tag."""

    def record_plan(self, plan: Plan) -> None:
        """Name the plan as the source of the changes that are written after the next reading."""
        self._plan = plan

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        """Write each change of a batch; by the capabilities, it has only one."""
        return [await self._writer.write(change, owner_label) for change in batch]

    async def resolve(self, change: Change) -> Resolution:
        """Look up in the audit log what became of a change."""
        return await self._writer.resolve(change)

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
        me = await self._client.fetch(Request(path="me"), ME)
        if me.scope not in READS_ALL:
            message = f'the token "{me.name}" sees only one team of the portal'
            raise PortalError(message, SCOPE_HINT)

    async def _read_lists(self, progress: Progress, page_size: int) -> dict[str, Listing[Any]]:
        slots = asyncio.Semaphore(_LISTS_AT_ONCE)

        async def one(kind: Kind) -> Listing[Any]:
            async with slots:
                return await read_list(
                    self._client,
                    Request(path=kind.path),
                    BodyCursor(kind.page, page_size),
                    lambda count, total: progress(kind.path, count, total),
                )

        read = await asyncio.gather(*(one(kind) for kind in KINDS.values()))
        return dict(zip(KINDS, read, strict=True))
