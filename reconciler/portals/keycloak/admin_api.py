"""The requests of the Admin REST API that read one object or write."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import quote

import msgspec

from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.request import Request, Response, Tally
from reconciler.portals.keycloak.schemas import GROUP, GROUPS, ROLE, ROLES, USERS, Group, Role, User
from reconciler.portals.refusals import missing

_FEW: Final = {"first": "0", "max": "2"}
_MANY: Final = {"first": "0", "max": "100000"}
Decoded = TypeVar("Decoded")
# `groups` or `users`, and an id.
Holder: TypeAlias = tuple[str, str]


class AdminApi:
    """Sends the requests of one change; its writes have the tally. All methods raise PortalError."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self.tally = Tally()

    async def group(self, group: str) -> Group | None:
        """Return a group, or None where there is none."""
        return await self._find(f"groups/{group}", GROUP)

    async def top_group(self, name: str) -> Group | None:
        """Return the top-level group of a name, or None."""
        query = {"search": name, "exact": "true", "briefRepresentation": "false", **_MANY}
        groups: list[Group] = await self._client.fetch(Request(path="groups", query=query), GROUPS)
        return next((group for group in groups if group.name == name and group.parent_id is None), None)

    async def child(self, group: str, name: str) -> Group | None:
        """Return the subgroup of a name, or None."""
        query = {"search": name, "exact": "true", "briefRepresentation": "false", **_MANY}
        path = f"groups/{group}/children"
        groups: list[Group] = await self._client.fetch(Request(path=path, query=query), GROUPS)
        return next((child for child in groups if child.name == name), None)

    async def role(self, role: str) -> Role | None:
        """Return a role by its id, or None."""
        return await self._find(f"roles-by-id/{role}", ROLE)

    async def role_called(self, name: str) -> Role | None:
        """Return a realm role by its name, or None."""
        return await self._find(f"roles/{quote(name, safe='')}", ROLE)

    async def contents(self, role: str) -> set[str]:
        """Return the ids of the realm roles that a role contains."""
        path = f"roles-by-id/{role}/composites/realm"
        return {each.id for each in await self._client.fetch(Request(path=path), ROLES)}

    async def roles_of(self, holder: Holder) -> set[str]:
        """Return the names of the realm roles that are mapped to a group or user itself."""
        path = f"{holder[0]}/{holder[1]}/role-mappings/realm"
        return {each.name for each in await self._client.fetch(Request(path=path), ROLES)}

    async def groups_of(self, user: str) -> set[str] | None:
        """Return the ids of the groups of a user; None if there is no such user."""
        path = f"users/{user}/groups"
        found = await self._find(path, GROUPS, _MANY)
        return None if found is None else {each.id for each in found}

    async def user_with(self, address: str) -> User | None:
        """Return the user with an address."""
        query = {"email": address, "exact": "true", **_FEW}
        found: list[User] = await self._client.fetch(Request(path="users", query=query), USERS)
        return found[0] if len(found) == 1 else None

    async def any_child(self, group: str) -> list[Group]:
        """Return the first subgroups of a group."""
        return await self._client.fetch(Request(path=f"groups/{group}/children", query=_FEW), GROUPS)

    async def any_member(self, group: str) -> list[User]:
        """Return the first members of a group itself."""
        return await self._client.fetch(Request(path=f"groups/{group}/members", query=_FEW), USERS)

    async def has_role(self, name: str) -> bool:
        """Return whether a role is mapped to any group or user."""
        path = f"roles/{quote(name, safe='')}"
        groups = await self._client.fetch(Request(path=f"{path}/groups", query=_FEW), GROUPS)
        users: list[User] = await self._client.fetch(Request(path=f"{path}/users", query=_FEW), USERS)
        return bool(groups or users)

    async def create_role(self, body: Mapping[str, Any]) -> None:
        """Create a realm role; do nothing if there is one of this name."""
        await self.create_new("roles", body)

    async def create_user(self, body: Mapping[str, Any]) -> str | None:
        """Create a user and return the id; None if there is one of this name or address."""
        return await self.create_new("users", body)

    async def subgroup(self, group: str, name: str) -> str:
        """Return the id of a subgroup, which is created if there is none."""
        path = f"groups/{group}/children"
        made = await self.create_new(path, {"name": name})
        if made is None:
            found = await self.child(group, name)
            if found is None:
                raise missing(f"the group {name}")
            made = found.id
        return made

    async def create_new(self, path: str, body: Mapping[str, Any]) -> str | None:
        """Create an object and return its id, or name for a role; None if there is one of this name."""
        try:
            response = await self._write("POST", path, body, repeatable=False)
        except ApiError as error:
            if error.status == HTTPStatus.CONFLICT:
                return None
            raise
        return response.headers.get("Location", "").rpartition("/")[2]

    async def put(self, path: str, body: Any = None) -> None:
        """Replace an object, or add a member."""
        await self._write("PUT", path, body)

    async def add(self, path: str, roles: Sequence[Mapping[str, str]]) -> None:
        """Add roles to a composite role, or map them."""
        await self._write("POST", path, roles)

    async def remove(self, path: str, roles: Sequence[Mapping[str, str]] | None = None) -> None:
        """Delete an object, or take roles away. Do nothing if it no longer exists."""
        await self._client.delete(self._request("DELETE", path, roles))

    async def move(self, group: Group, parent: str) -> None:
        """Give a group another parent."""
        body = {"id": group.id, "name": group.name}
        await self._write("POST", f"groups/{parent}/children", body)

    async def _write(self, method: str, path: str, body: Any, *, repeatable: bool = True) -> Response:
        return await self._client.send(self._request(method, path, body, repeatable=repeatable))

    def _request(self, method: str, path: str, body: Any, *, repeatable: bool = True) -> Request:
        return Request(method=method, path=path, body=body, repeatable=repeatable, tally=self.tally)

    async def _find(
        self, path: str, decoder: "msgspec.json.Decoder[Decoded]", query: Mapping[str, str] = {}
    ) -> Decoded | None:
        found = await self._client.find(Request(path=path, query=query))
        return None if found is None else self._client.decode(found, decoder)
