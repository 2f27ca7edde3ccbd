"""Sign in through an OpenID Connect provider: what the pages know of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

ATTEMPT_LASTS: Final = timedelta(minutes=10)
Failure = Literal["denied", "refused", "down", "over", "mixed-up", "invalid", "no-address", "unverified"]


class OidcError(Exception):
    """Signing in failed. `detail` is for the log, and has no part of a token or code."""

    def __init__(self, failure: Failure, detail: str, email: str | None = None) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail
        self.email = email


class Attempt(msgspec.Struct, frozen=True):
    """An attempt to sign in, which the browser keeps in a signed cookie until the provider sends it back.

    `target` is the path to which it leads, or empty.
    """

    state: str
    nonce: str
    verifier: str
    target: str
    begun_at: float


class Provider(Protocol):
    """The provider of a portal. Every method raises OidcError if the provider does not answer correctly."""

    async def begin(self, now: datetime, callback: str, target: str, *, again: bool) -> tuple[str, Attempt]:
        """Return the address at the provider to which the browser goes, and the attempt.

        With `again`, the provider asks for the password also if it knows the person.
        """
        ...

    async def finish(self, now: datetime, callback: str, attempt: Attempt, answer: Mapping[str, str]) -> str:
        """Return the canonical, verified address of the person in the answer that the browser brings."""
        ...

    async def sign_out_url(self, now: datetime, target: str) -> str | None:
        """Return the address at the provider that ends the session there, if it has one."""
        ...


def sealed(secret: str, attempt: Attempt) -> str:
    """Return an attempt as the value of a cookie, which the browser cannot change."""
    return str(_serializer(secret).dumps(msgspec.to_builtins(attempt)))


def unsealed(secret: str, value: str | None, now: datetime) -> Attempt:
    """Return the attempt of a cookie. Raise OidcError if it is missing, changed or old."""
    try:
        attempt = msgspec.convert(_loaded(secret, value), Attempt)
    except (BadSignature, msgspec.ValidationError) as error:
        raise OidcError("over", "no attempt began in this browser") from error
    if not 0 <= now.timestamp() - attempt.begun_at < ATTEMPT_LASTS.total_seconds():
        raise OidcError("over", "the attempt is too old")
    return attempt


def _loaded(secret: str, value: str | None) -> Any:
    return _serializer(secret).loads(value or "")


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="oidc")
