"""OAuth 2.0 client credentials (RFC 6749, section 4.4): an access token for the client itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.http import errors
from reconciler.http.auth import Auth, BasicAuth, StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.connection import Transport
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.renewal import IssuedToken, open_renewed_token
from reconciler.http.request import Request, Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.json_input import decode_json
from reconciler.model.secret import SecretText


class OAuthClient(msgspec.Struct, frozen=True, kw_only=True):
    """A client of an authorization server, and where its secret came from, for messages."""

    token_url: str
    client_id: str
    client_secret: SecretText
    source: str
    scope: str = ""
    allow_http: bool = False
    unencrypted: str = Hints().unencrypted


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    token_type: str
    expires_in: float | None = None


class _Error(msgspec.Struct, frozen=True):
    error: str = ""
    error_description: str = ""


# Some servers send the number of seconds as a text.
_TOKEN: Final = msgspec.json.Decoder(_Token, strict=False)
_ERROR: Final = msgspec.json.Decoder(_Error)


class _ClientSecret(BasicAuth, frozen=True, kw_only=True):
    """Client id and secret as RFC 6749, section 2.3.1, encodes them; neither form may be shown."""

    plain: SecretText

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """The secret, as it is and encoded."""
        return self.plain, *super().secrets


class ClientCredentials:
    """Fetches an access token for a client."""

    def __init__(self, settings: OAuthClient) -> None:
        self._settings = settings

    async def issue(self, client: HttpClient) -> IssuedToken:
        """Return a new token. Raises PortalError if there is none to be had."""
        scope = {"scope": self._settings.scope} if self._settings.scope else {}
        form = {"grant_type": "client_credentials", **scope}
        request = Request(method="POST", path=self._settings.token_url, form=form, safe=True)
        found = await client.fetch(request, _TOKEN)
        if found.token_type.lower() != "bearer":
            raise errors.unexpected(client.endpoint, "it is not a bearer token")
        token = StaticToken(SecretText(found.access_token), f"the client {self._settings.client_id}")
        return IssuedToken(token, found.expires_in)


@asynccontextmanager
async def open_client_credentials(
    service: str, settings: OAuthClient, retry_policy: RetryPolicy, transport: Transport | None = None
) -> AsyncIterator[Auth]:
    """Yield the credentials of a client, whose token is fetched with the first request that needs it.

    Raises InputError for an invalid address or secret.
    """
    secret = settings.client_secret
    endpoint = Endpoint(
        name=f"the token endpoint of {service}",
        auth=_ClientSecret(
            quote(settings.client_id, safe=""),
            SecretText(quote(secret.reveal(), safe="")),
            settings.source,
            "client secret",
            plain=secret,
        ),
        address=settings.token_url,
        allow_http=settings.allow_http,
        hints=Hints(
            statuses={
                HTTPStatus.BAD_REQUEST: f"check the client {settings.client_id} and its scopes",
                HTTPStatus.NOT_FOUND: "check the address of the token endpoint",
            },
            unexpected="check the address of the token endpoint",
            unencrypted=settings.unencrypted,
        ),
        error_detail=_error_detail,
    )
    issue = ClientCredentials(settings).issue
    async with open_renewed_token(endpoint, issue, retry_policy, transport) as auth:
        yield auth


def _error_detail(response: Response) -> str:
    """Return the explanation in an error response (RFC 6749, section 5.2)."""
    try:
        found = decode_json(response.body, _ERROR)
    except msgspec.DecodeError:
        return ""
    return ": ".join(filter(None, (found.error, found.error_description)))
