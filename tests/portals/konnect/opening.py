"""Opens a portal of Konnect in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from reconciler.http.auth import StaticToken
from reconciler.http.connection import open_client
from reconciler.http.credentials import Credential
from reconciler.http.retry import RetryPolicy
from reconciler.model.portal import Portal
from reconciler.model.receipt import Traffic
from reconciler.model.remote_portal_settings import KonnectPortal
from reconciler.model.secret import SecretText
from reconciler.model.snapshot import Snapshot
from reconciler.portals.konnect import konnect_endpoint, open_portal
from reconciler.portals.konnect.adapter import KonnectAdapter
from reconciler.portals.package import Credentials
from reconciler.testing.faults import no_sleep
from reconciler.testing.harness import ALL, quiet
from tests.http.scripted import Naps
from tests.servers.konnect import REGION, KonnectServer
from tests.servers.konnect.application import TOKEN


def settings(portal: str = "Partners") -> KonnectPortal:
    """Return the settings of a portal, by its name unless an id is given."""
    return KonnectPortal.model_validate(
        {"type": "konnect", "region": REGION, "portal": portal, "token": {"env": "PORTAL_TOKEN"}}
    )


@asynccontextmanager
async def opened(
    server: KonnectServer, *, portal: str = "Partners", token: str = TOKEN
) -> AsyncIterator[Portal]:
    """Open a portal."""
    secrets = {"token": Credential("PORTAL_TOKEN", SecretText(token))}
    policy = RetryPolicy(sleep=no_sleep, random=lambda: 0.5)
    async with open_portal(settings(portal), Credentials("here", secrets, server), policy) as found:
        yield found


@asynccontextmanager
async def opened_on(transport: httpx2.AsyncBaseTransport) -> AsyncIterator[Portal]:
    """Open a portal on a transport."""
    naps = Naps()
    policy = RetryPolicy(sleep=naps, random=lambda: 0.5, clock=naps.clock)
    endpoint = konnect_endpoint(settings(), "here", StaticToken(SecretText(TOKEN), "PORTAL_TOKEN"))
    async with open_client(endpoint, policy, transport) as client:
        yield KonnectAdapter(client, "Partners", REGION)


def read(server: KonnectServer, *, portal: str = "Partners", token: str = TOKEN) -> tuple[Snapshot, Traffic]:
    """Read a portal. Raises PortalError."""

    async def act() -> tuple[Snapshot, Traffic]:
        async with opened(server, portal=portal, token=token) as found:
            return await found.read(ALL, quiet), found.traffic

    return asyncio.run(act())
