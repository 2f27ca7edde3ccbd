"""A realm as it was read."""

from collections.abc import Mapping

import msgspec

from reconciler.portals.keycloak.schemas import Group, Role, User


class Team(msgspec.Struct, frozen=True):
    """A subgroup of a top-level group with its people; `admins` is its subgroup of that name."""

    group: Group
    admins: Group | None = None
    members: tuple[User, ...] = ()
    admin_members: tuple[User, ...] = ()


class OtherGroup(msgspec.Struct, frozen=True):
    """A group that is neither a partner nor a team, but gives its members access like a team.

    `name` is its path below the partner, `roles` are its own roles and those that it inherits.
    """

    group: Group
    name: str
    roles: tuple[str, ...]
    members: tuple[User, ...]


class Realm(msgspec.Struct, frozen=True, kw_only=True):
    """The groups, roles and role mappings of one realm.

    `teams` are the subgroups by the id of their parent, `others` the other groups with access by the id of
    the partner's group. `composites` are the names of the realm roles that a
    composite role contains, `users` the users to whom it is mapped directly, both by role name. `accounts`
    are all users. The counts are those of the server, which also counts what it hides from the credentials.
    """

    partners: tuple[Group, ...]
    teams: Mapping[str, tuple[Team, ...]]
    others: Mapping[str, tuple[OtherGroup, ...]]
    roles: Mapping[str, Role]
    composites: Mapping[str, frozenset[str]]
    users: Mapping[str, tuple[User, ...]]
    accounts: tuple[User, ...]
    groups_count: int
    accounts_count: int

    @property
    def problem(self) -> str:
        """The reason why something may be missing, or an empty string."""
        seen = [
            (len(self.partners), self.groups_count, "groups"),
            (len(self.accounts), self.accounts_count, "users"),
        ]
        seen += [
            (
                len(self.teams.get(partner.id, ())),
                partner.sub_group_count or 0,
                f"subgroups of {partner.name}",
            )
            for partner in self.partners
        ]
        return "; ".join(
            f"{shown:,} of {count:,} {what} were shown" for shown, count, what in seen if shown != count
        )
