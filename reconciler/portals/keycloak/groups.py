"""Write partners, teams and members: groups, their subgroups, and who is in them."""

from typing import Final

from reconciler.errors import PortalError
from reconciler.model.ids import decoded
from reconciler.model.plan import Change
from reconciler.portals.keycloak.admin_api import AdminApi
from reconciler.portals.keycloak.index import Index, TeamPlace
from reconciler.portals.keycloak.names import ADMINS
from reconciler.portals.keycloak.schemas import OWNER, Group, first
from reconciler.portals.refusals import changed, in_use

_ACTIONS: Final = ("UPDATE_PASSWORD", "VERIFY_EMAIL")


class PartnerWriter:
    """Writes partners: top-level groups."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def write(self, api: AdminApi, change: Change, label: str) -> None:
        """Make a change of a partner."""
        if change.action == "create":
            name = decoded(change.id.split("/")[1])
            body = {"name": name, "attributes": {OWNER: [label]}}
            group_id = await api.create_new("groups", body)
            if group_id is None:
                group_id = created_before(await api.top_group(name), change, label)
            self._index.put_partner(change.id, group_id)
            return
        former = change.renamed_from
        group = await found(api, self._index.partner(change.id, former=former), change, label)
        if change.action == "delete":
            await delete(api, group, change.id)
            self._index.remove_partner(change.id)
        elif change.action == "adopt":
            await adopt(api, group, label)
        else:
            await rename(api, group, decoded(change.id.split("/")[1]))
            self._index.put_partner(change.id, group.id, former=former)

    async def applied(self, api: AdminApi, change: Change, label: str) -> bool:
        """Return whether the realm has a change."""
        name = decoded(change.id.split("/")[1])
        if change.action == "create":
            group = await api.top_group(name)
            if group is not None and first(group.attributes, OWNER) == label:
                self._index.put_partner(change.id, group.id)
                return True
            return False
        former = change.renamed_from
        group_id = self._index.known_partner(former or change.id) or self._index.known_partner(change.id)
        done = has_change(await api.group(group_id) if group_id else None, change, label, name)
        if done and change.action == "delete":
            self._index.remove_partner(change.id)
        elif done and group_id and former:
            self._index.put_partner(change.id, group_id, former=former)
        return done


class TeamWriter:
    """Writes teams: subgroups of partners."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def write(self, api: AdminApi, change: Change, label: str) -> None:
        """Make a change of a team."""
        _, partner, team = change.id.split("/")
        if change.action == "create":
            parent = self._index.partner(change.id)
            body = {"name": decoded(team), "attributes": {OWNER: [label]}}
            group_id = await api.create_new(f"groups/{parent}/children", body)
            if group_id is None:
                group_id = created_before(await api.child(parent, decoded(team)), change, label)
            self._index.put_team(TeamPlace(group_id, parent, decoded(team)))
            return
        place = self._place(change)
        group = await found(api, place.id, change, label)
        if change.action == "delete":
            await self._delete(api, place, group, change.id)
        elif change.action == "adopt":
            await adopt(api, group, label)
        else:
            self._index.remove_team(place)
            parent = self._index.partner(f"partner/{partner}")
            if parent != place.partner:
                await api.move(group, parent)
                place.partner = parent
            if decoded(team) != group.name:
                await rename(api, group, decoded(team))
            place.name = decoded(team)
            self._index.put_team(place)

    async def applied(self, api: AdminApi, change: Change, label: str) -> bool:
        """Return whether the realm has a change."""
        _, partner, team = change.id.split("/")
        if change.action == "create":
            parent = self._index.partner(change.id)
            group = await api.child(parent, decoded(team))
            if group is not None and first(group.attributes, OWNER) == label:
                self._index.put_team(TeamPlace(group.id, parent, group.name))
                return True
            return False
        place = self._index.known_team(partner, team)
        if place is None:
            return change.action == "delete"
        group = await api.group(place.id)
        return has_change(group, change, label, decoded(team))

    async def _delete(self, api: AdminApi, place: TeamPlace, group: Group, name: str) -> None:
        if place.admins is not None and (admins := await api.group(place.admins)) is not None:
            await require_empty(api, admins, name)
        await delete(api, group, name, besides=place.admins)
        self._index.remove_team(place)

    def _place(self, change: Change) -> TeamPlace:
        _, partner, team = (change.renamed_from or change.id).split("/")
        place = self._index.team(partner, team, change.id, former=change.renamed_from is not None)
        if place.other:
            message = f"{change.id} cannot be managed: it is not a subgroup of the partner's group"
            raise PortalError(message, "move the group in Keycloak, or delete it")
        return place


class MemberWriter:
    """Writes members: users in the group of a team, or in its subgroup of admins."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def write(self, api: AdminApi, change: Change, _label: str) -> None:
        """Make a change of a membership."""
        _, partner, team, person = change.id.split("/")
        place = self._index.team(partner, team, change.id)
        user = await self.find(api, person)
        role = await self._role(api, user, place)
        if role != (change.before or {}).get("role"):
            raise changed(change.id)
        if change.action == "delete":
            await self._leave(api, str(user), place.admins)
            await self._leave(api, str(user), place.id)
            return
        wanted = (change.after or {}).get("role")
        user = user or await self.create(api, person)
        group = await self._admins(api, place) if wanted == "admin" else place.id
        await api.put(f"users/{user}/groups/{group}")
        await self._leave(api, user, place.id if wanted == "admin" else place.admins)

    async def applied(self, api: AdminApi, change: Change, _label: str) -> bool:
        """Return whether the realm has a change."""
        _, partner, team, person = change.id.split("/")
        place = self._index.team(partner, team, change.id)
        role = await self._role(api, await self.find(api, person), place)
        return role == (change.after or {}).get("role")

    async def find(self, api: AdminApi, person: str) -> str | None:
        """Return the user of an encoded person, or None."""
        known = self._index.user(person)
        if known is None and (user := await api.user_with(decoded(person))) is not None:
            known = user.id
            self._index.put_user(person, known)
        return known

    async def create(self, api: AdminApi, person: str) -> str:
        """Create the user of a person, who has to verify the address and set a password."""
        address = decoded(person)
        body = {"username": address, "email": address, "enabled": True, "requiredActions": _ACTIONS}
        user = await api.create_user(body)
        if user is None:
            # Another change of this run may create the same person.
            found = await api.user_with(address)
            if found is None:
                raise changed(address)
            user = found.id
        self._index.put_user(person, user)
        return user

    async def _role(self, api: AdminApi, user: str | None, place: TeamPlace) -> str | None:
        groups = await api.groups_of(user) if user else None
        if not groups:
            return None
        if place.admins in groups:
            return "admin"
        return "member" if place.id in groups else None

    async def _admins(self, api: AdminApi, place: TeamPlace) -> str:
        if place.admins is None:
            place.admins = await api.subgroup(place.id, ADMINS)
        return place.admins

    async def _leave(self, api: AdminApi, user: str, group: str | None) -> None:
        if group is not None:
            await api.remove(f"users/{user}/groups/{group}")


async def found(api: AdminApi, group_id: str, change: Change, label: str) -> Group:
    """Return a group as it is now. Raises PortalError if its owner label was changed since it was read."""
    group = await api.group(group_id)
    owner = first(group.attributes, OWNER) if group else None
    if group is None or (owner == label) == (change.action == "adopt"):
        raise changed(change.id)
    return group


def has_change(group: Group | None, change: Change, label: str, name: str) -> bool:
    """Return whether a change of a group was applied."""
    if group is None or change.action == "delete":
        return group is None and change.action == "delete"
    return group.name == name and first(group.attributes, OWNER) == label


async def adopt(api: AdminApi, group: Group, label: str) -> None:
    """Write the owner label of a group, and nothing else."""
    attributes = {**group.attributes, OWNER: [label]}
    body = {"name": group.name, "description": group.description, "attributes": attributes}
    await api.put(f"groups/{group.id}", body)


async def rename(api: AdminApi, group: Group, name: str) -> None:
    """Rename a group, and nothing else: without its description, Keycloak would remove it."""
    await api.put(f"groups/{group.id}", {"name": name, "description": group.description})


async def delete(api: AdminApi, group: Group, name: str, besides: str | None = None) -> None:
    """Delete a group that is empty besides one subgroup: Keycloak would delete all content with it."""
    await require_empty(api, group, name, besides)
    await api.remove(f"groups/{group.id}")


async def require_empty(api: AdminApi, group: Group, name: str, besides: str | None = None) -> None:
    """Raise PortalError if a group has subgroups besides one, members or roles."""
    if any(child.id != besides for child in await api.any_child(group.id)):
        raise in_use(name, f"the group {group.name} has subgroups")
    if await api.any_member(group.id):
        raise in_use(name, f"the group {group.name} has members")
    if group.realm_roles:
        raise in_use(name, f"the group {group.name} has roles: {', '.join(group.realm_roles)}")


def created_before(group: Group | None, change: Change, label: str) -> str:
    """Return the id of a group that exists. Raises PortalError unless it is what a change creates.

    An intermediary can deliver a request twice, and return the second response.
    """
    if group is None or first(group.attributes, OWNER) != label:
        raise changed(change.id)
    return group.id
