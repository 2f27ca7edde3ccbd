"""A base for adapters of portals without leases, which read what became of a write without a response."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, Lease, Progress
from reconciler.model.receipt import Traffic
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult


class LeaselessAdapter:
    """A portal without leases. `label` is the owner label of this configuration."""

    # If an object is not as written, the request may still arrive.
    not_applied: ClassVar[Resolution] = Resolution("unknown")

    def __init__(self, client: HttpClient, capabilities: Capabilities) -> None:
        self.client = client
        self.label = ""
        self._capabilities = capabilities

    @abstractmethod
    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        """Read everything, as `Portal.read` says."""

    @abstractmethod
    async def write_one(self, change: Change) -> WriteResult:
        """Write a change by itself."""

    @abstractmethod
    async def is_applied(self, change: Change) -> bool:
        """Read the object of a change again, and return whether it is as written. Raises PortalError."""

    @property
    def capabilities(self) -> Capabilities:
        """The capabilities of the portal."""
        return self._capabilities

    @property
    def traffic(self) -> Traffic:
        """The traffic with the portal so far."""
        return self.client.traffic

    def batch_key(self, change: Change) -> str | None:  # noqa: ARG002  subclasses use it
        """Return None: each change is independent of all others."""
        return None

    async def write(self, batch: Sequence[Change], owner_label: str) -> list[WriteResult]:
        """Write each change of a batch by itself."""
        self.label = owner_label
        return [await self.write_one(change) for change in batch]

    async def resolve(self, change: Change) -> Resolution:
        """Return the outcome of a change from what the portal has now."""
        try:
            done = await self.is_applied(change)
        except PortalError as error:
            return Resolution("unknown", error.message)
        return Resolution("applied") if done else self.not_applied

    async def take_lease(self, lease: Lease) -> None:
        """Do nothing: the portal has no leases."""

    async def release_lease(self, lease: Lease) -> None:
        """Do nothing: the portal has no leases."""
