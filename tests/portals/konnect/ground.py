"""A portal of Konnect under test, and what its other users do."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from reconciler.model.portal import Portal
from reconciler.model.resource import Resource, ResourceId
from reconciler.portals.konnect.mapping import team_name
from reconciler.portals.konnect.owner_line import with_owner
from tests.portals.konnect.opening import opened
from tests.servers.konnect import KonnectServer, KonnectState


class KonnectUnderTest:
    """A portal with two APIs; a page has three items."""

    apis = ("tracking", "rates")
    page = 3

    def __init__(self) -> None:
        self.server = KonnectServer(KonnectState(*self.apis), page=self.page)
        self._keys: dict[str, dict[str, str]] = {}

    def open(self) -> AbstractAsyncContextManager[Portal]:
        return opened(self.server)

    async def create(self, resource: Resource) -> None:
        label = resource.owner_label
        description = with_owner(None, label, resource.id) if label else "Made by hand"
        self.server.state.add_team(team_name(resource.id), description)

    async def edit(self, resource_id: ResourceId) -> None:
        raise NotImplementedError(resource_id)

    async def unmanaged_fields(self, resource_id: ResourceId) -> Mapping[str, Any]:
        kind, *_ = resource_id.split("/")
        return (
            self.server.state.teams[self.server.state.team(team_name(resource_id))] if kind == "team" else {}
        )

    async def mail_count(self, address: str) -> int:
        return self.server.state.mails.count(address)

    async def respond(self, _address: str, *, accept: bool) -> None:
        raise NotImplementedError(accept)

    async def expire(self) -> str:
        raise NotImplementedError

    async def effective_access(self, address: str, _day: str) -> Mapping[str, str]:
        """Return what a developer can call: credentials are issued where they have the level `consume`."""
        now = self.server.state.granted(address)
        keys = self._keys.setdefault(address, {})
        keys |= {api: level for api, level in now.items() if level == "consume"}
        return {**now, **keys}
