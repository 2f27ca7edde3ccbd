"""Apigee X and hybrid: teams are AppGroups, APIs are API products on the keys of their apps."""

import random
from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec

from reconciler.http.auth import Auth, StaticToken
from reconciler.http.connection import Transport, open_client
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.google import GoogleCredentials
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.json_input import decode_json
from reconciler.model.portal import Portal
from reconciler.model.portal_settings import ApigeePortal
from reconciler.portals.apigee.adapter import CAPABILITIES, ApigeeAdapter
from reconciler.portals.apigee.rights import RIGHTS
from reconciler.portals.package import UNENCRYPTED_HINT, Credentials, PortalType

_PRINT: Final = "`gcloud auth print-access-token` prints one that is valid for an hour"


class _Problem(msgspec.Struct, frozen=True):
    message: str = ""
    status: str = ""


class _Error(msgspec.Struct, frozen=True):
    error: _Problem


_ERROR: Final = msgspec.json.Decoder(_Error)


@asynccontextmanager
async def open_portal(
    settings: ApigeePortal,
    credentials: Credentials,
    retries: RetryPolicy | None = None,
    transport: Transport | None = None,
) -> AsyncIterator[Portal]:
    """Open the organization of these settings. Tests give the retry policy and the transport."""
    policy = retries or RetryPolicy(sleep=sleep, random=random.random)
    endpoint = _endpoint(settings, credentials.portal, _auth(settings, credentials))
    async with open_client(endpoint, policy, transport) as client:
        yield ApigeeAdapter(client, settings.channel_id)


PORTAL: Final = PortalType(ApigeePortal, lambda _: CAPABILITIES, open_portal)


def _auth(settings: ApigeePortal, credentials: Credentials) -> Auth:
    if settings.token is not None:
        return StaticToken(*credentials.require("token", _PRINT))
    return GoogleCredentials(f'portal "{credentials.portal}"', allow_http=bool(settings.allow_http))


def _endpoint(settings: ApigeePortal, name: str, auth: Auth) -> Endpoint:
    server = settings.url.rstrip("/")
    hints = Hints(
        statuses={
            HTTPStatus.FORBIDDEN: RIGHTS,
            HTTPStatus.NOT_FOUND: "check url and organization; if they are correct, make a new plan",
            HTTPStatus.CONFLICT: "make a new plan: the organization has changed since",
        },
        unreachable=f"check the url in the configuration, and whether {server} can be reached from here",
        unexpected=f"check that {server} is the address of the Apigee API",
        outcome_unknown="make a new plan: it shows what remains to be done",
        unencrypted=UNENCRYPTED_HINT,
    )
    return Endpoint(
        name=f'portal "{name}"',
        auth=auth,
        address=f"{server}/v1/organizations/{quote(settings.organization, safe='')}",
        allow_http=bool(settings.allow_http),
        hints=hints,
        error_detail=error_detail,
    )


def error_detail(response: Response) -> str:
    """Return the explanation in an error response."""
    try:
        return decode_json(response.body, _ERROR).error.message
    except msgspec.DecodeError:
        return ""
