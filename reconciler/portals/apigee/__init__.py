"""Apigee X and hybrid: teams are AppGroups, APIs are API products on the keys of their apps."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.http.auth import Auth, StaticToken
from reconciler.http.connection import Transport, open_client
from reconciler.http.endpoint import Endpoint
from reconciler.http.google import GoogleCredentials
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.json_input import decode_json
from reconciler.model.portal import Portal
from reconciler.model.remote_portal_settings import ApigeePortal
from reconciler.portals.apigee.adapter import CAPABILITIES, ApigeeAdapter
from reconciler.portals.apigee.rights import RIGHTS
from reconciler.portals.connection import RETRIES, portal_endpoint
from reconciler.portals.package import Credentials, PortalType

_PRINT: Final = "`gcloud auth print-access-token` prints one that is valid for an hour"


class _Problem(msgspec.Struct, frozen=True):
    message: str = ""
    status: str = ""


class _Error(msgspec.Struct, frozen=True):
    error: _Problem


_ERROR: Final = msgspec.json.Decoder(_Error)
_HINTS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: RIGHTS,
    HTTPStatus.NOT_FOUND: "check url and organization; if they are correct, make a new plan",
    HTTPStatus.CONFLICT: "make a new plan: the organization has changed since",
}


@asynccontextmanager
async def open_portal(
    settings: ApigeePortal,
    credentials: Credentials,
    retries: RetryPolicy = RETRIES,
    transport: Transport | None = None,
) -> AsyncIterator[Portal]:
    """Open the organization of these settings. Tests give the retry policy and the transport."""
    endpoint = _endpoint(settings, credentials.portal, _auth(settings, credentials))
    async with open_client(endpoint, retries, transport) as client:
        yield ApigeeAdapter(client, settings.channel_id)


PORTAL: Final = PortalType(ApigeePortal, lambda _: CAPABILITIES, open_portal)


def _auth(settings: ApigeePortal, credentials: Credentials) -> Auth:
    if settings.token is not None:
        return StaticToken(*credentials.require("token", _PRINT))
    return GoogleCredentials(f'portal "{credentials.portal}"', allow_http=bool(settings.allow_http))


def _endpoint(settings: ApigeePortal, name: str, auth: Auth) -> Endpoint:
    path = f"/v1/organizations/{quote(settings.organization, safe='')}"
    return portal_endpoint(settings, name, auth, path, _HINTS, error_detail)


def error_detail(response: Response) -> str:
    """Return the explanation in an error response."""
    try:
        return decode_json(response.body, _ERROR).error.message
    except msgspec.DecodeError:
        return ""
