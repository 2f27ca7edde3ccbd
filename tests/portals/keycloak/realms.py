"""Opens and reads realms of a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.health import CheckedPortal
from reconciler.model.portal import Portal
from reconciler.model.receipt import Traffic
from reconciler.model.remote_portal_settings import KeycloakPortal
from reconciler.model.secret import SecretText
from reconciler.model.snapshot import Snapshot
from reconciler.portals.keycloak import open_portal
from reconciler.portals.package import Credentials
from reconciler.testing.faults import no_sleep
from reconciler.testing.harness import ALL, quiet
from reconciler.workflow.checks import CheckRunner
from tests.servers.keycloak import CLIENT, SECRET


@asynccontextmanager
async def opened(
    url: str, realm: str, *, client: str = CLIENT, secret: str = SECRET
) -> AsyncIterator[Portal]:
    """Open a realm as the service account of a client."""
    settings = KeycloakPortal.model_validate(
        {
            "type": "keycloak",
            "url": url,
            "realm": realm,
            "clientId": client,
            "clientSecret": {"env": "PORTAL_SECRET"},
        }
    )
    secrets = {"client_secret": Credential("PORTAL_SECRET", SecretText(secret))}
    policy = RetryPolicy(sleep=no_sleep, random=lambda: 0.5)
    async with open_portal(settings, Credentials("here", secrets), policy) as portal:
        yield portal


def read(url: str, realm: str, *, client: str = CLIENT, secret: str = SECRET) -> tuple[Snapshot, Traffic]:
    """Read a realm as the service account of a client. Raises PortalError."""

    async def act() -> tuple[Snapshot, Traffic]:
        async with opened(url, realm, client=client, secret=secret) as portal:
            return await portal.read(ALL, quiet), portal.traffic

    return asyncio.run(act())


def checked(url: str, realm: str, client: str) -> dict[str, str]:
    """Return the status of each check of `doctor` for the service account of a client."""

    async def act() -> dict[str, str]:
        async with opened(url, realm, client=client) as portal:
            assert isinstance(portal, CheckedPortal)
            runner = CheckRunner()
            await runner.run(portal.checks())
            return {each.name: each.status for each in runner.reports}

    return asyncio.run(act())
