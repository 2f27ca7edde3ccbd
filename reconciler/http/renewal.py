"""Tokens that a service issues for a while: fetched once, renewed before they end."""

from asyncio import Lock
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from reconciler.errors import PortalError
from reconciler.http import errors
from reconciler.http.auth import Auth, StaticToken
from reconciler.http.client import HttpClient
from reconciler.http.connection import Transport, open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.errors import ApiError
from reconciler.http.limits import RunLimits
from reconciler.http.retry import RetryPolicy
from reconciler.model.secret import SecretText

_LIMITS: Final = RunLimits(response_bytes=1024**2)
# A token is renewed this long before its end, because a request takes a while to arrive.
_MARGIN_SECONDS: Final = 30.0
_NONE: Final = StaticToken(SecretText(""), "")


class IssuedToken(msgspec.Struct, frozen=True):
    """A token, and for how many seconds it is valid; None if the service does not say."""

    token: StaticToken
    seconds: float | None = None


Issue = Callable[[HttpClient], Awaitable[IssuedToken]]


class RenewedToken:
    """A token that is fetched once, renewed before its end, and fetched again if it is rejected."""

    def __init__(self, client: HttpClient, issue: Issue, clock: Callable[[], float]) -> None:
        self._client = client
        self._issue = issue
        self._clock = clock
        self._fetching = Lock()
        self._token = self._former = _NONE
        self._renew_at = float("-inf")

    @property
    def noun(self) -> str:
        """An access token."""
        return "access token"

    @property
    def source(self) -> str:
        """For whom the token was issued."""
        return self._token.source

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """What the token is fetched with, the token, and the former one, which requests may still use."""
        return *self._client.endpoint.auth.secrets, self._token.token, self._former.token

    def check(self) -> None:
        """Accept what there is: the credentials were checked when the token endpoint was opened."""

    async def headers(self) -> dict[str, str]:
        """Return the header with a token. Raises PortalError if there is none to be had."""
        async with self._fetching:
            if self._clock() >= self._renew_at:
                await self._fetch()
            return await self._token.headers()

    def discard(self, headers: Mapping[str, str]) -> bool:
        """Discard the token in these headers, unless another request has renewed it already."""
        if any(self._token.token.reveal() in value for value in headers.values()):
            self._renew_at = float("-inf")
        return True

    async def _fetch(self) -> None:
        try:
            issued = await self._issue(self._client)
            issued.token.check()
        except ApiError as error:
            # It rejects the credentials, and says nothing about the request that needs the token.
            raise PortalError(error.message, error.hint) from error
        except ValueError as error:
            raise errors.unexpected(self._client.endpoint, f"the token {error}") from None
        self._former, self._token = self._token, issued.token
        self._renew_at = self._clock() + _usable_seconds(issued.seconds)


@asynccontextmanager
async def open_renewed_token(
    endpoint: Endpoint, issue: Issue, retry_policy: RetryPolicy, transport: Transport | None = None
) -> AsyncIterator[Auth]:
    """Yield a token that `issue` fetches at the endpoint with the first request that needs it.

    Raises InputError for an invalid address or invalid credentials.
    """
    async with open_client(endpoint, retry_policy, transport, _LIMITS) as client:
        yield RenewedToken(client, issue, retry_policy.clock)


def _usable_seconds(lifetime: float | None) -> float:
    """Return for how long a token is used; one without a lifetime is used until it is rejected."""
    if lifetime is None:
        return float("inf")
    return lifetime - min(_MARGIN_SECONDS, lifetime / 2)
