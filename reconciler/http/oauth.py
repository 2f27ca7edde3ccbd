"""OAuth 2.0 client credentials (RFC 6749, section 4.4): an access token for the client itself."""

from asyncio import Lock
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.errors import PortalError
from reconciler.http import errors
from reconciler.http.auth import Auth, BasicAuth
from reconciler.http.client import HttpClient
from reconciler.http.connection import Transport, open_client
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.errors import ApiError
from reconciler.http.limits import RunLimits
from reconciler.http.request import Request, Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.json_input import decode_json
from reconciler.model.secret import SecretText

_LIMITS: Final = RunLimits(response_bytes=1024**2)
# A token is renewed this long before its end, because a request takes a while to arrive.
_MARGIN_SECONDS: Final = 30.0


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
    """An access token that is fetched once, renewed before its end, and fetched again if it is rejected."""

    def __init__(self, client: HttpClient, settings: OAuthClient, clock: Callable[[], float]) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._fetching = Lock()
        self._token = self._former = SecretText("")
        self._renew_at = float("-inf")

    @property
    def noun(self) -> str:
        """An access token."""
        return "access token"

    @property
    def source(self) -> str:
        """The client that the token is for."""
        return f"the client {self._settings.client_id}"

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """The secret of the client, the token, and the former one, which requests may still use."""
        return *self._client.endpoint.auth.secrets, self._token, self._former

    def check(self) -> None:
        """Accept what there is: the client secret was checked when the token endpoint was opened."""

    async def headers(self) -> dict[str, str]:
        """Return the header with a token. Raises PortalError if there is none to be had."""
        async with self._fetching:
            if self._clock() >= self._renew_at:
                await self._fetch()
            return self._header()

    def discard(self, headers: Mapping[str, str]) -> bool:
        """Discard the token in these headers, unless another request has renewed it already."""
        if headers == self._header():
            self._renew_at = float("-inf")
        return True

    def _header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token.reveal()}"}

    async def _fetch(self) -> None:
        scope = {"scope": self._settings.scope} if self._settings.scope else {}
        form = {"grant_type": "client_credentials", **scope}
        request = Request(method="POST", path=self._settings.token_url, form=form, safe=True)
        try:
            found = await self._client.fetch(request, _TOKEN)
        except ApiError as error:
            # It rejects the client, and says nothing about the request that needs the token.
            raise PortalError(error.message, error.hint) from error
        token = SecretText(found.access_token)
        if found.token_type.lower() != "bearer" or not found.access_token or not token.fits_a_header:
            raise errors.unexpected(self._client.endpoint, "it is not a bearer token")
        self._former, self._token = self._token, token
        self._renew_at = self._clock() + _usable_seconds(found.expires_in)


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
    async with open_client(endpoint, retry_policy, transport, _LIMITS) as client:
        yield ClientCredentials(client, settings, retry_policy.clock)


def _usable_seconds(lifetime: float | None) -> float:
    """Return for how long a token is used; one without a lifetime is used until it is rejected."""
    if lifetime is None:
        return float("inf")
    return lifetime - min(_MARGIN_SECONDS, lifetime / 2)


def _error_detail(response: Response) -> str:
    """Return the explanation in an error response (RFC 6749, section 5.2)."""
    try:
        found = decode_json(response.body, _ERROR)
    except msgspec.DecodeError:
        return ""
    return ": ".join(filter(None, (found.error, found.error_description)))
