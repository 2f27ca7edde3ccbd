"""The embedded portal (docs/portal-api.md), in this process or served over HTTP."""

import random
import uuid
from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from reconciler.http.asgi import Application
from reconciler.http.client import HttpClient
from reconciler.http.connection import open_client
from reconciler.http.errors import Endpoint
from reconciler.http.retry import RetryPolicy
from reconciler.model.document import EmbeddedPortal
from reconciler.model.http_text import is_loopback
from reconciler.model.portal import Portal
from reconciler.model.secret import SecretText
from reconciler.portals.embedded.adapter import EmbeddedPortalAdapter


@asynccontextmanager
async def open_portal(
    name: str,
    settings: EmbeddedPortal,
    token: SecretText,
    application: Application | None,
    patience: RetryPolicy | None = None,
) -> AsyncIterator[Portal]:
    """Open the portal of these settings: the application where one is given, else what answers at the URL.

    `patience` says how long it is waited for, where that is not to be as long as usual.
    """
    where = Endpoint(
        name=name,
        address=settings.url or "",
        token=token,
        token_from=settings.token.env if settings.token else "the token made for this run",
        start_hint=_start_hint(settings.url or ""),
        allow_http=bool(settings.allow_http),
    )
    async with open_client(where, application) as client:
        http = HttpClient(client, where, patience or RetryPolicy(sleep=sleep, random=random.random))
        yield EmbeddedPortalAdapter(http, lambda: str(uuid.uuid4()))


def _start_hint(address: str) -> str:
    """Return what to do when nothing answers; only a portal on this machine can be started from here."""
    host = urlsplit(address).hostname
    if host and is_loopback(host):
        return "is it running? `reconciler portal serve` starts it"
    return f"check the url in the configuration, and whether {host or address} can be reached from here"
