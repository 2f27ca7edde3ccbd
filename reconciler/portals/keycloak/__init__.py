"""Keycloak: partners, teams and people are groups and users; APIs and access groups are realm roles."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from reconciler.http.keycloak import RealmClient, open_realm
from reconciler.http.retry import RetryPolicy
from reconciler.model.portal import Portal
from reconciler.model.remote_portal_settings import KeycloakPortal
from reconciler.portals.connection import RETRIES, portal_service
from reconciler.portals.keycloak.adapter import CAPABILITIES, KeycloakAdapter
from reconciler.portals.keycloak.checks import RIGHTS
from reconciler.portals.package import Credentials, PortalType

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
    realm = RealmClient(
        service=portal_service(settings, credentials.portal),
        realm=settings.realm,
        client_id=settings.client_id,
        secret=secret,
        source=source,
    )
    async with open_realm(realm, _HINTS, retries) as http:
        yield KeycloakAdapter(http)


PORTAL: Final = PortalType(KeycloakPortal, lambda _: CAPABILITIES, open_portal)
