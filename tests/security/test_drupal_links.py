"""A Drupal site that links to another host gets no credentials sent there."""

import asyncio
from typing import Any

import httpx2
import pytest

from reconciler.errors import PortalError
from reconciler.http.in_process import InProcess
from reconciler.testing.harness import ALL, quiet
from tests.portals.drupal.sites import opened, site_with
from tests.servers.drupal.server import Drupal


class Rewriting(httpx2.AsyncBaseTransport):
    """Replaces a text in the responses to requests for a path, and remembers the hosts."""

    def __init__(self, application: Drupal, path: str, old: str, new: str) -> None:
        self._inner = InProcess(application)
        self._path, self._old, self._new = path, old, new
        self.hosts: set[str] = set()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.hosts.add(request.url.host)
        response = await self._inner.handle_async_request(request)
        if request.url.path != self._path:
            return response
        headers: dict[str, Any] = {"Content-Type": response.headers["Content-Type"]}
        return httpx2.Response(
            response.status_code, headers=headers, text=response.text.replace(self._old, self._new)
        )


@pytest.mark.parametrize(
    ("path", "old"),
    [
        ("/jsonapi", "https://portal.example/jsonapi/node/team"),
        ("/jsonapi/node/team", "https://portal.example/jsonapi/node/team?"),
    ],
)
def test_links_to_another_host_are_not_followed(path: str, old: str) -> None:
    site = site_with(page_size=1)
    for number in range(3):
        site.add("node--team", {"title": f"acme/{number}"})
    new = old.replace("portal.example", "evil.example")
    line = Rewriting(Drupal(site), path, old, new)

    async def problem() -> str:
        async with opened(Drupal(site), transport=line) as portal:
            return (await portal.read(ALL, quiet)).problem

    try:
        found = asyncio.run(problem())
    except PortalError as error:
        found = error.message

    assert "links to its next page on another host" in found
    assert line.hosts == {"portal.example"}
