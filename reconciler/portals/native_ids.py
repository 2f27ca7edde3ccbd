"""The portal's own ids by resource id, from what was read and what was written since."""

from collections.abc import Mapping

from reconciler.model.kinds import renamed
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.portals.refusals import missing


class NativeIds:
    """The portal's own ids of resources, and of what they refer to, such as `api/NAME`.

    Resources below a renamed one are found under their new ids at once. Former names are those that were
    read.
    """

    def __init__(self, ids: Mapping[ResourceId, str] | None = None) -> None:
        self._as_read = dict(ids or {})
        self._now = dict(self._as_read)

    def __getitem__(self, resource_id: ResourceId) -> str:
        """Return the portal's id. Raises PortalError if there is none."""
        found = self._now.get(resource_id)
        if found is None:
            raise missing(resource_id)
        return found

    def get(self, resource_id: ResourceId) -> str | None:
        """Return the portal's id, or None."""
        return self._now.get(resource_id)

    def of(self, change: Change) -> str | None:
        """Return the portal's id of the object of a change, also before it is renamed; None for a new one."""
        if change.renamed_from:
            return self._as_read.get(change.renamed_from)
        return self._now.get(change.id)

    def put(self, resource_id: ResourceId, native: str) -> None:
        """Remember an object."""
        self._now[resource_id] = native

    def record(self, change: Change, native: str | None) -> None:
        """Remember the effect of a change; `native` is the portal's id of a new object."""
        if change.action == "delete":
            self._now.pop(change.id, None)
        elif change.renamed_from:
            self._rename(change)
        elif native is not None:
            self.put(change.id, native)

    def _rename(self, change: Change) -> None:
        native = self.of(change)
        kind = f"{change.kind}/"
        # Its partner may have another name by now.
        former = (each for each, found in self._now.items() if found == native and each.startswith(kind))
        names = dict.fromkeys(former, change.id)
        self._now = {renamed(each, names): found for each, found in self._now.items()}
