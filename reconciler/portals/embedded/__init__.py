"""The embedded portal (docs/portal-api.md), in this process or served over HTTP."""

import random
import uuid
from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from reconciler.http.client import HttpClient
from reconciler.http.connection import open_client
from reconciler.http.errors import Endpoint
from reconciler.http.retry import RetryPolicy
from reconciler.model.http_text import is_loopback
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import EmbeddedPortal
from reconciler.portals.embedded.adapter import CAPABILITIES, EmbeddedPortalAdapter
from reconciler.portals.package import Credentials, PortalType


@asynccontextmanager
async def open_portal(
    settings: EmbeddedPortal, credentials: Credentials, retries: RetryPolicy | None = None
) -> AsyncIterator[Portal]:
    """Open the portal: the application where one is given, else what answers at the URL.

    `retries` says how long is waited for it, where the default is not wanted.
    """
    token, source = credentials.require("token", _token_hint(settings))
    where = Endpoint(
        name=credentials.portal,
        address=settings.url or "",
        token=token,
        token_from=source,
        start_hint=_start_hint(settings.url or ""),
        allow_http=bool(settings.allow_http),
    )
    async with open_client(where, credentials.application) as client:
        http = HttpClient(client, where, retries or RetryPolicy(sleep=sleep, random=random.random))
        yield EmbeddedPortalAdapter(http, lambda: str(uuid.uuid4()))


PORTAL: Final = PortalType(EmbeddedPortal, lambda _: CAPABILITIES, open_portal)


def _token_hint(settings: EmbeddedPortal) -> str:
    """Return which token is needed, and who makes it."""
    where = f"the operator of {settings.url}" if settings.url else "its operator"
    return (
        f"{where} creates one with `reconciler portal token`: --scope read is enough for plan and access,"
        " apply needs --scope admin"
    )


def _start_hint(address: str) -> str:
    """Return what to do when nothing answers; only a portal on this machine can be started from here."""
    host = urlsplit(address).hostname
    if host and is_loopback(host):
        return "is it running? `reconciler portal serve` starts it"
    return f"check the url in the configuration, and whether {host or address} can be reached from here"
