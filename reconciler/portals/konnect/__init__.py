"""Kong Konnect: teams of a developer portal, their developers, and their roles for APIs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import msgspec

from reconciler.http.auth import StaticToken
from reconciler.http.connection import in_process, open_client
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.http_text import UNENCRYPTED_HINT
from reconciler.model.json_input import decode_json
from reconciler.model.portal import Portal
from reconciler.model.remote_portal_settings import KonnectPortal
from reconciler.portals.connection import RETRIES
from reconciler.portals.konnect.adapter import CAPABILITIES, KonnectAdapter
from reconciler.portals.konnect.checks import RIGHTS
from reconciler.portals.package import Credentials, PortalType


class _InvalidParameter(msgspec.Struct, frozen=True):
    field: str = ""
    reason: str = ""


class _Problem(msgspec.Struct, frozen=True):
    title: str = ""
    detail: str = ""
    invalid_parameters: tuple[_InvalidParameter, ...] = ()


_PROBLEM: Final = msgspec.json.Decoder(_Problem)


@asynccontextmanager
async def open_portal(
    settings: KonnectPortal, credentials: Credentials, retries: RetryPolicy = RETRIES
) -> AsyncIterator[Portal]:
    """Open the portal of these settings. Tests give the application and the retry policy."""
    token = StaticToken(
        *credentials.require("token", "create a system account token in Konnect, or a personal one")
    )
    application = credentials.application
    endpoint = konnect_endpoint(settings, credentials.portal, token)
    async with open_client(endpoint, retries, in_process(application) if application else None) as client:
        yield KonnectAdapter(client, settings.portal, settings.region)


PORTAL: Final = PortalType(KonnectPortal, lambda _: CAPABILITIES, open_portal)


def konnect_endpoint(settings: KonnectPortal, name: str, token: StaticToken) -> Endpoint:
    """Return the endpoint of the API in the region."""
    hints = Hints(
        statuses={
            HTTPStatus.FORBIDDEN: RIGHTS,
            HTTPStatus.NOT_FOUND: "check `portal` and `region`; if they are correct, make a new plan",
            HTTPStatus.CONFLICT: "make a new plan: the portal has changed since",
        },
        unreachable=f"check `region` in the configuration, and whether {settings.address} can be reached",
        unexpected=f"check that {settings.address} is the address of Konnect",
        outcome_unknown="make a new plan: it shows what remains to be done",
        unencrypted=UNENCRYPTED_HINT,
    )
    return Endpoint(
        name=f'portal "{name}"',
        auth=token,
        address=settings.address,
        allow_http=bool(settings.allow_http),
        hints=hints,
        error_detail=error_detail,
    )


def error_detail(response: Response) -> str:
    """Return the explanation in an error response, with the fields that it is about."""
    try:
        problem = decode_json(response.body, _PROBLEM)
    except msgspec.DecodeError:
        return ""
    fields = "; ".join(f"{each.field} {each.reason}".strip() for each in problem.invalid_parameters)
    return ": ".join(filter(None, (problem.detail or problem.title, fields)))
