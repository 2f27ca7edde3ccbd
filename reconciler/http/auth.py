"""How requests authenticate. A service with another scheme adds a class with the members of Auth."""

from base64 import b64encode
from typing import Protocol

import msgspec

from reconciler.model.secret import SecretText


class Auth(Protocol):
    """The credentials of one service."""

    @property
    def source(self) -> str:
        """Where the credentials came from, for messages."""

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """Every text that must not appear in any output."""

    def headers(self) -> dict[str, str]:
        """Return the headers that authenticate a request.

        Raises ValueError with what is wrong with the credentials, without showing them.
        """


class StaticToken(msgspec.Struct, frozen=True):
    """A token in a header, after a scheme unless that is empty."""

    token: SecretText
    source: str
    header: str = "Authorization"
    scheme: str = "Bearer"

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """The token."""
        return (self.token,)

    def headers(self) -> dict[str, str]:
        """Return the header with the token. Raises ValueError for an empty or invalid token."""
        text = self.token.reveal()
        if not text:
            raise ValueError("is empty")
        if not self.token.fits_a_header:
            raise ValueError("contains invalid characters")
        return {self.header: f"{self.scheme} {text}".strip()}


class BasicAuth(msgspec.Struct, frozen=True):
    """A user and a password (RFC 7617)."""

    user: str
    password: SecretText
    source: str

    @property
    def secrets(self) -> tuple[SecretText, ...]:
        """The password, and the encoded credentials that contain it."""
        return self.password, SecretText(self._encoded())

    def headers(self) -> dict[str, str]:
        """Return the Authorization header. Raises ValueError for what the scheme cannot express."""
        if not self.password.reveal():
            raise ValueError("is empty")
        if ":" in self.user:
            raise ValueError("belongs to a user name with a colon, which basic authentication cannot send")
        return {"Authorization": f"Basic {self._encoded()}"}

    def _encoded(self) -> str:
        return b64encode(f"{self.user}:{self.password.reveal()}".encode()).decode()
