"""The representations of Keycloak's Admin REST API that are read."""

from typing import Final

import msgspec

# Attributes of groups and roles. Other attributes are neither read nor changed.
OWNER: Final = "reconciler.owner"
KIND: Final = "reconciler.kind"
VISIBILITY: Final = "reconciler.visibility"

Attributes = dict[str, list[str]]


class RealmSettings(msgspec.Struct, frozen=True, rename="camel"):
    """The settings of a realm that matter here. Without the role view-realm, Keycloak shows none of them."""

    id: str = ""
    realm: str = ""
    duplicate_emails_allowed: bool = False


class Group(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A group. All lists fill `sub_group_count`."""

    id: str
    name: str
    parent_id: str | None = None
    description: str | None = None
    sub_group_count: int | None = None
    attributes: Attributes = {}
    realm_roles: tuple[str, ...] = ()


class Role(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A realm role, or a client role."""

    id: str
    name: str
    description: str | None = None
    composite: bool = False
    attributes: Attributes = {}


class User(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A user; `required_actions` are the steps that remain before the first login."""

    id: str
    username: str
    email: str | None = None
    enabled: bool = False
    required_actions: tuple[str, ...] = ()


class Count(msgspec.Struct, frozen=True):
    """The length of a list."""

    count: int


SETTINGS: Final = msgspec.json.Decoder(RealmSettings)
COUNT: Final = msgspec.json.Decoder(Count)
NUMBER: Final = msgspec.json.Decoder(int)
GROUP: Final = msgspec.json.Decoder(Group)
GROUPS: Final = msgspec.json.Decoder(list[Group])
ROLE: Final = msgspec.json.Decoder(Role)
ROLES: Final = msgspec.json.Decoder(list[Role])
USERS: Final = msgspec.json.Decoder(list[User])


def first(attributes: Attributes, name: str) -> str | None:
    """Return the first value of an attribute, or None."""
    values = attributes.get(name)
    return values[0] if values else None
