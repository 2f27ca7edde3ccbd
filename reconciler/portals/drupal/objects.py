"""Write objects with names: partners, teams, API products and access groups."""

from collections.abc import Iterator
from typing import Any, Final

from reconciler.model.ids import decoded
from reconciler.model.plan import Change
from reconciler.model.resource import Fields, ResourceId
from reconciler.portals.drupal.index import Index
from reconciler.portals.drupal.mapping import fields_of, owner_of
from reconciler.portals.drupal.names import joined
from reconciler.portals.drupal.resource_map import ResourceMap
from reconciler.portals.drupal.schemas import MISSING, Item
from reconciler.portals.drupal.site_api import SiteApi, one, stable_uuid
from reconciler.portals.refusals import changed, in_use

# Objects that were renamed keep the ids that were made of their former names.
_MOST_FORMER_NAMES: Final = 100


class ObjectWriter:
    """Writes objects with names."""

    def __init__(self, index: Index, site_map: ResourceMap) -> None:
        self._index, self._map = index, site_map

    async def write(self, api: SiteApi, change: Change, label: str, *, again: bool) -> None:
        """Make a change. `again` says that an earlier attempt may have made it. Raises PortalError."""
        if again and await self.applied(api, change, label):
            return
        if change.action == "create":
            await self._create(api, change, label)
            return
        item = await self._found(api, change, label)
        if change.action == "delete":
            await self._require_unused(api, item, change)
            await api.delete(item)
            self._index.remove(change.id)
        elif change.action == "adopt":
            await api.update(item, {self._map.objects[change.kind].owner_label: label})
        else:
            await self._update(api, item, change)

    async def applied(self, api: SiteApi, change: Change, label: str) -> bool:
        """Return whether the site has a change. Raises PortalError."""
        found = self._map.objects[change.kind]
        if change.action == "create":
            same = await self._called(api, change.id)
            item = next((each for each in same if owner_of(each, found) == label), None)
        else:
            uuid = self._index.known(change)
            item = await api.get(found.type, uuid) if uuid else None
        if item is None or change.action == "delete":
            return item is None and change.action == "delete"
        done = owner_of(item, found) == label and fields_of(item, found) == (change.after or {})
        if done and self._is_called(item, change.id):
            self._index.put(change.id, item.id, former=change.renamed_from)
            return True
        return False

    async def _create(self, api: SiteApi, change: Change, label: str) -> None:
        """Create an object. Its id is made of its name, unless a renamed object has that id."""
        found = self._map.objects[change.kind]
        if await self._called(api, change.id):
            raise changed(change.id)
        attributes = {**self._attributes(change, {}), **self._name(change.id)}
        if found.owner_label:
            attributes[found.owner_label] = label
        partner = self._partner(change.id)
        for number in range(_MOST_FORMER_NAMES):
            uuid = stable_uuid(label, change.id, str(number))
            if await api.create(found.type, uuid, attributes, partner):
                break
            # The site has an object with this id: a repeated request has made it, or it was renamed.
            item = await api.get_after_write(found.type, uuid)
            if item is not None and self._is_called(item, change.id) and owner_of(item, found) == label:
                break
        else:
            raise changed(change.id)
        self._index.put(change.id, uuid)

    async def _update(self, api: SiteApi, item: Item, change: Change) -> None:
        attributes = self._attributes(change, change.before or {})
        if not self._has_name(item, change.id):
            attributes |= self._name(change.id)
        partner = {} if self._has_partner(item, change.id) else self._partner(change.id)
        await api.update(item, attributes, partner)
        self._index.put(change.id, item.id, former=change.renamed_from)

    async def _found(self, api: SiteApi, change: Change, label: str) -> Item:
        """Return an object as it is now. Raises PortalError if it was changed since it was read."""
        found, uuid = self._map.objects[change.kind], self._index.known(change)
        item = await api.get(found.type, uuid) if uuid else None
        if item is None or (owner_of(item, found) == label) == (change.action == "adopt"):
            raise changed(change.id)
        if fields_of(item, found) != (change.before or {}):
            raise changed(change.id)
        return item

    async def _require_unused(self, api: SiteApi, item: Item, change: Change) -> None:
        """Raise PortalError for an object with content, or one that others refer to: Drupal deletes it."""
        for name in self._map.relationships(change.kind):
            if name != self._map.partner and any(each != MISSING for each in item.ids(name)):
                raise in_use(change.id, f"{name} is not empty")
        for type_name, relationship in self._referring(item.type):
            if await api.find(type_name, {f"{relationship}.id": item.id}):
                raise in_use(change.id, f'"{type_name}" refers to it')

    def _referring(self, type_name: str) -> Iterator[tuple[str, str]]:
        """Yield the types and relationships that refer to objects of a type."""
        for each in self._map.references.values():
            if each.target == type_name:
                yield self._map.objects[each.owner].type, each.name
        if (own := self._map.memberships) is not None and type_name == self._map.objects["team"].type:
            yield own.type, own.team
        partners = self._map.objects.get("partner")
        if partners is not None and type_name == partners.type:
            yield self._map.objects["team"].type, self._map.partner

    async def _called(self, api: SiteApi, resource_id: ResourceId) -> list[Item]:
        found = self._map.objects[resource_id.partition("/")[0]]
        same = await api.find(found.type, self._name(resource_id))
        return [each for each in same if self._is_called(each, resource_id)]

    def _is_called(self, item: Item, resource_id: ResourceId) -> bool:
        return self._has_name(item, resource_id) and self._has_partner(item, resource_id)

    def _has_name(self, item: Item, resource_id: ResourceId) -> bool:
        return all(item.attributes.get(name) == value for name, value in self._name(resource_id).items())

    def _name(self, resource_id: ResourceId) -> dict[str, str]:
        """Return the attribute with the name of an object."""
        kind, *names = map(decoded, resource_id.split("/"))
        found = self._map.objects[kind]
        if kind == "team" and not self._map.partner:
            return {found.name: joined(*names)}
        return {found.name: names[-1]}

    def _has_partner(self, item: Item, resource_id: ResourceId) -> bool:
        return all(item.ids(name) == [each["id"]] for name, each in self._partner(resource_id).items())

    def _partner(self, resource_id: ResourceId) -> dict[str, dict[str, str]]:
        """Return the relationship of a team with its partner, where partners are objects."""
        kind, *names = resource_id.split("/")
        if kind != "team" or not self._map.partner:
            return {}
        partner = self._index.object(f"partner/{names[0]}")
        return {self._map.partner: one(self._map.objects["partner"].type, partner)}

    def _attributes(self, change: Change, before: Fields) -> dict[str, Any]:
        """Return the attributes of the fields that differ."""
        found, after = self._map.objects[change.kind], change.after or {}
        return {
            name: after.get(field, _empty(before.get(field)))
            for field, name in found.fields.items()
            if after.get(field) != before.get(field)
        }


def _empty(value: Any) -> Any:
    """Return the value that removes another one."""
    return [] if isinstance(value, list) else None
