"""OpenStack Keystone as a portal: its settings, and how it is opened."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Final, Literal

from pydantic import Field

from reconciler.http.auth import Auth, SecretInBody, StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.connection import Transport, open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.renewal import IssuedToken, open_renewed_token
from reconciler.http.request import Request
from reconciler.http.retry import RetryPolicy
from reconciler.model.field_types import ADDRESS, Maybe, Text
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import PortalSettings, Secret
from reconciler.model.secret import SecretText
from reconciler.portals import Credentials, PortalType
from reconciler.portals.connection import RETRIES, portal_endpoint
from reconciler_keystone import mapping
from reconciler_keystone.adapter import CAPABILITIES, KeystoneAdapter
from reconciler_keystone.checks import RIGHTS
from reconciler_keystone.schemas import TOKEN

_HINTS: Final[Mapping[int, str]] = {HTTPStatus.FORBIDDEN: RIGHTS, HTTPStatus.CONFLICT: "make a new plan"}


class KeystonePortal(PortalSettings):
    """A Keystone server, and a user with a role on the system."""

    type: Literal["keystone"] = Field(description="The type of the portal.")
    url: Annotated[str, Field(pattern=ADDRESS)] = Field(description="The URL of the server, without /v3.")
    domain: Text = Field(description="The domain with our APIs (projects), people, and the user.")
    user: Text = Field(description="The name of the user.")
    password: Secret = Field(description="The password of the user.")
    allow_http: Maybe[bool] = Field(
        default=None, description="Whether to send the password unencrypted to another machine."
    )


@asynccontextmanager
async def open_portal(
    settings: KeystonePortal,
    credentials: Credentials,
    retries: RetryPolicy = RETRIES,
    transport: Transport | None = None,
    page_size: int = 500,
) -> AsyncIterator[Portal]:
    """Open the Keystone of these settings. Tests give the last three."""
    password, source = credentials.require("password", f"it is the password of the user {settings.user}")

    async def issue(client: HttpClient) -> IssuedToken:
        body = mapping.authentication(settings.user, settings.domain, password.reveal())
        response = await client.send(Request(method="POST", path="auth/tokens", body=body, safe=True))
        token = SecretText(response.headers.get("X-Subject-Token", ""))
        lifetime = mapping.seconds(client.decode(response, TOKEN).token)
        return IssuedToken(StaticToken(token, f"the user {settings.user}", "X-Auth-Token", ""), lifetime)

    def endpoint(auth: Auth) -> Endpoint:
        return portal_endpoint(settings, credentials.portal, auth, "/v3", _HINTS, mapping.error_text)

    login = endpoint(SecretInBody(password, source))
    async with (
        open_renewed_token(login, issue, retries, transport) as auth,
        open_client(endpoint(auth), retries, transport) as client,
    ):
        yield KeystoneAdapter(client, settings.domain, page_size)


PORTAL: Final = PortalType(KeystonePortal, lambda _: CAPABILITIES, open_portal)
