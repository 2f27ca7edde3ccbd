"""Where objects are found in the embedded portal: from our ids, made of names, to its own.

Objects are kept by their parents' own ids, which never change: whatever is below a renamed object is
found under its new id at once, and only the renamed object itself moves.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from reconciler.errors import PortalError
from reconciler.model.ids import decoded, kind_of, last_name
from reconciler.model.kinds import has_owner_label, name_in, parents
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.portals.embedded.schemas import Key

# The portal's own keys for the ids of parents.
_PARENT_IDS: Final[Mapping[str, str]] = {
    "partner": "partnerId",
    "team": "teamId",
    "access-group": "groupId",
    "api-product": "productId",
}


class Directory:
    """What was read, and what was written since; a kind is indexed when it is first asked for."""

    def __init__(self, objects: Mapping[str, list[Any]]) -> None:
        self._objects = objects
        self._by_key: dict[str, dict[Key, Any]] = {}

    def find(self, resource_id: ResourceId, *, former: ResourceId | None = None) -> Any:
        """Return the object of an id, or the one that has its former name until it is renamed or moved.

        Raises PortalError when it was not there.
        """
        kind = kind_of(resource_id)
        key = self._former_key(former) if former else tuple(self.place(resource_id).values())
        found = self._index(kind).get(key)
        if found is None:
            raise PortalError(f"{resource_id} is not in the portal", "plan again")
        return found

    def place(self, resource_id: ResourceId) -> dict[str, str]:
        """Return what places an object in the portal, in its words: its parents' own ids, and its name."""
        own = {_PARENT_IDS[kind_of(parent)]: self._id(parent) for parent in parents(resource_id)}
        api, person = name_in(resource_id, "api"), name_in(resource_id, "person")
        if api is not None:
            return {**own, "apiId": self._id(f"api/{api}")}
        if person is not None:
            return {**own, "email": decoded(person)}
        return {**own, "name": decoded(last_name(resource_id))} if has_owner_label(resource_id) else own

    def move(self, change: Change) -> dict[str, str]:
        """Return what gives a team its new partner; nothing where it stays in its own."""
        if change.kind != "team" or not change.renamed_from:
            return {}
        partner = self.place(change.id)["partnerId"]
        return {} if self._former_key(change.renamed_from)[0] == partner else {"partnerId": partner}

    def replace(self, kind: str, before: Any, now: Any) -> None:
        """Replace an object by what it is now; None before it was created, and after it was deleted."""
        index = self._index(kind)
        if before is not None:
            index.pop(before.key, None)
        if now is not None:
            index[now.key] = now

    def _former_key(self, former: ResourceId) -> Key:
        """Return the key that an object has until it is renamed or moved, by its partner as it was read."""
        kind, *parts = former.split("/")
        names = [decoded(part) for part in parts]
        if kind == "team":
            partner = self._partners_as_read.get(names[0])
            if partner is None:
                raise PortalError(f"{former} is not in the portal", "plan again")
            return partner, names[1]
        return (names[0],)

    @cached_property
    def _partners_as_read(self) -> dict[str, str]:
        return {partner.name: partner.id for partner in self._objects["partner"]}

    def _id(self, resource_id: ResourceId) -> str:
        found: str = self.find(resource_id).id
        return found

    def _index(self, kind: str) -> dict[Key, Any]:
        index = self._by_key.get(kind)
        if index is None:
            index = self._by_key[kind] = {stored.key: stored for stored in self._objects[kind]}
        return index
