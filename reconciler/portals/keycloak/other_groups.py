"""Read the groups that are not teams, but give their members roles: below teams, and groups of partners."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from reconciler.portals.keycloak.lists import Lists
from reconciler.portals.keycloak.realm import OtherGroup, Team
from reconciler.portals.keycloak.schemas import GROUPS, USERS, Group

# The name of a partner's own group beside its teams.
OWN_MEMBERS: Final = "(own members)"


class OtherGroupReader:
    """Reads other groups. In a realm without any, it sends no request."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    async def read(
        self, partners: Iterable[Group], teams: Mapping[str, Sequence[Team]]
    ) -> dict[str, tuple[OtherGroup, ...]]:
        """Return the other groups by the id of the partner's group."""
        partners = tuple(partners)
        found = await self._lists.each(partners, lambda group: self._of(group, teams.get(group.id, ())))
        return {group.id: each for group, each in zip(partners, found, strict=True) if each}

    async def _of(self, partner: Group, teams: Sequence[Team]) -> tuple[OtherGroup, ...]:
        below = await self._lists.each(teams, lambda team: self._below_team(partner, team))
        return (*await self._own_members(partner), *chain.from_iterable(below))

    async def _own_members(self, partner: Group) -> list[OtherGroup]:
        """Return the partner's group as a team, if it has roles and members itself."""
        if not partner.realm_roles:
            return []
        members = await self._lists.all(f"groups/{partner.id}/members", USERS)
        return [OtherGroup(partner, OWN_MEMBERS, partner.realm_roles, tuple(members))] if members else []

    async def _below_team(self, partner: Group, team: Team) -> list[OtherGroup]:
        group, admins = team.group, team.admins
        roles = (*partner.realm_roles, *group.realm_roles)
        found: list[OtherGroup] = []
        if (group.sub_group_count or 0) > (0 if admins is None else 1):
            found += await self._children(group, group.name, roles, besides=admins)
        if admins is not None:
            name = f"{group.name}/{admins.name}"
            if admins.realm_roles:
                found.append(OtherGroup(admins, name, admins.realm_roles, team.admin_members))
            if admins.sub_group_count:
                found += await self._children(admins, name, (*roles, *admins.realm_roles))
        return found

    async def _children(
        self, parent: Group, path: str, roles: tuple[str, ...], besides: Group | None = None
    ) -> list[OtherGroup]:
        children = await self._lists.all(f"groups/{parent.id}/children", GROUPS, briefRepresentation="false")
        others = [child for child in children if besides is None or child.id != besides.id]
        found = await self._lists.each(others, lambda child: self._group(child, path, roles))
        return list(chain.from_iterable(found))

    async def _group(self, group: Group, path: str, inherited: tuple[str, ...]) -> list[OtherGroup]:
        name, roles = f"{path}/{group.name}", (*inherited, *group.realm_roles)
        members = await self._lists.all(f"groups/{group.id}/members", USERS)
        below = await self._children(group, name, roles) if group.sub_group_count else []
        return [OtherGroup(group, name, roles, tuple(members)), *below]
