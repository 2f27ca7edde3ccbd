"""The connection to the Admin REST API of a realm of Keycloak, with the credentials of a client."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.configured import ConfiguredService
from reconciler.http.connection import Transport, open_client
from reconciler.http.oauth import OAuthClient, open_client_credentials
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.http_text import UNENCRYPTED_HINT
from reconciler.model.json_input import decode_json
from reconciler.model.secret import SecretText


class RealmClient(msgspec.Struct, frozen=True, kw_only=True):
    """A client of a realm with a service account; `source` is where its secret came from."""

    service: ConfiguredService
    realm: str
    client_id: str
    secret: SecretText
    source: str


class _Error(msgspec.Struct, frozen=True, rename="camel"):
    error_message: str = ""
    error: str = ""
    error_description: str = msgspec.field(default="", name="error_description")


_ERROR: Final = msgspec.json.Decoder(_Error)


@asynccontextmanager
async def open_realm(
    realm: RealmClient, hints: Mapping[int, str], retries: RetryPolicy, transport: Transport | None = None
) -> AsyncIterator[HttpClient]:
    """Open the Admin REST API of a realm; `hints` are about error responses, by status.

    Raises InputError for an invalid address or secret.
    """
    service, name = realm.service, quote(realm.realm, safe="")
    client = OAuthClient(
        token_url=f"{service.address.rstrip('/')}/realms/{name}/protocol/openid-connect/token",
        client_id=realm.client_id,
        client_secret=realm.secret,
        source=realm.source,
        allow_http=service.allow_http,
        unencrypted=UNENCRYPTED_HINT,
    )
    async with open_client_credentials(str(service), client, retries, transport) as auth:
        endpoint = service.endpoint(auth, f"/admin/realms/{name}", hints, error_detail)
        async with open_client(endpoint, retries, transport) as http:
            yield http


def error_detail(response: Response) -> str:
    """Return the explanation in an error response."""
    try:
        found = decode_json(response.body, _ERROR)
    except msgspec.DecodeError:
        return ""
    return found.error_message or ": ".join(filter(None, (found.error, found.error_description)))
