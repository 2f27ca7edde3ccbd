"""Write API products, access groups and what they contain: composite roles."""

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.model.ids import decoded
from reconciler.model.plan import Change
from reconciler.portals.keycloak.admin_api import AdminApi
from reconciler.portals.keycloak.index import Index
from reconciler.portals.keycloak.mapping import role_fields
from reconciler.portals.keycloak.names import LEVELS, role_name
from reconciler.portals.keycloak.schemas import KIND, OWNER, VISIBILITY, Role, first
from reconciler.portals.refusals import changed, in_use, missing

_Attributes = Mapping[str, Sequence[str]]


class RoleWriter:
    """Writes API products and access groups: two composite roles each, one for each level.

    The role of the level `consume` has the fields. It is created and deleted last.
    """

    def __init__(self, index: Index) -> None:
        self._index = index

    async def write(self, api: AdminApi, change: Change, label: str) -> None:
        """Make a change of a product or group."""
        name, after = decoded(change.id.split("/")[1]), change.after or {}
        if change.action == "create":
            for level in LEVELS:
                await self.create(api, name, level, label, change.kind, after)
            return
        role = await self._found(api, name, change, label)
        if change.action == "delete":
            await self._delete(api, role, change.id)
        elif change.action == "adopt":
            attributes = {**role.attributes, OWNER: [label], KIND: [change.kind]}
            await self._put(api, role, role.description, attributes)
        else:
            attributes = {**role.attributes, **_attributes(after)}
            await self._put(api, role, after.get("description"), attributes)

    async def applied(self, api: AdminApi, change: Change, label: str) -> bool:
        """Return whether the realm has a change."""
        name = decoded(change.id.split("/")[1])
        roles = {level: await api.role_called(role_name(name, level)) for level in LEVELS}
        if change.action == "delete":
            return not any(roles.values())
        for level, role in roles.items():
            if role is None or first(role.attributes, OWNER) != label:
                return change.action == "adopt" and level == "view"
            self._index.put_role(role_name(name, level), role.id)
        main = roles["consume"]
        return main is not None and role_fields(main, change.kind) == change.after

    async def create(
        self, api: AdminApi, name: str, level: str, label: str, kind: str, fields: Mapping[str, Any] = {}
    ) -> str:
        """Create a role unless an interrupted run has created it. Return its id."""
        called = role_name(name, level)
        role = await api.role_called(called)
        if role is None:
            attributes = {OWNER: [label], KIND: [kind], **_attributes(fields)}
            body = {"name": called, "description": fields.get("description", ""), "attributes": attributes}
            # Another change of this run may create the same role for the level `view`.
            await api.create_role(body)
            role = await api.role_called(called)
        # Another kind of object can have the same name.
        if role is None or first(role.attributes, OWNER) != label or first(role.attributes, KIND) != kind:
            raise changed(f"the role {called}")
        self._index.put_role(called, role.id)
        return role.id

    async def _found(self, api: AdminApi, name: str, change: Change, label: str) -> Role:
        # An interrupted run may have created only the first role, or a product is only shown as a group.
        role = await api.role_called(name) or await api.role_called(role_name(name, "view"))
        owner, kind = (first(role.attributes, each) if role else None for each in (OWNER, KIND))
        if role is None or (owner == label) == (change.action == "adopt") or kind not in {None, change.kind}:
            raise changed(change.id)
        if role_fields(role, change.kind) != change.before:
            raise changed(change.id)
        return role

    async def _delete(self, api: AdminApi, main: Role, resource_id: str) -> None:
        """Delete both roles. Keycloak would delete what they contain and their mappings as well."""
        view = await api.role_called(role_name(main.name, "view"))
        roles = [role for role in (view, main) if role is not None]
        for role in roles:
            if await api.contents(role.id):
                raise in_use(resource_id, f"the role {role.name} contains roles")
            if await api.has_role(role.name):
                raise in_use(resource_id, f"the role {role.name} is mapped to groups or users")
        for role in roles:
            await api.remove(f"roles-by-id/{role.id}")
            self._index.remove_role(role.name)

    async def _put(self, api: AdminApi, role: Role, description: str | None, attributes: _Attributes) -> None:
        body = {"name": role.name, "description": description or "", "attributes": attributes}
        await api.put(f"roles-by-id/{role.id}", body)


def _attributes(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    return {VISIBILITY: [fields["visibility"]]} if "visibility" in fields else {}


class ItemWriter:
    """Writes what products and groups contain: for each level, the role of one contains that of the other."""

    def __init__(self, index: Index, roles: RoleWriter) -> None:
        self._index = index
        self._roles = roles

    async def write(self, api: AdminApi, change: Change, label: str) -> None:
        """Make a change of an item of a product or group."""
        kind, container, *item = change.id.split("/")
        name = item[-1]
        if change.action == "delete":
            links = self._known_links(container, name)
        else:
            links = {level: await self._link(api, kind, container, name, level, label) for level in LEVELS}
        held = await _held(api, links)
        if bool(held) == (change.before is None):
            raise changed(change.id)
        for level, (outer, inner) in links.items():
            path = f"roles-by-id/{outer}/composites"
            if change.action == "delete":
                await api.remove(path, [{"id": inner}])
            elif level not in held:
                await api.add(path, [{"id": inner}])

    async def applied(self, api: AdminApi, change: Change, _label: str) -> bool:
        """Return whether the realm has a change."""
        _, container, *item = change.id.split("/")
        wanted = 0 if change.action == "delete" else len(LEVELS)
        return len(await _held(api, self._known_links(container, item[-1]))) == wanted

    def _known_links(self, container: str, name: str) -> dict[str, tuple[str, str]]:
        """Return the outer and inner role of each level that has both."""
        return {
            level: (outer, inner)
            for level in LEVELS
            if (outer := self._index.role(container, level)) and (inner := self._index.role(name, level))
        }

    async def _link(
        self, api: AdminApi, kind: str, container: str, name: str, level: str, label: str
    ) -> tuple[str, str]:
        """Return the outer and inner role of a level."""
        owner = "access-group" if kind == "access-item" else "api-product"
        return (
            await self.role(api, container, level, label, owner),
            await self.role(api, name, level, label, "api"),
        )

    async def role(self, api: AdminApi, name: str, level: str, label: str, kind: str) -> str:
        """Return the role for a level of an encoded name. A missing role for `view` is created."""
        found = self._index.role(name, level)
        if found is not None:
            return found
        if level == "consume":
            raise missing(f"the role {decoded(name)}")
        return await self._roles.create(api, decoded(name), level, label, kind)


async def _held(api: AdminApi, links: Mapping[str, tuple[str, str]]) -> set[str]:
    """Return the levels for which the outer role contains the inner one."""
    return {level for level, (outer, inner) in links.items() if inner in await api.contents(outer)}
