"""Opening the line to a portal: one address, one token, and nothing of either where it does not belong."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx2

from reconciler import __version__
from reconciler.errors import InputError
from reconciler.http.asgi import Application
from reconciler.http.errors import Endpoint
from reconciler.http.limiter import MOST_WHEN_FAR
from reconciler.model.http_text import PROXIES, is_exposed, is_loopback

_TIMEOUT: Final = httpx2.Timeout(connect=5, read=60, write=30, pool=60)
# Servers close idle connections after five seconds and more; a write must not meet one that is being closed.
_CONNECTIONS: Final = int(MOST_WHEN_FAR)
_LIMITS: Final = httpx2.Limits(
    max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS, keepalive_expiry=3
)
_IN_PROCESS: Final = "http://portal.invalid"


@asynccontextmanager
async def open_client(where: Endpoint, application: Application | None) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a client for the application in this process, or else for the address of `where`.

    Raises InputError for an address or a token that cannot be meant, and for proxies or authorities of the
    environment that cannot be used.
    """
    headers = {
        "Authorization": f"Bearer {_visible(where)}",
        "Accept": "application/json",
        "User-Agent": f"reconciler/{__version__}",
    }
    client = _in_process(application, headers) if application else _served(where, headers)
    async with client:
        yield client


def _in_process(application: Application, headers: dict[str, str]) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(application, raise_app_exceptions=False)
    return httpx2.AsyncClient(base_url=_IN_PROCESS, headers=headers, transport=transport, timeout=_TIMEOUT)


def _served(where: Endpoint, headers: dict[str, str]) -> httpx2.AsyncClient:
    url = _address(where)
    here = is_loopback(url.host)
    verify = _nobody() if here and url.scheme == "http" else _authorities(where)
    try:
        return httpx2.AsyncClient(
            base_url=url,
            headers=headers,
            timeout=_TIMEOUT,
            limits=_LIMITS,
            follow_redirects=False,
            verify=verify,
            # A proxy that the environment names must not see what is said on this machine.
            trust_env=not here,
        )
    except (ImportError, ValueError, httpx2.InvalidURL):
        # The reason would show the proxy's address, and a password may be in it.
        message = f'portal "{where.name}": the proxy that the environment names cannot be used'
        raise InputError(message, PROXIES) from None


def _nobody() -> ssl.SSLContext:
    """Trust no authority: without TLS none is needed, and reading all of them takes a while."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _authorities(where: Endpoint) -> ssl.SSLContext:
    """Trust the system's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR names."""
    try:
        return httpx2.create_ssl_context()
    except OSError as error:
        # The library's own words hold a place in its source.
        why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        message = f'portal "{where.name}": the authorities that SSL_CERT_FILE names cannot be read: {why}'
        raise InputError(message, "name a file of certificates in PEM format") from error


def _visible(where: Endpoint) -> str:
    """Return the token. What is no token would break the header, and its error would show it."""
    token = where.token.reveal()
    if not token:
        raise InputError(
            f'portal "{where.name}": {where.token_from} is empty', "put the portal's token there"
        )
    if not where.token.fits_a_header:
        message = f'portal "{where.name}": {where.token_from} holds characters that no token has'
        raise InputError(message, "look for spaces, quotes or line breaks in it")
    return token


def _address(where: Endpoint) -> httpx2.URL:
    """Return the portal's address. A password in it would be sent instead of the token."""
    try:
        url = httpx2.URL(where.address)
    except httpx2.InvalidURL as error:
        raise InputError(
            f'portal "{where.name}": its url is none: {error}', "write it as https://HOST"
        ) from error
    if not url.host:
        raise InputError(f'portal "{where.name}": its url names no host', "write it as https://HOST")
    if url.userinfo or url.query or url.fragment:
        message = f'portal "{where.name}": its url holds more than host, port and path'
        raise InputError(message, "leave out user, password, query and fragment; the token says who we are")
    if is_exposed(url.scheme, url.host) and not where.allow_http:
        message = f'portal "{where.name}": {where.address} would send the token unencrypted'
        raise InputError(
            message, "use https://, or set `allowHttp: true` beside the url in the configuration"
        )
    return url
