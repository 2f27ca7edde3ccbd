"""The provider of a portal, whose libraries are an extra, so it is imported only where one is configured."""

from reconciler.portal_server.errors import PortalServerError
from reconciler.portal_server.identity.oidc import Provider
from reconciler.portal_server.seed import Oidc


def open_provider(settings: Oidc) -> Provider:
    """Return the provider of these settings; it is asked on first use. Raises PortalServerError."""
    try:
        from reconciler.portal_server.identity.oidc_provider import OidcProvider  # noqa: PLC0415  an extra
    except ImportError as error:
        raise PortalServerError(
            f"signing in with OpenID Connect needs the library {error.name}",
            "install it into the environment of this program: python -m pip install authlib joserfc",
        ) from error
    return OidcProvider(settings)
