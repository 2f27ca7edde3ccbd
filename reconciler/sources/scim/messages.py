"""The attributes of users and groups that are read, as models of scim2-models.

Its own models of User and Group check all attributes: an invalid URL of a photo would hide a page of people.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import field_validator
from scim2_models import ComplexAttribute, Group, ListResponse, Message, Resource, User


class Address(ComplexAttribute):
    """An e-mail address of a user."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class Membership(ComplexAttribute):
    """A group of a user, as the user's own entry has it."""

    value: str | None = None


class Person(Resource[Any]):
    """A user. `groups` is None where the entry does not have the attribute."""

    __schema__ = User.__schema__

    user_name: str | None = None
    active: bool | None = None
    emails: list[Address] | None = None
    groups: list[Membership] | None = None


class Member(ComplexAttribute):
    """A member of a group: `value` is the id of a user or of another group.

    `ref` can be the address of any host, and is only read to see which of the two it is.
    """

    value: str | None = None
    ref: str | None = None
    type: str | None = None


class DirectoryGroup(Resource[Any]):
    """A group. `members` is None where the entry does not have the attribute, which proves nothing."""

    __schema__ = Group.__schema__

    display_name: str | None = None
    members: list[Member] | None = None


class PersonPage(ListResponse[Person]):
    """A page of users."""

    @field_validator("next_cursor", "previous_cursor")
    @classmethod
    def validate_cursor_chars(cls, value: str | None) -> str | None:
        """Accept all characters: some servers send base64, which RFC 9865 does not allow."""
        return value


class GroupPage(ListResponse[DirectoryGroup]):
    """A page of groups."""

    @field_validator("next_cursor", "previous_cursor")
    @classmethod
    def validate_cursor_chars(cls, value: str | None) -> str | None:
        """Accept all characters: some servers send base64, which RFC 9865 does not allow."""
        return value


PAGE_OF: Final[Mapping[type[Resource[Any]], type[Message]]] = {Person: PersonPage, DirectoryGroup: GroupPage}
PERSON_ATTRIBUTES = "userName,active,emails"
GROUP_ATTRIBUTES = "displayName,members"


def email_of(person: Person) -> str:
    """Return the primary address of a person, else one of the type `work`, else the first.

    Without any, return the user name if it has the form of an address, and else an empty text.
    """
    found = [each for each in person.emails or () if (each.value or "").strip()]
    for fits in (_is_primary, _is_work, bool):
        for each in filter(fits, found):
            return (each.value or "").strip()
    name = (person.user_name or "").strip()
    return name if "@" in name else ""


def known_kind(member: Member) -> str:
    """Return `user`, `group` or another type of a member in lower case; empty where it is not known."""
    if member.type:
        return member.type.lower()
    # Only the last but one segment counts, as in `Groups/ID`.
    segments: Sequence[str] = (member.ref or "").rstrip("/").split("/")[-2:-1]
    return {"Users": "user", "Groups": "group"}.get(segments[0] if segments else "", "")


def _is_primary(address: Address) -> bool:
    return bool(address.primary)


def _is_work(address: Address) -> bool:
    return (address.type or "").lower() == "work"
