"""Opening the line to a forge: its address, its token, and nothing of either where it does not belong."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import httpx2

from reconciler import __version__
from reconciler.errors import InputError
from reconciler.forge.problems import where
from reconciler.model.forge import ForgeSettings
from reconciler.model.http_text import is_exposed, is_loopback

Transport: TypeAlias = httpx2.AsyncBaseTransport
_TIMEOUT: Final = httpx2.Timeout(connect=10, read=60, write=30, pool=60)


@asynccontextmanager
async def open_client(
    settings: ForgeSettings, headers: Mapping[str, str], transport: Transport | None
) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a client for the address of these settings; tests give the transport.

    Raises InputError for an address or a token that cannot be meant, and for proxies or authorities of the
    environment that cannot be used.
    """
    address = _address(settings)
    if not settings.token.fits_a_header:
        message = f"{settings.token_from} holds characters that no token has"
        raise InputError(message, "look for spaces, quotes or line breaks in it")
    try:
        client = httpx2.AsyncClient(
            base_url=address,
            headers={"User-Agent": f"reconciler/{__version__}", **headers},
            timeout=_TIMEOUT,
            follow_redirects=False,
            transport=transport,
            # A proxy that the environment names must not see what is said on this machine.
            trust_env=not is_loopback(address.host),
        )
    except (ImportError, ValueError, httpx2.InvalidURL):
        # The reason would show the proxy's address, and a password may be in it.
        message = f"{where(settings)}: the proxy that the environment names cannot be used"
        raise InputError(message, "set HTTPS_PROXY, HTTP_PROXY and ALL_PROXY to http://HOST:PORT") from None
    except OSError as error:
        message = f"{where(settings)}: the authorities that SSL_CERT_FILE names cannot be read: {error}"
        raise InputError(message, "name a file of certificates in PEM format") from error
    async with client:
        yield client


def _address(settings: ForgeSettings) -> httpx2.URL:
    hint = "write it as https://HOST/PATH"
    try:
        url = httpx2.URL(settings.address)
    except httpx2.InvalidURL as error:
        raise InputError(f"the address of the forge's API is none: {error}", hint) from error
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        raise InputError("the address of the forge's API is not one of host and path alone", hint)
    if is_exposed(url.scheme, url.host) and not settings.allow_http:
        message = f"{where(settings)} would be sent the token unencrypted"
        raise InputError(message, "use https://, or --allow-http where the network between is trusted")
    return url
