"""SCIM 2.0 (RFC 7643, RFC 7644): groups of people in a directory."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.util import find_spec
from typing import Final

import msgspec

from reconciler.errors import InputError
from reconciler.http.auth import Auth, StaticToken
from reconciler.http.connection import Transport, in_process, open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.oauth import OAuthClient, open_client_credentials
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.directory import Directory
from reconciler.model.directory_settings import ScimSource
from reconciler.model.http_text import UNENCRYPTED_HINT
from reconciler.model.json_input import decode_json
from reconciler.sources.connection import RETRIES, source_endpoint
from reconciler.sources.package import Credentials, SourceType

_INSTALL: Final = 'install the extra: pip install "reconciler[scim]"'
_CREATE_IT: Final = "create a token in the directory that can read users and groups"
_LIBRARIES: Final = ("scim2_models", "scim2_client")


class _Error(msgspec.Struct, frozen=True, rename="camel"):
    scim_type: str | None = None
    detail: str | None = None


_ERROR: Final = msgspec.json.Decoder(_Error)
_HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: "give the account the right to read users and groups",
    HTTPStatus.NOT_FOUND: "check the url: it is the base URL of SCIM, without /Users",
}


@asynccontextmanager
async def open_source(
    settings: ScimSource, credentials: Credentials, retries: RetryPolicy = RETRIES
) -> AsyncIterator[Directory]:
    """Open the directory of these settings. Tests give the application and the retry policy."""
    if any(find_spec(each) is None for each in _LIBRARIES):
        raise InputError(f'source "{credentials.source}": the libraries for SCIM are missing', _INSTALL)
    from reconciler.sources.scim.adapter import ScimDirectory  # noqa: PLC0415  optional dependencies

    transport = in_process(credentials.application) if credentials.application else None
    async with (
        _open_auth(settings, credentials, retries, transport) as auth,
        open_client(_endpoint(settings, credentials.source, auth), retries, transport) as client,
    ):
        yield ScimDirectory(client)


SOURCE: Final = SourceType(open_source)


@asynccontextmanager
async def _open_auth(
    settings: ScimSource, credentials: Credentials, retries: RetryPolicy, transport: Transport | None
) -> AsyncIterator[Auth]:
    """Yield the bearer token of the settings, or one that their client gets when it is needed."""
    if settings.token_url is None:
        yield StaticToken(*credentials.require("token", _CREATE_IT))
        return
    secret, source = credentials.require("client_secret", "create a secret for this client")
    client = OAuthClient(
        token_url=settings.token_url,
        client_id=settings.client_id or "",
        client_secret=secret,
        source=source,
        scope=settings.scope or "",
        allow_http=bool(settings.allow_http),
        unencrypted=UNENCRYPTED_HINT,
    )
    name = f'source "{credentials.source}"'
    async with open_client_credentials(name, client, retries, transport) as auth:
        yield auth


def _endpoint(settings: ScimSource, name: str, auth: Auth) -> Endpoint:
    endpoint = source_endpoint(settings, name, auth, statuses=_HINTS, error_detail=error_detail)
    return msgspec.structs.replace(endpoint, headers={"Accept": "application/scim+json, application/json"})


def error_detail(response: Response) -> str:
    """Return the explanation in an error response (RFC 7644, section 3.12)."""
    try:
        found = decode_json(response.body, _ERROR)
    except msgspec.DecodeError:
        return ""
    return ": ".join(filter(None, (found.scim_type, found.detail)))
