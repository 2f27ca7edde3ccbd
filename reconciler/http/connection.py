"""Opening the connection to a service: one address, one set of credentials, no redirects."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias
from urllib.request import getproxies

import httpx2

from reconciler import __version__
from reconciler.errors import InputError
from reconciler.http.asgi_types import Application
from reconciler.http.client import HttpClient
from reconciler.http.connections import Connections
from reconciler.http.endpoint import Endpoint
from reconciler.http.in_process import InProcess
from reconciler.http.limiter import MAX_WIDTH_REMOTE
from reconciler.http.limits import DEFAULT_LIMITS, RunLimits
from reconciler.http.retry import RetryPolicy
from reconciler.http.tls import trusted_authorities
from reconciler.model.http_text import is_exposed, is_loopback

Transport: TypeAlias = httpx2.AsyncBaseTransport
_TIMEOUT: Final = httpx2.Timeout(connect=5, read=60, write=30, pool=60)
_CONNECTIONS: Final = int(MAX_WIDTH_REMOTE)
# Servers close idle connections after five seconds or more; a write must not meet one that is being closed.
_IDLE_SECONDS: Final = 3.0
_IN_PROCESS: Final = "http://portal.invalid"
_PROXY_HINT: Final = "set HTTPS_PROXY, HTTP_PROXY and ALL_PROXY to http://HOST:PORT; SOCKS is not supported"
_URL_HINT: Final = "write it as https://HOST or https://HOST/PATH"


@asynccontextmanager
async def open_client(
    endpoint: Endpoint,
    retry_policy: RetryPolicy,
    transport: Transport | None = None,
    limits: RunLimits = DEFAULT_LIMITS,
) -> AsyncIterator[HttpClient]:
    """Open a client for a service; a service in this process, and tests, give the transport.

    Raises InputError for an invalid address or invalid credentials, and for a proxy or certificates in the
    environment that cannot be used.
    """
    _check_credentials(endpoint)
    async with connect(endpoint, transport) as client:
        yield HttpClient(client, endpoint, retry_policy, limits=limits)


def connect(endpoint: Endpoint, transport: Transport | None = None) -> httpx2.AsyncClient:
    """Return the connections to a service, without credentials. Raises InputError as open_client does."""
    url = _address(endpoint) if endpoint.address or transport is None else httpx2.URL(_IN_PROCESS)
    # A proxy from the environment must not see what is sent within this machine.
    proxied = transport is None and not is_loopback(url.host) and bool(getproxies())
    options = _pool(endpoint, url) if proxied else {"transport": transport or _direct(endpoint, url)}
    try:
        return httpx2.AsyncClient(
            base_url=url,
            headers={
                "Accept": "application/json",
                "User-Agent": f"reconciler/{__version__}",
                **endpoint.headers,
            },
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=proxied,
            **options,
        )
    except (ImportError, ValueError, httpx2.InvalidURL):
        # The reason would show the proxy's address, which may contain a password.
        message = f"{endpoint.name}: the proxy from the environment cannot be used"
        raise InputError(message, _PROXY_HINT) from None


def in_process(application: Application) -> Transport:
    """Return the transport to an application in this process."""
    return InProcess(application, raises=False)


def _direct(endpoint: Endpoint, url: httpx2.URL) -> Transport:
    """Return direct connections to a service."""
    return Connections(_trusted(endpoint, url), _IDLE_SECONDS)


def _pool(endpoint: Endpoint, url: httpx2.URL) -> dict[str, Any]:
    """Return the options of the library's own pool, which finds the proxy in the environment."""
    limits = httpx2.Limits(
        max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS, keepalive_expiry=_IDLE_SECONDS
    )
    return {"verify": _trusted(endpoint, url), "limits": limits}


def _trusted(endpoint: Endpoint, url: httpx2.URL) -> ssl.SSLContext:
    """Return the trusted authorities: the system's, or those from SSL_CERT_FILE or SSL_CERT_DIR."""
    if url.scheme == "http" and is_loopback(url.host):
        # Loading certificates takes a while, and without TLS none are needed.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return trusted_authorities(endpoint.name)


def _check_credentials(endpoint: Endpoint) -> None:
    """Raise InputError for invalid credentials: the error for an invalid header would show it."""
    try:
        endpoint.auth.check()
    except ValueError as error:
        message = f"{endpoint.name}: {endpoint.auth.source} {error}"
        hint = f"set it to a valid {endpoint.auth.noun}, without spaces, quotes or line breaks"
        raise InputError(message, hint) from None


def _address(endpoint: Endpoint) -> httpx2.URL:
    """Return the address. A password in it would be sent instead of the credentials."""
    try:
        url = httpx2.URL(endpoint.address)
    except httpx2.InvalidURL as error:
        raise InputError(f"{endpoint.name}: invalid URL: {error}", _URL_HINT) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise InputError(f"{endpoint.name}: invalid URL: it needs http:// or https:// and a host", _URL_HINT)
    if url.userinfo or url.query or url.fragment:
        message = f"{endpoint.name}: the URL may contain only host, port and path"
        raise InputError(message, f"remove user, password, query and fragment; {_URL_HINT}")
    if is_exposed(url.scheme, url.host) and not endpoint.allow_http:
        message = f"{endpoint.name}: the {endpoint.auth.noun} would be sent unencrypted to {endpoint.address}"
        raise InputError(message, endpoint.hints.unencrypted)
    return url
