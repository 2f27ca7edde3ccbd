"""Users and groups of a directory, and what its administrators do."""

from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

from scim2_models import Email, Group, GroupMember, Reference, User


class ScimState:
    """All users and groups by id, as models of scim2-models. A member is the id of a user or of a group."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.users: dict[str, User[Any]] = {}
        self.groups: dict[str, Group] = {}

    def add_user(self, email: str, user_name: str = "", *, active: bool = True) -> str:
        """Create a user, with a work address unless that is empty, and return the id."""
        user = self._id()
        emails = [Email(value=email, type=Email.Type.work, primary=True)] if email else None
        self.users[user] = User(id=user, user_name=user_name or email, active=active, emails=emails)
        return user

    def add_group(self, name: str, *members: str) -> str:
        """Create a group and return the id. A name can be used again."""
        group = self._id()
        self.groups[group] = Group(id=group, display_name=name)
        for member in members:
            self.join(group, member)
        return group

    def join(self, group: str, member: str) -> None:
        """Add a member to a group."""
        kind = "Group" if member in self.groups else "User"
        entry = GroupMember(value=member, type=kind, ref=Reference(f"{kind}s/{member}"))
        found = self.groups[group]
        found.members = [*(found.members or ()), entry]

    def leave(self, group: str, member: str) -> None:
        """Remove a member from a group."""
        found = self.groups[group]
        found.members = [each for each in found.members or () if each.value != member] or None

    def disable(self, user: str) -> None:
        """Disable an account; it stays in its groups."""
        self.users[user].active = False

    def change_address(self, user: str, email: str) -> None:
        """Give a user another address."""
        self.users[user].emails = [Email(value=email, primary=True)]
        self.users[user].user_name = email

    def remove_user(self, user: str) -> None:
        """Delete a user, who leaves all groups."""
        del self.users[user]
        for group in self.groups:
            self.leave(group, user)

    def groups_of(self, user: str) -> Iterator[str]:
        """Yield the ids of the groups that list a user."""
        for group, found in self.groups.items():
            if any(each.value == user for each in found.members or ()):
                yield group

    def _id(self) -> str:
        return str(UUID(int=next(self._numbers) + (8 << 60) + (4 << 76)))
