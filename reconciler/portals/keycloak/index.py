"""The index from resource ids, which are made of names, to the ids of Keycloak."""

from itertools import chain
from typing import TypeVar

import msgspec

from reconciler.model.ids import decoded
from reconciler.model.resource import ResourceId
from reconciler.portals.keycloak.mapping import person_of
from reconciler.portals.keycloak.names import role_name
from reconciler.portals.keycloak.realm import Realm
from reconciler.portals.refusals import missing

Found = TypeVar("Found")


class TeamPlace(msgspec.Struct):
    """The group of a team, and its subgroup of admins once there is one.

    `other` is a group that is only shown as a team.
    """

    id: str
    partner: str
    name: str
    admins: str | None = None
    other: bool = False


class Index:
    """The ids of all objects that were read, created or renamed in this run.

    Teams are found by the id of their partner's group, so a renamed partner keeps them. Former names are
    those that were read.
    """

    def __init__(self) -> None:
        self._partners: dict[str, str] = {}
        self._partners_as_read: dict[str, str] = {}
        self._teams: dict[tuple[str, str], TeamPlace] = {}
        self._roles: dict[str, str] = {}
        self._people: dict[str, str] = {}

    def fill(self, realm: Realm) -> None:
        """Replace the content with a realm that was read."""
        self._partners = {group.name: group.id for group in realm.partners}
        self._partners_as_read = dict(self._partners)
        self._teams = {
            (group_id, other.name): TeamPlace(other.group.id, group_id, other.name, other=True)
            for group_id, others in realm.others.items()
            for other in others
        }
        self._teams |= {
            (group_id, team.group.name): TeamPlace(
                team.group.id, group_id, team.group.name, team.admins.id if team.admins else None
            )
            for group_id, teams in realm.teams.items()
            for team in teams
        }
        self._roles = {name: role.id for name, role in realm.roles.items()}
        users = [
            *chain.from_iterable(realm.users.values()),
            *chain.from_iterable(
                (*team.members, *team.admin_members) for teams in realm.teams.values() for team in teams
            ),
            *chain.from_iterable(other.members for others in realm.others.values() for other in others),
        ]
        self._people = {person_of(user): user.id for user in users}

    def partner(self, resource_id: ResourceId, *, former: ResourceId | None = None) -> str:
        """Return the group of the partner in an id. Raises PortalError if there is none."""
        return _found(self._partners.get(_name(former or resource_id, 1)), resource_id)

    def known_partner(self, resource_id: ResourceId) -> str | None:
        """Return the group of the partner in an id, or None."""
        return self._partners.get(_name(resource_id, 1))

    def put_partner(self, resource_id: ResourceId, group: str, *, former: ResourceId | None = None) -> None:
        """Remember the group of a partner, under its new name."""
        if former is not None:
            self._partners.pop(_name(former, 1), None)
        self._partners[_name(resource_id, 1)] = group

    def remove_partner(self, resource_id: ResourceId) -> None:
        """Forget a partner."""
        self._partners.pop(_name(resource_id, 1), None)

    def team(self, partner: str, team: str, change: ResourceId, *, former: bool = False) -> TeamPlace:
        """Return the group of a team by encoded names. Raises PortalError if there is none."""
        partners = self._partners_as_read if former else self._partners
        group = _found(partners.get(decoded(partner)), change)
        return _found(self._teams.get((group, decoded(team))), change)

    def known_team(self, partner: str, team: str) -> TeamPlace | None:
        """Return the group of a team by encoded names, or None."""
        return self._teams.get((self._partners.get(decoded(partner), ""), decoded(team)))

    def put_team(self, place: TeamPlace) -> None:
        """Remember a team."""
        self._teams[place.partner, place.name] = place

    def remove_team(self, place: TeamPlace) -> None:
        """Forget a team."""
        self._teams.pop((place.partner, place.name), None)

    def role(self, name: str, level: str) -> str | None:
        """Return the id of the role for a level of an encoded API, product or group, or None."""
        return self._roles.get(role_name(decoded(name), level))

    def role_id(self, role: str) -> str:
        """Return the id of a role by its own name. Raises PortalError if there is none."""
        return _found(self._roles.get(role), f"the role {role}")

    def put_role(self, role: str, role_id: str) -> None:
        """Remember a role by its own name."""
        self._roles[role] = role_id

    def remove_role(self, role: str) -> None:
        """Forget a role."""
        self._roles.pop(role, None)

    def user(self, person: str) -> str | None:
        """Return the user of an encoded person, if one was seen."""
        return self._people.get(person)

    def put_user(self, person: str, user: str) -> None:
        """Remember the user of a person."""
        self._people[person] = user


def _name(resource_id: ResourceId, at: int) -> str:
    return decoded(resource_id.split("/")[at])


def _found(found: Found | None, resource_id: str) -> Found:
    if found is None:
        raise missing(resource_id)
    return found
