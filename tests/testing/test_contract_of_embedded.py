"""The embedded portal keeps the contract of every portal."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest

from reconciler.model.kinds import KINDS
from reconciler.model.portal import Portal
from reconciler.model.resource import Resource, ResourceId
from reconciler.testing.contract import PortalContract
from reconciler.testing.database_state import Held, database_state
from reconciler.testing.embedded import InProcessPortal, embedded
from reconciler.testing.harness import PortalUnderTest

_PATHS = {"partner": "/partners", "team": "/teams", "membership": "/members"}


class SmallPages(httpx2.AsyncBaseTransport):
    """A line to a portal that gives no more than so many objects a page, whatever it is asked for."""

    def __init__(self, around: httpx2.AsyncBaseTransport, page: int) -> None:
        self._around = around
        self._page = page

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if "limit" in request.url.params:
            url = request.url.copy_set_param("limit", str(self._page))
            request = httpx2.Request(request.method, url, headers=request.headers)
        return await self._around.handle_async_request(request)


class EmbeddedUnderTest:
    """The embedded portal in this process, with pages of three."""

    apis = ("tracking", "rates")
    page = 3

    def __init__(self, portal: InProcessPortal) -> None:
        self._portal = portal
        self._random = Random(0)  # noqa: S311  chance, not secrecy

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Portal]:
        async with self._portal.open(SmallPages(self._portal.line(), self.page), self._random) as portal:
            yield portal

    async def create(self, resource: Resource) -> None:
        body = {**resource.fields, "name": resource.id.rpartition("/")[2], "managedBy": resource.owner_label}
        await self._portal.ask("POST", _PATHS[resource.kind], body)

    async def edit(self, resource_id: ResourceId) -> None:
        path = f"{_PATHS[resource_id.partition('/')[0]]}/{self._held(resource_id).stored['id']}"
        await self._portal.ask("PATCH", path, {"displayName": "Edited"})

    async def unmanaged_fields(self, resource_id: ResourceId) -> Mapping[str, Any]:
        ours = {"etag", *KINDS[resource_id.partition("/")[0]].fields}
        stored = self._held(resource_id).stored
        return {key: value for key, value in stored.items() if key not in ours}

    async def mail_count(self, address: str) -> int:
        return database_state(self._portal).mails[address]

    async def respond(self, address: str, *, accept: bool) -> None:
        [*_, mail] = [each["text"] for each in self._portal.rows("mails") if each["to"] == address]
        verb = "accept" if accept else "decline"
        [path] = [word for word in mail.split() if word.endswith(f"/{verb}")]
        await self._portal.ask("POST", path)

    async def expire(self) -> str:
        self._portal.clock.passes(days=8)
        return self._portal.clock.today

    async def effective_access(self, address: str, day: str) -> Mapping[str, str]:
        found = await self._portal.ask("GET", f"/people/{address}/access?on={day}")
        return {each["api"]: each["level"] for each in found["access"]}

    def _held(self, resource_id: ResourceId) -> Held:
        held = database_state(self._portal).objects.values()
        return next(each for each in held if each.id == resource_id)


class TestEmbeddedPortal(PortalContract):
    @pytest.fixture
    def ground(self, tmp_path: Path) -> Iterator[PortalUnderTest]:
        with embedded(str(tmp_path / "portal.db"), EmbeddedUnderTest.apis) as portal:
            yield EmbeddedUnderTest(portal)
