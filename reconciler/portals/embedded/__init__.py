"""The embedded portal (docs/portal-api.md), in this process or served over HTTP."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from reconciler.http.auth import StaticToken
from reconciler.http.connection import in_process, open_client
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.limits import RunLimits
from reconciler.http.retry import RetryPolicy
from reconciler.model.http_text import UNENCRYPTED_HINT, is_loopback
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import EmbeddedPortal
from reconciler.portals.connection import RETRIES
from reconciler.portals.embedded.adapter import CAPABILITIES, EmbeddedPortalAdapter
from reconciler.portals.embedded.checks import SCOPE_HINT
from reconciler.portals.embedded.outcomes import PLAN_AGAIN, PLAN_THE_REST
from reconciler.portals.package import Credentials, PortalType

_HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: SCOPE_HINT,
    HTTPStatus.NOT_FOUND: "check the portal's address; if it is correct, make a new plan",
    HTTPStatus.CONFLICT: PLAN_AGAIN,
    HTTPStatus.PRECONDITION_FAILED: PLAN_AGAIN,
}
# A page of the largest groups, each of which has less than 20 KiB.
LIMITS: Final = RunLimits(response_bytes=100 * 1024**2)


@asynccontextmanager
async def open_portal(
    settings: EmbeddedPortal, credentials: Credentials, retries: RetryPolicy = RETRIES
) -> AsyncIterator[Portal]:
    """Open the portal of these settings: the application where one is given, else the one at the URL.

    Tests give the retry policy.
    """
    token, source = credentials.require("token", _token_hint(settings))
    endpoint = embedded_endpoint(
        credentials.portal,
        StaticToken(token, source),
        settings.url or "",
        allow_http=bool(settings.allow_http),
    )
    transport = in_process(credentials.application) if credentials.application else None
    async with open_client(endpoint, retries, transport, LIMITS) as client:
        yield EmbeddedPortalAdapter(client, lambda: str(uuid.uuid4()))


PORTAL: Final = PortalType(EmbeddedPortal, lambda _: CAPABILITIES, open_portal)


def embedded_endpoint(name: str, token: StaticToken, address: str, *, allow_http: bool = False) -> Endpoint:
    """Return the endpoint of an embedded portal; the address is empty for one in this process."""
    hints = Hints(
        statuses=_HINTS,
        unreachable=_start_hint(address),
        unexpected=f"check that {address} is the address of the portal" if address else "",
        redirected="redirects are not followed; set the portal's final address in the configuration",
        outcome_unknown=PLAN_THE_REST,
        unencrypted=UNENCRYPTED_HINT,
    )
    return Endpoint(name=f'portal "{name}"', auth=token, address=address, allow_http=allow_http, hints=hints)


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
