"""How requests authenticate. A service with another scheme adds a class with the members of Auth."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Protocol

import msgspec

from reconciler.model.secret import SecretText


class Auth(Protocol):
    """The credentials of one service."""

    @property
    def noun(self) -> str:
        """What messages call the credentials."""

    @property
    def source(self) -> str:
        """Where the credentials came from, for messages."""

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """Every text that must not appear in any output."""

    def check(self) -> None:
        """Raise ValueError with what is wrong with the credentials, without showing them."""

    async def headers(self) -> dict[str, str]:
        """Return the headers that authenticate a request. Raises PortalError if there are none now."""

    def discard(self, headers: Mapping[str, str]) -> bool:
        """Discard headers that the service does not accept; return whether others are worth a try."""


class StaticToken(msgspec.Struct, frozen=True):
    """A token in a header, after a scheme unless that is empty."""

    token: SecretText
    source: str
    header: str = "Authorization"
    scheme: str = "Bearer"

    @property
    def noun(self) -> str:
        """A token."""
        return "token"

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """The token."""
        return (self.token,)

    def check(self) -> None:
        """Raise ValueError for an empty or invalid token."""
        if not self.token.reveal():
            raise ValueError("is empty")
        if not self.token.fits_a_header:
            raise ValueError("contains invalid characters")

    async def headers(self) -> dict[str, str]:
        """Return the header with the token."""
        return {self.header: f"{self.scheme} {self.token.reveal()}".strip()}

    def discard(self, headers: Mapping[str, str]) -> bool:  # noqa: ARG002  the protocol's
        """Return False: there is only one token."""
        return False


class BasicAuth(msgspec.Struct, frozen=True):
    """A user and a password (RFC 7617)."""

    user: str
    password: SecretText
    source: str
    noun: str = "password"

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """The password, and the encoded credentials that contain it."""
        return self.password, SecretText(self._encoded())

    def check(self) -> None:
        """Raise ValueError for an empty password, and for a user that the scheme cannot express."""
        if not self.password.reveal():
            raise ValueError("is empty")
        if ":" in self.user:
            raise ValueError("belongs to a user name with a colon, which basic authentication cannot send")

    async def headers(self) -> dict[str, str]:
        """Return the header with user and password."""
        return {"Authorization": f"Basic {self._encoded()}"}

    def discard(self, headers: Mapping[str, str]) -> bool:  # noqa: ARG002  the protocol's
        """Return False: there is only one password."""
        return False

    def _encoded(self) -> str:
        return b64encode(f"{self.user}:{self.password.reveal()}".encode()).decode()


class SecretInBody(msgspec.Struct, frozen=True):
    """A secret that requests send in their bodies, not in a header."""

    secret: SecretText
    source: str
    noun: str = "password"

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """The secret."""
        return (self.secret,)

    def check(self) -> None:
        """Raise ValueError for an empty secret."""
        if not self.secret.reveal():
            raise ValueError("is empty")

    async def headers(self) -> dict[str, str]:
        """Return no header."""
        return {}

    def discard(self, headers: Mapping[str, str]) -> bool:  # noqa: ARG002  the protocol's
        """Return False: there is only one secret."""
        return False


class NoCredentials(msgspec.Struct, frozen=True):
    """No credentials, for what anybody may read."""

    noun: str = "request"
    source: str = ""
    secrets: tuple[SecretText, ...] = ()

    def check(self) -> None:
        """Accept it: there is nothing to check."""

    async def headers(self) -> dict[str, str]:
        """Return no header."""
        return {}

    def discard(self, headers: Mapping[str, str]) -> bool:  # noqa: ARG002  the protocol's
        """Return False: there are no others."""
        return False
