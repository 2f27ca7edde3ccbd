"""What is the same for all portals with `url` and `allowHttp` in their settings."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from reconciler.http import configured
from reconciler.http.auth import Auth
from reconciler.http.configured import ConfiguredService
from reconciler.http.endpoint import Endpoint
from reconciler.http.problem_details import problem_detail
from reconciler.http.request import Response
from reconciler.model.portal_settings import PortalSettings

RETRIES: Final = configured.RETRIES


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
    return portal_service(settings, portal).endpoint(auth, path, statuses, error_detail)


def portal_service(settings: PortalSettings, portal: str) -> ConfiguredService:
    """Return the service of these settings; `portal` is its name in the configuration."""
    allow_http = bool(getattr(settings, "allow_http", None))
    return ConfiguredService("portal", portal, settings.address, allow_http)
