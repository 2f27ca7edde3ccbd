"""Opens a portal of Konnect in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from reconciler.http.retry import RetryPolicy
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import KonnectPortal
from reconciler.model.receipt import Traffic
from reconciler.model.secret import SecretText
from reconciler.model.snapshot import Snapshot
from reconciler.portals.konnect import open_portal
from reconciler.portals.package import Credential, Credentials
from reconciler.testing.faults import no_sleep
from reconciler.testing.harness import ALL, quiet
from tests.servers.konnect import REGION, KonnectServer
from tests.servers.konnect.application import TOKEN


@asynccontextmanager
async def opened(
    server: KonnectServer, *, portal: str = "Partners", token: str = TOKEN
) -> AsyncIterator[Portal]:
    """Open a portal, by its name unless an id is given."""
    settings = KonnectPortal.model_validate(
        {"type": "konnect", "region": REGION, "portal": portal, "token": {"env": "PORTAL_TOKEN"}}
    )
    secrets = {"token": Credential("PORTAL_TOKEN", SecretText(token))}
    policy = RetryPolicy(sleep=no_sleep, random=lambda: 0.5)
    async with open_portal(settings, Credentials("here", secrets, server), policy) as found:
        yield found


def read(server: KonnectServer, *, portal: str = "Partners", token: str = TOKEN) -> tuple[Snapshot, Traffic]:
    """Read a portal. Raises PortalError."""

    async def act() -> tuple[Snapshot, Traffic]:
        async with opened(server, portal=portal, token=token) as found:
            return await found.read(ALL, quiet), found.traffic

    return asyncio.run(act())
