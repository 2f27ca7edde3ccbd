"""LDAP: groups of a directory such as OpenLDAP, 389 Directory Server or Active Directory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Final

from reconciler.errors import InputError
from reconciler.http.auth import SecretInBody
from reconciler.http.retry import RetryPolicy
from reconciler.http.tls import trusted_authorities
from reconciler.model.directory import Directory
from reconciler.model.directory_settings import LdapSource
from reconciler.sources.connection import RETRIES, source_endpoint
from reconciler.sources.ldap.address import address_of
from reconciler.sources.ldap.names import Name, parse_name
from reconciler.sources.package import Credentials, SourceType

_LIBRARY: Final = "ldap3"
_INSTALL: Final = 'install the extra: pip install "reconciler[ldap]"'


@asynccontextmanager
async def open_source(
    settings: LdapSource, credentials: Credentials, retries: RetryPolicy = RETRIES
) -> AsyncIterator[Directory]:
    """Open the directory of these settings. Tests give the retry policy."""
    service = f'source "{credentials.source}"'
    address = address_of(service, settings)
    placeholders = frozenset(_name(service, "placeholders", each) for each in settings.placeholders)
    for key, base in (("base", settings.base), ("userBase", settings.user_base or settings.base)):
        _name(service, key, base)
    password, source = credentials.require("password", f"it is the password of {settings.user}")
    if not password.reveal():
        # A server takes an empty password for an anonymous login, and then shows only a part.
        raise InputError(f"{service}: {source} is empty", f"set it to the password of {settings.user}")
    if find_spec(_LIBRARY) is None:
        raise InputError(f"{service} needs the package {_LIBRARY}", _INSTALL)
    from reconciler.sources.ldap.directory import LdapDirectory  # noqa: PLC0415  an optional dependency
    from reconciler.sources.ldap.session import LdapSession, Server  # noqa: PLC0415  the same

    context = None if address.encryption == "none" else trusted_authorities(service, settings.ca_file)
    endpoint = source_endpoint(settings, credentials.source, SecretInBody(password, source))
    session = LdapSession(Server(endpoint, address, settings.user, password, context), retries)
    try:
        yield LdapDirectory(session, settings, placeholders)
    finally:
        session.close()


SOURCE: Final = SourceType(open_source)


def _name(service: str, key: str, text: str) -> Name:
    try:
        return parse_name(text)
    except ValueError as error:
        raise InputError(
            f'{service}: {key} "{text}" is not a DN: {error}', "write it as dc=example,dc=com"
        ) from error
