"""A base for adapters of portals without versions: each object is read again just before it is written."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request, Response, Tally
from reconciler.model.ids import last_name
from reconciler.model.kinds import has_owner_label
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Resource, ResourceId
from reconciler.model.write_result import WriteResult
from reconciler.portals.leaseless import LeaselessAdapter
from reconciler.portals.native_ids import NativeIds
from reconciler.portals.refusals import changed
from reconciler.portals.results import result_of

# The answers to a second delivery of a write that was done.
_REPEATED: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})


class Key(msgspec.Struct, frozen=True):
    """The portal's own id of an object, or of both ends of an edge. There is no version."""

    id: str
    version: str | None = None


Mapped: TypeAlias = tuple[Resource, Key]


def by_id(found: Iterable[Mapped]) -> tuple[dict[ResourceId, Resource], dict[ResourceId, Key]]:
    """Return the resources and keys of a snapshot."""
    mapped = list(found)
    return {each.id: each for each, _ in mapped}, {each.id: key for each, key in mapped}


class UnversionedAdapter(LeaselessAdapter):
    """A portal without versions, leases and batches. Subclasses read everything, one object, and write.

    `ids` are the portal's own ids. `read` fills them, and successful writes keep them up to date.
    """

    def __init__(self, client: HttpClient, capabilities: Capabilities) -> None:
        super().__init__(client, capabilities)
        self.ids = NativeIds()

    @abstractmethod
    async def current(self, change: Change) -> Mapped | None:
        """Read the object of a change again; None if there is none. Raises PortalError.

        The object is found by its id in `ids`, or by its name if it is new there.
        """

    @abstractmethod
    async def send(self, change: Change, owner_label: str, tally: Tally) -> str | None:
        """Write a change whose object is as it was planned. Return the portal's id of a new object.

        Raises PortalError. All requests that write have the tally.
        """

    def remember(
        self, found: Iterable[Mapped], references: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[dict[ResourceId, Resource], dict[ResourceId, Key]]:
        """Set `ids` to what was read, and return the resources and keys of a snapshot.

        `references` are the portal's ids of other objects that resources refer to, such as `api/NAME`.
        """
        resources, native = by_id(found)
        self.ids = NativeIds({**references, **{each: key.id for each, key in native.items()}})
        return resources, native

    async def request(self, method: str, path: str, tally: Tally, body: Any = None) -> Response:
        """Send a write. Repeating it must have the same effect as sending it once, except for POST."""
        repeatable = method != "POST"
        request = Request(path=path, method=method, body=body, repeatable=repeatable, tally=tally)
        return await self.client.send(request)

    async def write_one(self, change: Change) -> WriteResult:
        """Write a change if its object is as it was planned."""
        tally = Tally()
        return await result_of(self._checked(change, tally), tally)

    async def _checked(self, change: Change, tally: Tally) -> None:
        held = await self.current(change)
        if not _is_as_planned(change, held[0] if held else None, self.label):
            raise changed(change.renamed_from or change.id)
        try:
            self.ids.record(change, await self.send(change, self.label, tally))
        except ApiError as error:
            if error.status not in _REPEATED or not tally.sent or not await self._was_applied(change):
                raise

    async def _was_applied(self, change: Change) -> bool:
        """Return whether an earlier request was done. Raises UnknownOutcomeError if that cannot be read."""
        try:
            return await self.is_applied(change)
        except PortalError as error:
            raise UnknownOutcomeError(error.message, error.hint) from error

    async def is_applied(self, change: Change) -> bool:
        """Return whether the object of a change is as written. Raises PortalError."""
        held = await self.current(change)
        if not _is_as_wanted(change, held[0] if held else None, self.label):
            return False
        self.ids.record(change, held[1].id if held else None)
        return True


def _is_as_planned(change: Change, held: Resource | None, label: str) -> bool:
    """Return whether an object is what it was when the plan was made."""
    if held is None or change.before is None:
        return held is None and change.before is None
    ours = held.owner_label == label or not has_owner_label(held.id)
    former = last_name(change.renamed_from or change.id)
    return ours == (change.action != "adopt") and (last_name(held.id), held.fields) == (former, change.before)


def _is_as_wanted(change: Change, held: Resource | None, label: str) -> bool:
    """Return whether an object is what a change makes of it."""
    if held is None or change.after is None:
        return held is None and change.after is None
    ours = held.owner_label == label or not has_owner_label(held.id)
    return ours and (held.id, held.fields) == (change.id, change.after)
