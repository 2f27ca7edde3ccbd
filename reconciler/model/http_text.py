"""What is alike of all who answer over HTTP: what the line to them needs, and how messages show them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from reconciler.model.secret import SecretText

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
PROXIES: Final = "write HTTPS_PROXY, HTTP_PROXY and ALL_PROXY as http://HOST:PORT; SOCKS is not spoken"
_LONGEST: Final = 300


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that no network and no proxy sees what is sent to it."""
    return host in _LOOPBACK


def is_exposed(scheme: str, host: str) -> bool:
    """Whether a network, or a proxy that HTTP_PROXY names, can read what is sent to an address."""
    return scheme == "http" and not is_loopback(host)


def redact(text: str, secret: SecretText) -> str:
    """Return a text as one short line without the secret."""
    line = " ".join(secret.hide_in(text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def moment(text: str) -> datetime | None:
    """Return a date as HTTP writes it, in UTC where it names no zone; None for anything else."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def phrase(status: int) -> str:
    """Return what a status of HTTP is called."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no status that HTTP knows"
