"""A portal that takes changes of one object together, around a portal that takes each alone."""

from collections.abc import Sequence
from typing import Final

import msgspec

from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Lease, Portal, Progress
from reconciler.model.receipt import Traffic
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult

_BATCH_SIZE: Final = 5


class BatchingPortal:
    """Give the changes below one object the same lane, and refuse a batch whose first change is refused."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._busy: set[str] = set()

    @property
    def capabilities(self) -> Capabilities:
        """The capabilities of the portal, with batches."""
        return msgspec.structs.replace(self._portal.capabilities, batch_size=_BATCH_SIZE)

    @property
    def traffic(self) -> Traffic:
        """The traffic of the portal."""
        return self._portal.traffic

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        """Read the portal."""
        return await self._portal.read(selection, progress)

    def batch_key(self, change: Change) -> str:
        """Return what the object is below: a team, a group, or the kind."""
        return change.id.rpartition("/")[0]

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        """Write the changes. Raise ValueError if they must not be in one batch, or meet another batch."""
        [key, *others] = {self.batch_key(change) for change in batch}
        if others or key in self._busy or len(batch) > _BATCH_SIZE:
            raise ValueError(f"the batch {[change.id for change in batch]} must not be written")
        self._busy.add(key)
        try:
            return await self._write(batch, owner_label)
        finally:
            self._busy.remove(key)

    async def _write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        results: list[WriteResult] = []
        for change in batch:
            results += await self._portal.write([change], owner_label)
            if results[0].outcome == "failed":
                return results * len(batch)
        return results

    async def resolve(self, change: Change) -> Resolution:
        """Ask the portal."""
        return await self._portal.resolve(change)

    async def take_lease(self, lease: Lease) -> None:
        """Acquire the lease of the portal."""
        await self._portal.take_lease(lease)

    async def release_lease(self, lease: Lease) -> None:
        """Release the lease of the portal."""
        await self._portal.release_lease(lease)
