"""A realm of a real Keycloak server as a portal under test, and what its other users do."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from reconciler.model.ids import decoded
from reconciler.model.portal import Portal
from reconciler.model.resource import Resource, ResourceId
from reconciler.portals.keycloak.schemas import OWNER
from tests.portals.keycloak.realms import opened
from tests.servers.keycloak import Realm


class KeycloakUnderTest:
    """One realm with two APIs."""

    apis = ("tracking", "rates")
    page = 3

    def __init__(self, realm: Realm) -> None:
        self._realm = realm
        for api in self.apis:
            realm.ask("POST", "/roles", {"name": api})

    def open(self) -> AbstractAsyncContextManager[Portal]:
        return opened(self._realm.url, self._realm.name)

    async def create(self, resource: Resource) -> None:
        attributes = {OWNER: [resource.owner_label]} if resource.owner_label else {}
        body = {"name": decoded(resource.id.rpartition("/")[2]), "attributes": attributes}
        self._realm.ask("POST", "/groups", body)

    async def edit(self, resource_id: ResourceId) -> None:
        role = self._realm.ask("GET", f"/roles/{resource_id.rpartition('/')[2]}")
        self._realm.ask("PUT", f"/roles-by-id/{role['id']}", {**role, "description": "Edited"})

    async def unmanaged_fields(self, resource_id: ResourceId) -> Mapping[str, Any]:
        kind, *_, name = resource_id.split("/")
        if kind not in {"access-group", "api-product"}:
            return {}
        role = self._realm.ask("GET", f"/roles/{name}")
        return {key: role[key] for key in ("id", "name", "clientRole")}

    async def mail_count(self, _address: str) -> int:
        return 0

    async def respond(self, _address: str, *, accept: bool) -> None:
        raise NotImplementedError(accept)

    async def expire(self) -> str:
        raise NotImplementedError

    async def effective_access(self, address: str, _day: str) -> Mapping[str, str]:
        found = self._realm.token_roles(address)
        levels = {role.removesuffix(":view"): "view" for role in found}
        levels |= {role: "consume" for role in found if not role.endswith(":view")}
        return {api: levels[api] for api in self.apis if api in levels}
