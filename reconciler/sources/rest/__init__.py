"""JSON over HTTP: an API that lists accounts."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Final
from urllib.parse import urlsplit

import msgspec

from reconciler.http.auth import Auth, StaticToken
from reconciler.http.connection import Transport, in_process, open_client
from reconciler.http.oauth import OAuthClient, open_client_credentials
from reconciler.http.retry import RetryPolicy
from reconciler.model.accounts import Crm
from reconciler.model.crm_settings import RestSource
from reconciler.model.http_text import UNENCRYPTED_HINT
from reconciler.sources.connection import RETRIES, source_endpoint
from reconciler.sources.package import Credentials, SourceType
from reconciler.sources.rest.adapter import RestCrm
from reconciler.sources.rest.error_text import error_detail

_STANDARD: Final = "Authorization"


@asynccontextmanager
async def open_source(
    settings: RestSource, credentials: Credentials, retries: RetryPolicy = RETRIES
) -> AsyncIterator[Crm]:
    """Open the API of these settings. Tests give the retry policy."""
    transport = in_process(credentials.application) if credentials.application is not None else None
    async with _authentication(settings, credentials, retries, transport) as auth:
        endpoint = source_endpoint(settings, credentials.source, auth, error_detail=error_detail)
        url = urlsplit(settings.url)
        server = msgspec.structs.replace(endpoint, address=f"{url.scheme}://{url.netloc}")
        async with open_client(server, retries, transport) as http:
            yield RestCrm(http, settings)


SOURCE: Final = SourceType(open_source)


def _authentication(
    settings: RestSource, credentials: Credentials, retries: RetryPolicy, transport: Transport | None
) -> AbstractAsyncContextManager[Auth]:
    if settings.client_id is None or settings.token_url is None:
        token, source = credentials.require("token", "create one in the CRM, with the right to read accounts")
        header = settings.token_header or _STANDARD
        scheme = settings.token_scheme or ("Bearer" if header == _STANDARD else "")
        return nullcontext(StaticToken(token, source, header, scheme))
    secret, source = credentials.require(
        "client_secret", f"it is the secret of the client {settings.client_id}"
    )
    client = OAuthClient(
        token_url=settings.token_url,
        client_id=settings.client_id,
        client_secret=secret,
        source=source,
        scope=settings.scope or "",
        allow_http=bool(settings.allow_http),
        unencrypted=UNENCRYPTED_HINT,
    )
    return open_client_credentials(f'source "{credentials.source}"', client, retries, transport)
