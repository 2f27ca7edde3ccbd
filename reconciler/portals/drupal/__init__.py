"""Drupal, and portals that are built on it: partners, teams and access groups through core's JSON:API."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.http.auth import Auth, BasicAuth
from reconciler.http.connection import Transport, in_process, open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.oauth import OAuthClient, open_client_credentials
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.http_text import UNENCRYPTED_HINT
from reconciler.model.json_input import decode_json
from reconciler.model.portal import Capabilities, Portal
from reconciler.model.remote_portal_settings import DrupalPortal
from reconciler.portals.connection import RETRIES, portal_endpoint
from reconciler.portals.drupal.adapter import DrupalAdapter, capabilities_of
from reconciler.portals.drupal.resource_map import ResourceMap, resource_map
from reconciler.portals.drupal.rights import RIGHTS
from reconciler.portals.drupal.schemas import ERRORS
from reconciler.portals.package import Credentials, PortalType

_READ_ONLY: Final = (
    "allow all operations under Configuration, Web services, JSON:API of the site (`read_only: false`)"
)
_HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: RIGHTS,
    HTTPStatus.NOT_FOUND: "check url and apiPath; if they are correct, make a new plan",
    HTTPStatus.METHOD_NOT_ALLOWED: _READ_ONLY,
    HTTPStatus.CONFLICT: "make a new plan",
    HTTPStatus.UNPROCESSABLE_ENTITY: "check the map in the portal's settings, and make a new plan",
}


@asynccontextmanager
async def open_portal(
    settings: DrupalPortal,
    credentials: Credentials,
    retries: RetryPolicy = RETRIES,
    transport: Transport | None = None,
) -> AsyncIterator[Portal]:
    """Open the site of these settings. Tests give the retry policy and the transport."""
    if transport is None and credentials.application is not None:
        transport = in_process(credentials.application)
    async with (
        _authenticated(settings, credentials, retries, transport) as auth,
        open_client(_endpoint(settings, credentials.portal, auth), retries, transport) as http,
    ):
        yield DrupalAdapter(http, _map(settings), settings.api_path or "jsonapi")


def capabilities(settings: DrupalPortal) -> Capabilities:
    """Return what the site of these settings can hold."""
    return capabilities_of(_map(settings))


PORTAL: Final = PortalType(DrupalPortal, capabilities, open_portal)


def _map(settings: DrupalPortal) -> ResourceMap:
    return resource_map(settings.profile, settings.map)


@asynccontextmanager
async def _authenticated(
    settings: DrupalPortal, credentials: Credentials, policy: RetryPolicy, transport: Transport | None
) -> AsyncIterator[Auth]:
    """Yield the credentials: a user and a password, or a client of the module Simple OAuth."""
    if settings.user is not None:
        password, source = credentials.require("password", f"it is the password of {settings.user}")
        yield BasicAuth(settings.user, password, source)
        return
    client_id = str(settings.client_id)
    secret, source = credentials.require("client_secret", f"it is that of the client {client_id}")
    client = OAuthClient(
        token_url=f"{settings.url.rstrip('/')}/oauth/token",
        client_id=client_id,
        client_secret=secret,
        source=source,
        scope=settings.scope or "",
        allow_http=bool(settings.allow_http),
        unencrypted=UNENCRYPTED_HINT,
    )
    async with open_client_credentials(f'portal "{credentials.portal}"', client, policy, transport) as auth:
        yield auth


def _endpoint(settings: DrupalPortal, name: str, auth: Auth) -> Endpoint:
    endpoint = portal_endpoint(settings, name, auth, "", _HINTS, error_detail)
    return msgspec.structs.replace(endpoint, headers={"Accept": "application/vnd.api+json"})


def error_detail(response: Response) -> str:
    """Return the explanation in an error response, with the places in the request."""
    try:
        return decode_json(response.body, ERRORS).text
    except msgspec.DecodeError:
        return ""
