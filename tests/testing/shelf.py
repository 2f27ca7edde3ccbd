"""A portal that stores everything in one file, which it replaces as a whole or not at all."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reconciler.access import report
from reconciler.model.access import AccessFilter
from reconciler.model.graph.edges import gather
from reconciler.model.graph.reachability import Reach
from reconciler.model.hierarchy import after_renames, children
from reconciler.model.kinds import has_owner_label
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Lease, Portal, Progress
from reconciler.model.receipt import Traffic
from reconciler.model.resource import OfferedApi, Resource
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals.embedded.adapter import CAPABILITIES

Shelved = dict[str, Resource]


class Stored(msgspec.Struct, frozen=True):
    """An object as the portal addresses it."""

    id: str
    version: str | None = None


class Shelf:
    """Its adapter; it merges a batch into the file."""

    def __init__(self, file: Path, can: Capabilities, apis: Sequence[str]) -> None:
        self.capabilities = can
        self._file = file
        self._apis = {api: OfferedApi(api, "restricted") for api in apis}
        self._requests = 0
        self._known: Shelved = {}

    @property
    def traffic(self) -> Traffic:
        return Traffic(requests=self._requests)

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  the portal's signature
        self._requests += 1
        self._known = load(self._file)
        progress("objects", len(self._known), len(self._known))
        return Snapshot(
            portal_id="shelf",
            resources=dict(self._known),
            apis=self._apis,
            native={each: Stored(each) for each in self._known},
            proof="the file was read to its end",
        )

    def batch_key(self, change: Change) -> str:  # noqa: ARG002  the portal's signature
        return self._file.name

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        self._requests += 1
        stored, known = load(self._file), self._known
        for change in batch:
            if refusal := _refusal(change, stored, known):
                return [WriteResult("failed", refusal)] * len(batch)
            stored, known = (self._changed(each, change, owner_label) for each in (stored, known))
        save(self._file, stored)
        self._known = known
        return [WriteResult("applied")] * len(batch)

    async def resolve(self, change: Change) -> Resolution:  # noqa: ARG002  the portal's signature
        return Resolution("unknown")

    def _changed(self, stored: Shelved, change: Change, owner_label: str) -> Shelved:
        """Return the objects after a change."""
        names = {change.renamed_from: change.id} if change.renamed_from else {}
        renamed = after_renames(stored, names)
        changed = {each: msgspec.structs.replace(held, id=each) for each, held in renamed.items()}
        before = changed.pop(change.id, None)
        if change.after is not None:
            label = owner_label if before is None or change.action == "adopt" else before.owner_label
            changed[change.id] = self._accepted(change, label)
        return changed

    def _accepted(self, change: Change, label: str | None) -> Resource:
        fields: Mapping[str, Any] = change.after or {}
        assert change.kind in self.capabilities.kinds
        assert {f"{change.kind}.{field}" for field in fields} <= self.capabilities.fields
        return Resource(change.id, dict(fields), label if has_owner_label(change.id) else None)

    async def take_lease(self, lease: Lease) -> None:
        raise NotImplementedError

    async def release_lease(self, lease: Lease) -> None:
        raise NotImplementedError


class ShelfUnderTest:
    """A shelf with these capabilities."""

    apis = ("tracking", "rates")
    page = 3

    def __init__(self, file: Path, can: Capabilities) -> None:
        self._file, self._can = file, can

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Portal]:
        yield Shelf(self._file, self._can, self.apis)

    async def create(self, resource: Resource) -> None:
        save(self._file, {**load(self._file), resource.id: resource})

    async def edit(self, resource_id: str) -> None:
        held = load(self._file)[resource_id]
        fields = {**held.fields, "displayName": "Edited"}
        await self.create(msgspec.structs.replace(held, fields=fields))

    async def unmanaged_fields(self, resource_id: str) -> Mapping[str, Any]:  # noqa: ARG002  the protocol's signature
        return {}

    async def mail_count(self, address: str) -> int:  # noqa: ARG002  the protocol's signature
        return 0

    async def respond(self, address: str, *, accept: bool) -> None:  # noqa: ARG002  the protocol's signature
        pytest.skip("the portal has no invitations")

    async def expire(self) -> str:
        pytest.skip("the portal has no invitations")

    async def effective_access(self, address: str, day: str) -> Mapping[str, str]:
        apis = {api: OfferedApi(api, "restricted") for api in self.apis}
        stored = {
            each: msgspec.structs.replace(held, state="active" if held.kind == "membership" else None)
            for each, held in load(self._file).items()
        }
        rows = report(
            Reach(gather(stored.values()), day), apis, source="portal", keep=AccessFilter(person=address)
        ).rows
        return {row.api: row.level for row in rows}


def _refusal(change: Change, stored: Shelved, known: Shelved) -> str:
    """Return why the portal refuses a change, or an empty string."""
    former = change.renamed_from or change.id
    if stored.get(former) != known.get(former):
        return f"{former} has changed"
    return f"{former} is not empty" if change.action == "delete" and children(stored).get(former) else ""


def load(file: Path) -> Shelved:
    return msgspec.json.decode(file.read_bytes(), type=Shelved) if file.exists() else {}


def save(file: Path, stored: Shelved) -> None:
    file.write_bytes(msgspec.json.encode(stored))


def lacking(*missing: str, **flags: Any) -> Capabilities:
    """Return the capabilities of a portal without these kinds and fields; `api-grant` is one of them."""
    kinds = (CAPABILITIES.kinds | {"api-grant"}) - {*missing}
    fields = CAPABILITIES.fields | {"api-grant.level", "api-grant.until"}
    return msgspec.structs.replace(
        CAPABILITIES,
        kinds=kinds,
        fields=frozenset(each for each in fields - {*missing} if each.partition(".")[0] in kinds),
        **{"leases": False, "invitations": False, "batch_size": 4, **flags},
    )
