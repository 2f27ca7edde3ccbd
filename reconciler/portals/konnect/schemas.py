"""The representations of Konnect's API that are read."""

from typing import Final

import msgspec

from reconciler.http.pagination import NumberedBody


class Portal(msgspec.Struct, frozen=True):
    """A developer portal. Without authentication and RBAC, the roles of teams restrict nothing."""

    id: str
    name: str
    authentication_enabled: bool = False
    rbac_enabled: bool = False


class Developer(msgspec.Struct, frozen=True, gc=False):
    """A person in one portal; the status is approved, pending, revoked or rejected."""

    id: str
    email: str = ""
    status: str = "pending"


class Member(msgspec.Struct, frozen=True, gc=False):
    """A developer in the list of a team, which has no status."""

    id: str
    email: str = ""


class Team(msgspec.Struct, frozen=True, gc=False):
    """A team of developers. Several teams may have the same name."""

    id: str
    name: str
    description: str | None = None
    created_at: str = ""


class Role(msgspec.Struct, frozen=True, gc=False):
    """A role of a team for one API, or for all if `entity_id` is `*`."""

    id: str
    role_name: str
    entity_id: str
    entity_region: str = "*"


class Api(msgspec.Struct, frozen=True, gc=False):
    """An API; the slug is made of name and version unless it was set."""

    id: str
    name: str
    version: str | None = None
    slug: str | None = None


class Publication(msgspec.Struct, frozen=True, gc=False):
    """An API in a portal: `public` for everybody, or `private` for those with a role."""

    api_id: str
    visibility: str = "private"
    entity_type: str = "api"


class Created(msgspec.Struct, frozen=True):
    """A new object."""

    id: str


PORTAL: Final = msgspec.json.Decoder(Portal)
PORTALS: Final = msgspec.json.Decoder(NumberedBody[Portal])
DEVELOPERS: Final = msgspec.json.Decoder(NumberedBody[Developer])
MEMBERS: Final = msgspec.json.Decoder(NumberedBody[Member])
TEAM: Final = msgspec.json.Decoder(Team)
TEAMS: Final = msgspec.json.Decoder(NumberedBody[Team])
ROLES: Final = msgspec.json.Decoder(NumberedBody[Role])
APIS: Final = msgspec.json.Decoder(NumberedBody[Api])
PUBLICATIONS: Final = msgspec.json.Decoder(NumberedBody[Publication])
CREATED: Final = msgspec.json.Decoder(Created)
