"""Opens and reads an organization of the double."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx2

from reconciler.http.credentials import Credential
from reconciler.http.in_process import InProcess
from reconciler.http.retry import RetryPolicy, Sleep
from reconciler.model.portal import Portal
from reconciler.model.remote_portal_settings import ApigeePortal
from reconciler.model.secret import SecretText
from reconciler.model.snapshot import Snapshot
from reconciler.portals.apigee import open_portal
from reconciler.portals.package import Credentials
from reconciler.testing.faults import no_sleep
from reconciler.testing.harness import ALL, quiet
from tests.servers.apigee.server import TOKEN, ApigeeServer

Result = TypeVar("Result")


def settings(server: ApigeeServer, **others: Any) -> ApigeePortal:
    """Return the settings of a portal for the organization."""
    return ApigeePortal.model_validate(
        {
            "type": "apigee",
            "organization": server.organization.name,
            "token": {"env": "PORTAL_TOKEN"},
            **others,
        }
    )


@asynccontextmanager
async def opened(
    server: ApigeeServer,
    *,
    token: str = TOKEN,
    line: httpx2.AsyncBaseTransport | None = None,
    sleep: Sleep = no_sleep,
    **others: Any,
) -> AsyncIterator[Portal]:
    """Open the organization with a token, in this process."""
    secrets = {"token": Credential("PORTAL_TOKEN", SecretText(token))}
    policy = RetryPolicy(sleep=sleep, random=lambda: 0.5)
    transport = line or InProcess(server)
    async with open_portal(
        settings(server, **others), Credentials("here", secrets), policy, transport
    ) as portal:
        yield portal


def within(server: ApigeeServer, act: Callable[[Portal], Awaitable[Result]], **options: Any) -> Result:
    """Return what a function does with the open organization."""

    async def run() -> Result:
        async with opened(server, **options) as portal:
            return await act(portal)

    return asyncio.run(run())


def read(server: ApigeeServer, **options: Any) -> Snapshot:
    """Read the organization."""
    return within(server, lambda portal: portal.read(ALL, quiet), **options)
