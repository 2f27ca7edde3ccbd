"""Helpers for HTTP that portals and forges share: exposure of connections, dates, numbers and messages."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from reconciler.model.secret import SecretText

# For services whose settings have `url` and `allowHttp`.
UNENCRYPTED_HINT: Final = "use https://, or set `allowHttp: true` beside the url in the configuration"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_MAX_LENGTH: Final = 300
_MAX_DIGITS: Final = 12


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, so that neither network nor proxy sees the traffic."""
    return host in _LOOPBACK


def is_unencrypted(scheme: str) -> bool:
    """Return whether a connection to an address of this scheme begins without encryption."""
    return scheme in {"http", "ldap"}


def is_exposed(scheme: str, host: str) -> bool:
    """Return whether a network, or a proxy from HTTP_PROXY, can read the traffic to an address."""
    return is_unencrypted(scheme) and not is_loopback(host)


def redact(text: str, *secrets: SecretText) -> str:
    """Return a text as one short line, with the secrets redacted."""
    for secret in secrets:
        text = secret.hide_in(text)
    line = " ".join(text.split())
    return line if len(line) <= _MAX_LENGTH else f"{line[:_MAX_LENGTH]}…"


def moment(text: str) -> datetime | None:
    """Parse an HTTP date, in UTC if it has no zone; return None if it is not valid."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def phrase(status: int) -> str:
    """Return the reason phrase of an HTTP status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "unknown status"


def whole_number(text: str) -> float | None:
    """Return a whole number that is not negative, or None for any other text."""
    text = text.strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None
