"""Write grants of access groups and APIs: role mappings of the groups of teams, and of users."""

from reconciler.errors import PortalError
from reconciler.model.ids import decoded
from reconciler.model.plan import Change
from reconciler.portals.keycloak.admin_api import AdminApi, Holder
from reconciler.portals.keycloak.effective import highest
from reconciler.portals.keycloak.groups import MemberWriter
from reconciler.portals.keycloak.index import Index
from reconciler.portals.keycloak.names import LEVELS, role_name
from reconciler.portals.keycloak.roles import ItemWriter
from reconciler.portals.refusals import changed


class GrantWriter:
    """Writes grants. A level is raised, or lowered, by adding the new role before the old one is removed."""

    def __init__(self, index: Index, people: MemberWriter, items: ItemWriter) -> None:
        self._index = index
        self._people = people
        self._items = items

    async def write(self, api: AdminApi, change: Change, label: str) -> None:
        """Make a change of a grant."""
        if change.action == "adopt":
            message = f"{change.id} cannot be managed: a role mapping has no owner label"
            raise PortalError(message, "remove the role in Keycloak, and grant an access group instead")
        group, holder = change.id.split("/")[1], await self._holder(api, change)
        mapped = await _mapped(api, holder, group)
        if highest(mapped).get(decoded(group)) != (change.before or {}).get("level"):
            raise await self._inherited(api, change, group) or _elsewhere(change, mapped)
        level = (change.after or {}).get("level")
        wanted = {role_name(decoded(group), level)} if level else set()
        for name in wanted - mapped:
            kind = "access-group" if change.kind == "grant" else "api"
            role = await self._items.role(api, group, str(level), label, kind)
            await api.add(_path(holder), [{"id": role, "name": name}])
        if surplus := mapped - wanted:
            await api.remove(_path(holder), [self._reference(each) for each in sorted(surplus)])

    async def applied(self, api: AdminApi, change: Change, _label: str) -> bool:
        """Return whether the realm has a change."""
        group = change.id.split("/")[1]
        holder = await self._known_holder(api, change)
        mapped = await _mapped(api, holder, group) if holder else set()
        level = (change.after or {}).get("level")
        return mapped == ({role_name(decoded(group), level)} if level else set())

    async def _inherited(self, api: AdminApi, change: Change, group: str) -> PortalError | None:
        """Return the error for a grant that a group has from a group above it."""
        _, _, sort, *names = change.id.split("/")
        if sort != "team":
            return None
        place = self._index.team(names[0], names[1], change.id)
        if await _mapped(api, ("groups", place.partner), group):
            message = f"{change.id}: the group of the partner has the role, and its teams inherit it"
            hint = f"remove the role {decoded(group)} from the group of the partner in Keycloak"
            return PortalError(message, hint)
        if place.other:
            message = f"{change.id}: a group below a team inherits the roles of the team"
            return PortalError(message, "delete the group in Keycloak, or move its members into the team")
        return None

    def _reference(self, role: str) -> dict[str, str]:
        return {"id": self._index.role_id(role), "name": role}

    async def _holder(self, api: AdminApi, change: Change) -> Holder:
        """Return the group or user of a grant. A person without a user gets one."""
        holder = await self._known_holder(api, change)
        if holder is None and change.action != "create":
            raise changed(change.id)
        return holder or ("users", await self._people.create(api, change.id.split("/")[3]))

    async def _known_holder(self, api: AdminApi, change: Change) -> Holder | None:
        _, _, sort, *names = change.id.split("/")
        if sort == "team":
            return "groups", self._index.team(names[0], names[1], change.id).id
        user = await self._people.find(api, names[0])
        return ("users", user) if user else None


def _elsewhere(change: Change, mapped: set[str]) -> PortalError:
    """Return the error for a grant that is not as it was read."""
    if mapped or change.kind == "grant":
        return changed(change.id)
    message = f"{change.id}: the role is not mapped itself, but another role contains it"
    return PortalError(message, "look for that role in Keycloak, and take the role of the API out of it")


async def _mapped(api: AdminApi, holder: Holder, group: str) -> set[str]:
    """Return the roles of a group that are mapped to a holder itself."""
    return {role_name(decoded(group), level) for level in LEVELS} & await api.roles_of(holder)


def _path(holder: Holder) -> str:
    return f"{holder[0]}/{holder[1]}/role-mappings/realm"
