"""A portal that stores resources in a JSON file; its settings say what it lacks."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import msgspec

from reconciler.model.hierarchy import after_renames
from reconciler.model.kinds import has_owner_label, person_of
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Lease, Portal, Progress
from reconciler.model.portal_settings import PortalSettings
from reconciler.model.receipt import Traffic
from reconciler.model.resource import Fields, Live, OfferedApi, Resource
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult
from reconciler.portals import Credentials, PortalType
from reconciler.portals.embedded.adapter import CAPABILITIES
from tests.states import snapshot


class ShelfSettings(PortalSettings):
    """Where the resources are stored, and the kinds, fields and features that the portal lacks.

    If it lacks grants of groups, it has grants of APIs instead.
    """

    type: Literal["shelf"]
    file: str
    lacks: list[str]
    accounts: list[str] | None = None


class Shelf:
    """A portal that refuses everything that its capabilities do not include."""

    def __init__(self, settings: ShelfSettings) -> None:
        self.capabilities = capabilities(settings)
        self.traffic = Traffic()
        self._file = Path(settings.file)
        self._settings = settings

    def resources(self) -> dict[str, Resource]:
        if not self._file.exists():
            return {}
        return msgspec.json.decode(self._file.read_bytes(), type=dict[str, Resource])

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:  # noqa: ARG002  the portal's signature
        progress("objects", 1, 1)
        apis = {"tracking-v2": OfferedApi("tracking-v2", "restricted")}
        accounts = None if self._settings.accounts is None else frozenset(self._settings.accounts)
        return snapshot(Live("shelf", self.resources(), apis, accounts=accounts))

    def batch_key(self, change: Change) -> str:  # noqa: ARG002  the portal's signature
        """Return the file, which is written as a whole."""
        return self._file.name

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        for change in batch:
            self._write(change, owner_label)
        return [WriteResult("applied") for _ in batch]

    async def resolve(self, change: Change) -> Resolution:
        raise NotImplementedError

    def _write(self, change: Change, owner_label: str) -> None:
        held = self.resources()
        if change.renamed_from:
            held = dict(after_renames(held, {change.renamed_from: change.id}))
        before = held.pop(change.id, None)
        if change.after is not None:
            self._require(change.kind, change.after)
            self._require_account(change)
            label = owner_label if before is None or change.action == "adopt" else before.owner_label
            held[change.id] = Resource(change.id, change.after, label if has_owner_label(change.id) else None)
        stored = {each: msgspec.structs.replace(resource, id=each) for each, resource in held.items()}
        self._file.write_bytes(msgspec.json.encode(stored))

    async def take_lease(self, lease: Lease) -> None:
        raise NotImplementedError

    async def release_lease(self, lease: Lease) -> None:
        raise NotImplementedError

    def _require_account(self, change: Change) -> None:
        fallbacks = self._settings.fallbacks
        if change.kind == "membership" and self._settings.accounts is not None:
            creates = fallbacks is not None and fallbacks.invitations == "create"
            assert creates or person_of(change.id) in self._settings.accounts

    def _require(self, kind: str, fields: Fields) -> None:
        stored = self.capabilities.fields
        assert kind in self.capabilities.kinds
        assert [field for field in fields if f"{kind}.{field}" not in stored] == []


def capabilities(settings: ShelfSettings) -> Capabilities:
    lacks = {*settings.lacks}
    kinds = CAPABILITIES.kinds | ({"api-grant"} if "grant" in lacks else set())
    fields = {*CAPABILITIES.fields, "api-grant.level", "api-grant.until"}
    kept = {field for field in fields if field.partition(".")[0] in kinds}
    return msgspec.structs.replace(
        CAPABILITIES,
        kinds=kinds - lacks,
        fields=frozenset(each for each in kept if not lacks & {each, each.partition(".")[0]}),
        leases=False,
        **{
            flag: False
            for flag in ("team_admins", "developer_grants", "enforces_until", "invitations")
            if flag in lacks
        },
    )


@asynccontextmanager
async def open_shelf(settings: ShelfSettings, _: Credentials) -> AsyncIterator[Portal]:
    yield Shelf(settings)


PORTAL = PortalType(ShelfSettings, capabilities, open_shelf)
