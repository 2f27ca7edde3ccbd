"""Keycloak: partners, teams and people are groups and users; APIs and access groups are realm roles."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.http.auth import Auth
from reconciler.http.connection import open_client
from reconciler.http.credentials import UNENCRYPTED_HINT
from reconciler.http.endpoint import Endpoint
from reconciler.http.oauth import OAuthClient, open_client_credentials
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.json_input import decode_json
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import KeycloakPortal
from reconciler.portals.connection import RETRIES, portal_endpoint
from reconciler.portals.keycloak.adapter import CAPABILITIES, KeycloakAdapter
from reconciler.portals.keycloak.checks import RIGHTS
from reconciler.portals.package import Credentials, PortalType


class _Error(msgspec.Struct, frozen=True, rename="camel"):
    error_message: str = ""
    error: str = ""
    error_description: str = msgspec.field(default="", name="error_description")


_ERROR: Final = msgspec.json.Decoder(_Error)
_HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: RIGHTS,
    HTTPStatus.NOT_FOUND: "check url and realm; if they are correct, make a new plan",
    HTTPStatus.CONFLICT: "make a new plan: the realm has changed since",
}


@asynccontextmanager
async def open_portal(
    settings: KeycloakPortal, credentials: Credentials, retries: RetryPolicy = RETRIES
) -> AsyncIterator[Portal]:
    """Open the realm of these settings. Tests give the retry policy."""
    secret, source = credentials.require(
        "client_secret", f"Keycloak shows it under Clients, {settings.client_id}, Credentials"
    )
    server, realm = settings.url.rstrip("/"), quote(settings.realm, safe="")
    client = OAuthClient(
        token_url=f"{server}/realms/{realm}/protocol/openid-connect/token",
        client_id=settings.client_id,
        client_secret=secret,
        source=source,
        allow_http=bool(settings.allow_http),
        unencrypted=UNENCRYPTED_HINT,
    )
    async with (
        open_client_credentials(f'portal "{credentials.portal}"', client, retries) as auth,
        open_client(_endpoint(settings, credentials.portal, auth), retries) as http,
    ):
        yield KeycloakAdapter(http)


PORTAL: Final = PortalType(KeycloakPortal, lambda _: CAPABILITIES, open_portal)


def _endpoint(settings: KeycloakPortal, name: str, auth: Auth) -> Endpoint:
    path = f"/admin/realms/{quote(settings.realm, safe='')}"
    return portal_endpoint(settings, name, auth, path, _HINTS, error_detail)


def error_detail(response: Response) -> str:
    """Return the explanation in an error response."""
    try:
        found = decode_json(response.body, _ERROR)
    except msgspec.DecodeError:
        return ""
    return found.error_message or ": ".join(filter(None, (found.error, found.error_description)))
