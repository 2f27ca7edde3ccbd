"""Read a realm: a few lists, one request for each partner, two for each team, and some for each role."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

from reconciler.model.portal import Progress
from reconciler.portals.keycloak.lists import Lists
from reconciler.portals.keycloak.names import ADMINS, split_role
from reconciler.portals.keycloak.other_groups import OtherGroupReader
from reconciler.portals.keycloak.realm import Realm, Team
from reconciler.portals.keycloak.role_kinds import kinds_by_name
from reconciler.portals.keycloak.schemas import COUNT, GROUPS, NUMBER, ROLES, USERS, Group, Role, User

_FULL: Final[Mapping[str, str]] = {"briefRepresentation": "false"}
_FLAT: Final[Mapping[str, str]] = {"populateHierarchy": "false", **_FULL}


class RealmReader:
    """Reads a realm through the Admin REST API."""

    def __init__(self, lists: Lists, progress: Progress) -> None:
        self._lists = lists
        self._progress = progress

    async def read(self) -> Realm:
        """Read everything. Raises PortalError if something cannot be read."""
        partners, roles, admins, accounts = await asyncio.gather(
            self._lists.all("groups", GROUPS, **_FLAT),
            self._lists.all("roles", ROLES, **_FULL),
            self._lists.one("groups", GROUPS, search=ADMINS, exact="true", **_FLAT),
            self._lists.all("users", USERS, briefRepresentation="true"),
        )
        self._progress("groups", len(partners), None)
        self._progress("roles", len(roles), None)
        self._progress("users", len(accounts), None)
        by_team = {group.parent_id: group for group in admins if group.parent_id}
        teams, (composites, users) = await asyncio.gather(
            self._teams(partners, by_team),
            self._contents({role.name: role for role in roles}),
        )
        return Realm(
            partners=tuple(partners),
            teams=teams,
            others=await OtherGroupReader(self._lists).read(partners, teams),
            roles={role.name: role for role in roles},
            composites=composites,
            users=users,
            accounts=tuple(accounts),
            groups_count=(await self._lists.fetch("groups/count", COUNT, top="true")).count,
            accounts_count=await self._lists.fetch("users/count", NUMBER),
        )

    async def _teams(
        self, partners: Iterable[Group], admins: Mapping[str, Group]
    ) -> dict[str, tuple[Team, ...]]:
        with_teams = [group for group in partners if group.sub_group_count != 0]
        children = await self._lists.each(
            with_teams, lambda group: self._lists.all(f"groups/{group.id}/children", GROUPS, **_FULL)
        )
        groups = [team for below in children for team in below]
        teams = await self._lists.each(groups, lambda group: self._team(group, admins.get(group.id)))
        self._progress("members", sum(len(each.members) + len(each.admin_members) for each in teams), None)
        found: dict[str, list[Team]] = {}
        for team in teams:
            found.setdefault(str(team.group.parent_id), []).append(team)
        return {parent: tuple(each) for parent, each in found.items()}

    async def _team(self, group: Group, admins: Group | None) -> Team:
        members = await self._lists.all(f"groups/{group.id}/members", USERS)
        admin_members: list[User] = []
        if admins is not None:
            admin_members = await self._lists.all(f"groups/{admins.id}/members", USERS)
        return Team(group, admins, tuple(members), tuple(admin_members))

    async def _contents(
        self, roles: Mapping[str, Role]
    ) -> tuple[dict[str, frozenset[str]], dict[str, tuple[User, ...]]]:
        """Read what roles contain, and the users that have the roles of APIs, products and groups."""
        kinds = kinds_by_name(roles)
        composite = [role for role in roles.values() if role.composite]
        granted = [name for name in roles if split_role(name)[0] in kinds]
        contents, users = await asyncio.gather(
            self._lists.each(
                composite, lambda role: self._lists.one(f"roles-by-id/{role.id}/composites/realm", ROLES)
            ),
            self._lists.each(
                granted, lambda name: self._lists.all(f"roles/{quote(name, safe='')}/users", USERS)
            ),
        )
        return (
            {
                role.name: frozenset(each.name for each in contained)
                for role, contained in zip(composite, contents, strict=True)
            },
            {name: tuple(found) for name, found in zip(granted, users, strict=True)},
        )
