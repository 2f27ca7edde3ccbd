"""Where a directory is, and how its connections are encrypted."""

from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from reconciler.errors import InputError
from reconciler.model.directory_settings import LdapSource
from reconciler.model.http_text import is_loopback

Encryption: TypeAlias = Literal["tls", "start-tls", "none"]
_PORTS: Final = {"ldap": 389, "ldaps": 636}
_URL_HINT: Final = "write it as ldaps://HOST or ldaps://HOST:PORT"


class Address(msgspec.Struct, frozen=True):
    """The host and port of a server, and how a connection to it is encrypted."""

    host: str
    port: int
    encryption: Encryption


def address_of(service: str, settings: LdapSource) -> Address:
    """Return the address in the settings. Raises InputError for one that cannot be used."""
    try:
        url = urlsplit(settings.url)
        host, port = url.hostname, url.port or _PORTS[url.scheme]
    except (KeyError, ValueError) as error:
        raise InputError(f"{service}: invalid URL: {error}", _URL_HINT) from error
    if not host or "@" in url.netloc or url.path.strip("/") or url.query or url.fragment:
        raise InputError(f"{service}: the URL may contain only host and port", _URL_HINT)
    encryption = _encryption(url.scheme, settings)
    if encryption == "none" and not is_loopback(host) and not settings.allow_plain:
        message = f"{service}: the password would be sent unencrypted to {settings.url}"
        hint = "use ldaps://, leave out `startTls: false`, or set `allowPlain: true` beside the url"
        raise InputError(message, hint)
    return Address(host, port, encryption)


def _encryption(scheme: str, settings: LdapSource) -> Encryption:
    if scheme == "ldaps":
        return "tls"
    return "none" if settings.start_tls is False else "start-tls"
