"""The example keeps the contract of every portal, on a real Keystone."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from reconciler.model.portal import Portal
from reconciler.model.resource import Resource
from reconciler.testing.contract import PortalContract
from reconciler.testing.harness import PortalUnderTest
from reconciler_keystone.mapping import LEVELS
from tests.examples.keystone.opening import opened
from tests.servers.keystone import APIS, KeystoneServer, keystone, keystone_server

__all__ = ["keystone", "keystone_server"]


class KeystoneUnderTest:
    """A new Keystone with two APIs, and what its other users do."""

    apis = APIS
    page = 3

    def __init__(self, server: KeystoneServer) -> None:
        self._server = server

    def open(self) -> AbstractAsyncContextManager[Portal]:
        return opened(self._server.url, page_size=self.page)

    async def create(self, resource: Resource) -> None:
        name = resource.id.removeprefix("partner/")
        values = {"description": resource.fields["displayName"], "reconciler_owner": resource.owner_label}
        self._server.create("domains", name=name, **values)

    async def edit(self, resource_id: str) -> None:
        found = self._server.find("domains", name=resource_id.removeprefix("partner/"))
        self._server.ask("PATCH", f"domains/{found['id']}", {"domain": {"description": "Edited"}})

    async def unmanaged_fields(self, resource_id: str) -> Mapping[str, Any]:
        kind, *_, name = resource_id.split("/")
        names = {"partner": "domains", "team": "groups"}.get(kind)
        found = self._server.find(names, name=name) if names else {}
        return {key: value for key, value in found.items() if key != "description"}

    async def mail_count(self, _address: str) -> int:
        return 0

    async def respond(self, _address: str, *, accept: bool) -> None:
        raise NotImplementedError(accept)

    async def expire(self) -> str:
        raise NotImplementedError

    async def effective_access(self, address: str, _day: str) -> Mapping[str, str]:
        found = self._server.effective_access()
        levels = {api: LEVELS[role] for name, api, role in sorted(found, reverse=True) if name == address}
        return levels | {api: "consume" for name, api, role in found if (name, role) == (address, "member")}


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.xdist_group("keystone")
class TestKeystone(PortalContract):
    @pytest.fixture
    def ground(self, keystone: KeystoneServer) -> PortalUnderTest:
        return KeystoneUnderTest(keystone)
