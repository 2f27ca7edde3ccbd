"""Whether the service account sees the users and groups of its realm."""

from typing import Final

from reconciler.errors import PortalError
from reconciler.http.client import HttpClient
from reconciler.http.request import Request
from reconciler.sources.keycloak.schemas import COUNT, GROUPS, NUMBER, REALM, USERS

RIGHTS: Final = "give the service account the role view-users of the client realm-management"
_ONE: Final = {"first": "0", "max": "1", "briefRepresentation": "true"}


async def require_rights(client: HttpClient, realm: str) -> None:
    """Raise PortalError if the server answers for another realm, or hides its users or groups.

    Without view-users, Keycloak counts users and groups, but its lists are empty.
    """
    found = await client.fetch(Request(path=""), REALM)
    if found.realm != realm:
        message = f"{client.endpoint} answers for the realm {client.endpoint.redact(found.realm)}"
        raise PortalError(message, f"check whether a proxy changes requests for the realm {realm}")
    users = await client.fetch(Request(path="users", query=_ONE), USERS)
    groups = await client.fetch(Request(path="groups", query=_ONE), GROUPS)
    people = await client.fetch(Request(path="users/count"), NUMBER)
    top = (await client.fetch(Request(path="groups/count", query={"top": "true"}), COUNT)).count
    if bool(people) > bool(users) or bool(top) > bool(groups):
        raise PortalError(f"{client.endpoint}: users or groups exist, but are not shown", RIGHTS)
