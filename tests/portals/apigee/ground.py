"""An organization of the double as a portal under test, and what its other users do."""

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from reconciler.model.portal import Portal
from reconciler.model.resource import Resource, ResourceId
from reconciler.portals.apigee.app_group import OWNER
from reconciler.portals.apigee.mapping import group_name
from tests.portals.apigee.organizations import opened
from tests.servers.apigee.organization import Json
from tests.servers.apigee.server import ApigeeServer


class ApigeeUnderTest:
    """An organization with two API products, where the members of each team create an app at once."""

    apis = ("tracking", "rates")
    page = 3

    def __init__(self, server: ApigeeServer) -> None:
        self.organization = server.organization
        self._server = server
        for api in self.apis:
            self.organization.create_product({"name": api, "displayName": api.title()})
        self.organization.self_service = lambda group: self.organization.create_app(group, {"name": "app"})

    def open(self) -> AbstractAsyncContextManager[Portal]:
        return opened(self._server)

    async def create(self, resource: Resource) -> None:
        label = [{"name": OWNER, "value": resource.owner_label}] if resource.owner_label else []
        body: Json = {"name": group_name(resource.id), **resource.fields, "attributes": label}
        self.organization.create_group(body)

    async def edit(self, resource_id: ResourceId) -> None:
        group = self.organization.group(group_name(resource_id))
        self.organization.replace_group(group["name"], {**group, "displayName": "Edited"})

    async def unmanaged_fields(self, resource_id: ResourceId) -> Mapping[str, Any]:
        if not resource_id.startswith("team/"):
            return {}
        group = self.organization.group(group_name(resource_id))
        return {key: group.get(key) for key in ("name", "appGroupId", "status", "channelId", "email")}

    async def mail_count(self, _address: str) -> int:
        return 0

    async def respond(self, _address: str, *, accept: bool) -> None:
        raise NotImplementedError(accept)

    async def expire(self) -> str:
        raise NotImplementedError

    async def effective_access(self, address: str, _day: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for (name, _), app in self.organization.apps.items():
            if address in _people(self.organization.group(name)):
                for key in app["credentials"]:
                    found |= dict.fromkeys(self.organization.callable_apis(key), "consume")
        return found


def _people(group: Json) -> set[str]:
    """Return the members of an AppGroup, from the attribute in which developer portals keep them."""
    attributes = {each["name"]: each["value"] for each in group.get("attributes", ())}
    entries = json.loads(attributes.get("__apigee_reserved__developer_details", "[]"))
    return {entry["developer"].lower() for entry in entries}
