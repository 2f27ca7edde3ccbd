"""An export only reads: a token without other rights is enough, and no request changes anything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from reconciler.http.auth import StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.retry import RetryPolicy
from reconciler.model.portal import Portal as Adapter
from reconciler.model.secret import SecretText
from reconciler.portals.embedded import embedded_endpoint
from reconciler.portals.embedded.adapter import EmbeddedPortalAdapter
from reconciler.testing.faults import no_sleep
from reconciler.testing.harness import TODAY, quiet, run
from reconciler.workflow.export import ExportOptions, export_portal
from reconciler.workflow.validate import ValidationResult
from tests.builders import configuration, repository
from tests.cli.found_portal import APIS, fill
from tests.portal_server.driver import Portal

CONFIGURED = configuration(
    paths={"partners": ["Partner"], "groups": ["AccessGroup", "ApiProduct"], "catalog.yaml": ["Catalog"]}
)


@asynccontextmanager
async def opened(portal: Portal, token: str, methods: set[str]) -> AsyncIterator[Adapter]:
    """Open the adapter of a portal, and note the methods of its requests."""

    async def note(request: httpx2.Request) -> None:
        methods.add(request.method)

    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(portal.app),
        base_url="http://portal",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        event_hooks={"request": [note]},
    ) as client:
        endpoint = embedded_endpoint("here", StaticToken(SecretText(token), "here"), "")
        policy = RetryPolicy(sleep=no_sleep, random=lambda: 0.0)
        yield EmbeddedPortalAdapter(HttpClient(client, endpoint, policy), lambda: "")


def test_a_token_that_can_only_read_is_enough(tmp_path: Path) -> None:
    database = tmp_path / "state" / "portal.db"
    fill(database)
    methods = set[str]()

    async def exported(portal: Portal, token: str) -> list[str]:
        known = ValidationResult(repository(configured=CONFIGURED), (), TODAY)
        options = ExportOptions(portal="here", owner="logistics")
        async with opened(portal, token, methods) as adapter:
            found = await export_portal(known, tmp_path, adapter, options, quiet)
        return [each.path for each in found.files]

    with Portal(str(database), apis=APIS) as portal:
        token = portal.token("read")
        paths = run(exported(portal, token))

    assert (methods, paths) == (
        {"GET"},
        [
            "groups/gold.yaml",
            "groups/products/both.yaml",
            "groups/silver.yaml",
            "partners/acme-logistics.yaml",
            "catalog.yaml",
        ],
    )
