"""A portal whose adapter sees its own names of objects, while everything else sees the names of the files."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from reconciler.model.ids import name_of
from reconciler.model.plan import Change
from reconciler.model.portal import Capabilities, CountedPortal, Lease, Portal, Progress, Totals
from reconciler.model.portal_names import PortalNames
from reconciler.model.receipt import Traffic
from reconciler.model.resource import ResourceId
from reconciler.model.snapshot import Selection, Snapshot
from reconciler.model.write_result import Resolution, WriteResult


def with_names(portal: Portal, names: Mapping[ResourceId, str]) -> Portal:
    """Return the portal with ids of the files; the portal itself if it has no other names."""
    if not names:
        return portal
    if isinstance(portal, CountedPortal):
        return _NamedCountedPortal(portal, portal, names)
    return _NamedPortal(portal, names)


class _NamedPortal:
    """Translates the ids of what is read and written."""

    def __init__(self, portal: Portal, names: Mapping[ResourceId, str]) -> None:
        self._portal = portal
        self._names = PortalNames(names, ignore_case=portal.capabilities.case_insensitive_names)

    @property
    def capabilities(self) -> Capabilities:
        """The capabilities of the portal."""
        return self._portal.capabilities

    async def read(self, selection: Selection, progress: Progress) -> Snapshot:
        """Read the portal, and translate its names into those of the files."""
        found = await self._portal.read(self._selected(selection), progress)
        ours = {each: self._names.ours(each) for each in found.resources}
        return msgspec.structs.replace(
            found,
            resources={
                ours[each]: msgspec.structs.replace(resource, id=ours[each])
                for each, resource in found.resources.items()
            },
            native={ours.get(each, each): native for each, native in found.native.items()},
        )

    def batch_key(self, change: Change) -> str | None:
        """Return the lane of a change."""
        return self._portal.batch_key(self._translated(change))

    async def write(self, batch: Sequence[Change], owner_label: str) -> Sequence[WriteResult]:
        """Write changes with the names of the portal."""
        return await self._portal.write([self._translated(each) for each in batch], owner_label)

    async def resolve(self, change: Change) -> Resolution:
        """Find out what became of a change."""
        return await self._portal.resolve(self._translated(change))

    async def take_lease(self, lease: Lease) -> None:
        """Acquire or renew the lease."""
        await self._portal.take_lease(lease)

    async def release_lease(self, lease: Lease) -> None:
        """Release the lease."""
        await self._portal.release_lease(lease)

    @property
    def traffic(self) -> Traffic:
        """The traffic with the portal so far."""
        return self._portal.traffic

    def _selected(self, selection: Selection) -> Selection:
        """Return a selection with the names of the portal."""
        excerpt = selection.objects
        if excerpt == "all":
            return selection
        theirs = msgspec.structs.replace(
            excerpt,
            # An object that still has its name in the files is read too: only then a plan can say so.
            objects=excerpt.objects.union(map(self._names.theirs, excerpt.objects)),
            contents=frozenset(map(self._names.theirs, excerpt.contents)),
        )
        return msgspec.structs.replace(selection, objects=theirs)

    def _translated(self, change: Change) -> Change:
        former = change.renamed_from
        return msgspec.structs.replace(
            change,
            id=self._names.theirs(change.id),
            renamed_from=None if former is None else self._names.theirs(former),
            needs=tuple(map(self._names.theirs, change.needs)),
        )


class _NamedCountedPortal(_NamedPortal):
    """A portal that counts its objects, with ids of the files."""

    def __init__(self, portal: Portal, counted: CountedPortal, names: Mapping[ResourceId, str]) -> None:
        super().__init__(portal, names)
        self._counted = counted

    async def totals(self, owner_label: str, external: Collection[str], day: str | None) -> Totals:
        """Count, with the portal's names of the external partners."""
        ours = [f"partner/{name}" for name in external]
        # A partner without another name there, whose own name another partner has, does not exist.
        theirs = [each for each in map(self._names.theirs, ours) if self._names.ours(each) in ours]
        return await self._counted.totals(owner_label, frozenset(map(name_of, theirs)), day)
