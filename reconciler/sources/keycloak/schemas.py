"""The representations of Keycloak's Admin REST API that are read."""

from typing import Final

import msgspec


class Group(msgspec.Struct, frozen=True):
    """A group; the path has the names of the groups above it."""

    id: str
    name: str
    path: str


class User(msgspec.Struct, frozen=True):
    """A user. Keycloak leaves out an e-mail address that is not set."""

    id: str
    username: str
    enabled: bool
    email: str | None = None


class RealmName(msgspec.Struct, frozen=True):
    """What an account without view-realm sees of the settings of a realm."""

    realm: str


class Count(msgspec.Struct, frozen=True):
    """The length of a list."""

    count: int


REALM: Final = msgspec.json.Decoder(RealmName)
COUNT: Final = msgspec.json.Decoder(Count)
NUMBER: Final = msgspec.json.Decoder(int)
GROUP: Final = msgspec.json.Decoder(Group)
GROUPS: Final = msgspec.json.Decoder(list[Group])
USER: Final = msgspec.json.Decoder(User)
USERS: Final = msgspec.json.Decoder(list[User])
