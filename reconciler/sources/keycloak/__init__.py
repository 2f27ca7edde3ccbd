"""Keycloak as a directory: the members of groups of a realm are the people of teams."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from reconciler.http.connection import in_process
from reconciler.http.keycloak import RealmClient, open_realm
from reconciler.http.retry import RetryPolicy
from reconciler.model.directory_settings import KeycloakSource
from reconciler.sources.connection import RETRIES, source_service
from reconciler.sources.keycloak.directory import PAGE_SIZE, KeycloakDirectory
from reconciler.sources.keycloak.rights import RIGHTS
from reconciler.sources.package import Credentials, SourceType

_HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: RIGHTS,
    HTTPStatus.NOT_FOUND: "check url and realm",
}


@asynccontextmanager
async def open_source(
    settings: KeycloakSource,
    credentials: Credentials,
    retries: RetryPolicy = RETRIES,
    page_size: int = PAGE_SIZE,
) -> AsyncIterator[KeycloakDirectory]:
    """Open the realm of these settings. Tests give an application, the retry policy and the page size."""
    secret, source = credentials.require(
        "client_secret", f"Keycloak shows it under Clients, {settings.client_id}, Credentials"
    )
    realm = RealmClient(
        service=source_service(settings, credentials.source),
        realm=settings.realm,
        client_id=settings.client_id,
        secret=secret,
        source=source,
    )
    application = credentials.application
    transport = in_process(application) if application else None
    async with open_realm(realm, _HINTS, retries, transport) as client:
        yield KeycloakDirectory(client, settings.realm, page_size)


SOURCE: Final = SourceType(open_source)
