"""What is the same for all portals with `url` and `allowHttp` in their settings."""

import asyncio
import random
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from reconciler.http.auth import Auth
from reconciler.http.credentials import UNENCRYPTED_HINT
from reconciler.http.endpoint import Endpoint, Hints
from reconciler.http.problem_details import problem_detail
from reconciler.http.request import Response
from reconciler.http.retry import RetryPolicy
from reconciler.model.portal_settings import PortalSettings

RETRIES: Final = RetryPolicy(sleep=asyncio.sleep, random=random.random)


def portal_endpoint(
    settings: PortalSettings,
    portal: str,
    auth: Auth,
    path: str = "",
    statuses: Mapping[int, str] = MappingProxyType({}),
    error_detail: Callable[[Response], str] = problem_detail,
) -> Endpoint:
    """Return the endpoint at a path below the url of the settings; `portal` is its name there.

    `statuses` is what to do about error responses, by status.
    """
    server = settings.address.rstrip("/")
    return Endpoint(
        name=f'portal "{portal}"',
        auth=auth,
        address=server + path,
        allow_http=bool(getattr(settings, "allow_http", None)),
        hints=Hints(
            statuses=statuses,
            unreachable=f"check the url in the configuration, and whether {server} can be reached from here",
            unexpected=f"check that {server} is the address of the portal",
            outcome_unknown="make a new plan: it shows what remains to be done",
            unencrypted=UNENCRYPTED_HINT,
        ),
        error_detail=error_detail,
    )
