"""A portal around another one, for tests that change what one of its methods does."""

from collections.abc import Sequence

from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Lease, Portal, Progress
from reconciler.model.receipt import Traffic
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult


class Around:
    """Does all that the portal within does."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    @property
    def capabilities(self) -> Capabilities:
        return self.portal.capabilities

    @property
    def traffic(self) -> Traffic:
        return self.portal.traffic

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        return await self.portal.read(selection, progress)

    def batch_key(self, change: Change) -> str | None:
        return self.portal.batch_key(change)

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        return await self.portal.write(batch, owner_label)

    async def resolve(self, change: Change) -> Resolution:
        return await self.portal.resolve(change)

    async def take_lease(self, lease: Lease) -> None:
        await self.portal.take_lease(lease)

    async def release_lease(self, lease: Lease) -> None:
        await self.portal.release_lease(lease)
