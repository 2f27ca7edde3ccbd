"""Find the portal of the settings, and refuse one in which roles restrict nothing."""

from uuid import UUID

import msgspec

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.request import Request
from reconciler.portals.konnect.schemas import PORTAL, PORTALS, Portal


class FoundPortal(msgspec.Struct, frozen=True):
    """A portal, and how messages call it."""

    portal: Portal
    label: str

    @property
    def id(self) -> str:
        """Its id in Konnect."""
        return self.portal.id

    @property
    def open_reason(self) -> str:
        """Why roles restrict nothing in this portal; empty if they do."""
        if not self.portal.authentication_enabled:
            return "has no authentication, so everybody can see all its APIs"
        if not self.portal.rbac_enabled:
            return "has no role-based access control, so every developer can use all its APIs"
        return ""

    def require_access_control(self) -> None:
        """Raise PortalError unless the roles of teams restrict access."""
        if reason := self.open_reason:
            raise PortalError(f"{self.label} {reason}", SWITCH_ON)


SWITCH_ON = "switch on authentication and RBAC in the settings of the portal in Konnect, under Security"


async def find_portal(client: HttpClient, portal: str) -> FoundPortal:
    """Return the portal with this id or name. Raises PortalError if there is none."""
    if _is_id(portal):
        return _found(client, await client.fetch(Request(path=f"portals/{portal}"), PORTAL))
    found = await client.fetch(Request(path="portals", query={"filter[name][eq]": portal}), PORTALS)
    named = [each for each in found.data if each.name == portal]
    if not named:
        message = f'{client.endpoint} shows no portal with the name "{portal}"'
        raise PortalError(message, "check `portal` and `region`, and whether the token may see the portal")
    return _found(client, named[0])


def _found(client: HttpClient, portal: Portal) -> FoundPortal:
    return FoundPortal(portal, f'{client.endpoint}: the portal "{client.endpoint.redact(portal.name)}"')


def _is_id(portal: str) -> bool:
    try:
        return str(UUID(portal)) == portal.lower()
    except ValueError:
        return False
