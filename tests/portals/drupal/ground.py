"""A site of the double as a portal under test, and what its other users do."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from reconciler.model.ids import decoded
from reconciler.model.portal import Portal
from reconciler.model.resource import Resource, ResourceId
from reconciler.portals.drupal.names import joined
from tests.portals.drupal.granted import granted
from tests.portals.drupal.sites import opened, site_with
from tests.servers.drupal.server import Drupal
from tests.servers.drupal.site import Entity

_OWNER = "field_reconciler_owner"
# What changes with each write.
_AUTOMATIC = {"changed", "revision_timestamp", "revision_uid"}


class DrupalUnderTest:
    """One site with two APIs, whose gateway accepts the keys that it has issued."""

    apis = ("tracking", "rates")
    page = 3

    def __init__(self, changes: Mapping[str, Any] | None = None) -> None:
        self.changes = changes or {}
        self.site = site_with(changes, page_size=self.page)
        self.application = Drupal(self.site)
        for api in self.apis:
            self.site.add("node--api_product", {"title": api})
        self._keys: dict[str, set[str]] = {}

    def open(self) -> AbstractAsyncContextManager[Portal]:
        return opened(self.application, self.changes)

    async def create(self, resource: Resource) -> None:
        kind, *names = map(decoded, resource.id.split("/"))
        fields = {"displayName": "field_display_name", "delegated": "field_delegated"}
        attributes = {fields[field]: value for field, value in resource.fields.items()}
        attributes[_OWNER] = resource.owner_label
        team = self.changes.get("team", {}).get("type", "node--team")
        type_name = {"partner": "node--partner", "team": team}[kind]
        label = self.site.types[type_name].label
        self.site.add(type_name, {label: joined(*names) if kind == "team" else names[0], **attributes})

    async def edit(self, resource_id: ResourceId) -> None:
        found = self._entity(resource_id)
        field = {"access-group": "field_description", "api-product": "field_display_name"}
        found.attributes[field.get(resource_id.partition("/")[0], "field_display_name")] = "Edited"

    async def unmanaged_fields(self, resource_id: ResourceId) -> Mapping[str, Any]:
        if resource_id.partition("/")[0] not in {"partner", "team", "api-product", "access-group"}:
            return {}
        found = self._entity(resource_id)
        managed = {"field_display_name", "field_delegated", "field_description", "field_visibility"}
        kept = {"id": found.id, **found.attributes, **found.references}
        return {key: value for key, value in kept.items() if key not in managed | _AUTOMATIC | _EDGES}

    async def mail_count(self, _address: str) -> int:
        return 0

    async def respond(self, _address: str, *, accept: bool) -> None:
        raise NotImplementedError(accept)

    async def expire(self) -> str:
        raise NotImplementedError

    async def effective_access(self, address: str, _day: str) -> Mapping[str, str]:
        keys = self._keys.setdefault(address, set())
        keys |= granted(self.site, address)
        return dict.fromkeys(keys, "consume")

    def _entity(self, resource_id: ResourceId) -> Entity:
        """Return the entity with the last name of an id; names of the sample are unique."""
        kind, *names = map(decoded, resource_id.split("/"))
        called = {names[-1], joined(*names) if kind == "team" else names[-1]}
        return next(
            each
            for each in self.site.entities.values()
            if {each.attributes.get("title"), each.attributes.get("label")} & called
        )


_EDGES = {"field_members", "field_admins", "field_api_products", "field_bundles", "field_apis"} | {
    "field_teams",
    "field_developers",
}
