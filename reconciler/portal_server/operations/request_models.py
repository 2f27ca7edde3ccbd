"""The bodies of requests: classes for creations and for updates."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, UnsetType

from reconciler.portal_server.values.formats import (
    Answer,
    ApiName,
    Day,
    Domains,
    Email,
    Emails,
    Identifier,
    Level,
    Line,
    Name,
    PartnerStatus,
    PartnerType,
    Role,
    Scope,
    Text,
    Visibility,
)

# An excerpt with more objects is refused; each name or address in a request can be one of them.
MAX_OBJECTS_OF_EXCERPT: Final = 20_000


class Body(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The body of a request: keys in camelCase, no unknown keys."""


def _one_of(first: str, second: str) -> msgspec.Meta:
    """Return the JSON Schema of a body with exactly one of two keys."""
    return msgspec.Meta(
        extra_json_schema={
            "oneOf": [{"required": [key], "properties": {key: {"type": "string"}}} for key in (first, second)]
        }
    )


class NewPartner(Body, kw_only=True, frozen=True):
    """A new partner."""

    name: Name
    type: PartnerType
    status: PartnerStatus = "active"
    display_name: Line
    owner: Line
    domains: Domains = []
    agreement: Line | None = None
    blocked: Emails = []
    managed_by: Line | None = None


class PartnerChange(Body, kw_only=True, frozen=True):
    """Changes of a partner."""

    name: Name | UnsetType = UNSET
    type: PartnerType | UnsetType = UNSET
    status: PartnerStatus | UnsetType = UNSET
    display_name: Line | UnsetType = UNSET
    owner: Line | UnsetType = UNSET
    domains: Domains | UnsetType = UNSET
    agreement: Line | UnsetType | None = UNSET
    blocked: Emails | UnsetType = UNSET
    managed_by: Line | UnsetType | None = UNSET


class NewTeam(Body, kw_only=True, frozen=True):
    """A new team."""

    partner_id: Identifier
    name: Name
    display_name: Line
    delegated: bool = True
    managed_by: Line | None = None


class TeamChange(Body, kw_only=True, frozen=True):
    """Changes of a team; with another partner, it moves there with its people, grants and tokens."""

    partner_id: Identifier | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    display_name: Line | UnsetType = UNSET
    delegated: bool | UnsetType = UNSET
    managed_by: Line | UnsetType | None = UNSET


class NewMember(Body, kw_only=True, frozen=True):
    """A new membership."""

    team_id: Identifier
    email: Email
    role: Role
    until: Day | None = None


class MemberChange(Body, kw_only=True, frozen=True):
    """Changes of a membership."""

    role: Role | UnsetType = UNSET
    until: Day | UnsetType | None = UNSET


class NewProduct(Body, kw_only=True, frozen=True):
    """A new API product."""

    name: Name
    display_name: Line
    description: Text | None = None
    owner: Line
    visibility: Visibility = "restricted"
    managed_by: Line | None = None


class ProductChange(Body, kw_only=True, frozen=True):
    """Changes of an API product."""

    name: Name | UnsetType = UNSET
    display_name: Line | UnsetType = UNSET
    description: Text | UnsetType | None = UNSET
    owner: Line | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    managed_by: Line | UnsetType | None = UNSET


class NewProductItem(Body, kw_only=True, frozen=True):
    """A new item of a product."""

    product_id: Identifier
    api_id: Identifier


class NewAccessGroup(Body, kw_only=True, frozen=True):
    """A new access group."""

    name: Name
    display_name: Line
    description: Text | None = None
    owner: Line
    managed_by: Line | None = None


class AccessGroupChange(Body, kw_only=True, frozen=True):
    """Changes of an access group."""

    name: Name | UnsetType = UNSET
    display_name: Line | UnsetType = UNSET
    description: Text | UnsetType | None = UNSET
    owner: Line | UnsetType = UNSET
    managed_by: Line | UnsetType | None = UNSET


class AccessItemFields(Body, kw_only=True, frozen=True):
    """A new item of an access group: an API or a product."""

    group_id: Identifier
    api_id: Identifier | None = None
    product_id: Identifier | None = None

    def __post_init__(self) -> None:
        """Require exactly one of the two."""
        if (self.api_id is None) == (self.product_id is None):
            raise ValueError("exactly one of apiId and productId is required")


class GrantFields(Body, kw_only=True, frozen=True):
    """A new grant of a group to a team or to a person."""

    group_id: Identifier
    team_id: Identifier | None = None
    email: Email | None = None
    level: Level = "consume"
    until: Day | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        """Require exactly one of the two."""
        if (self.team_id is None) == (self.email is None):
            raise ValueError("exactly one of teamId and email is required")


NewAccessItem = Annotated[AccessItemFields, _one_of("apiId", "productId")]
NewGrant = Annotated[GrantFields, _one_of("teamId", "email")]


class GrantChange(Body, kw_only=True, frozen=True):
    """Changes of a grant."""

    level: Level | UnsetType = UNSET
    until: Day | UnsetType | None = UNSET
    reason: Text | UnsetType | None = UNSET


class AccessRequestFields(Body, kw_only=True, frozen=True):
    """A new request of a team for an access group, or without one for what the reason describes."""

    team_id: Identifier
    group_id: Identifier | None = None
    level: Level = "consume"
    until: Day | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        """Require a group or a reason."""
        if self.group_id is None and not self.reason:
            raise ValueError("without groupId, reason is required and says what the team needs")


NewAccessRequest = Annotated[
    AccessRequestFields,
    msgspec.Meta(
        extra_json_schema={
            "anyOf": [
                {"required": ["groupId"], "properties": {"groupId": {"type": "string"}}},
                {"required": ["reason"], "properties": {"reason": {"type": "string", "minLength": 1}}},
            ]
        }
    ),
]


class AccessRequestGrant(Body, kw_only=True, frozen=True):
    """What is granted; by default what the team asked for. A request without a group needs `group_id`."""

    group_id: Identifier | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    until: Day | UnsetType | None = UNSET
    answer: Text | None = None


class AccessRequestRefusal(Body, kw_only=True, frozen=True):
    """Why a request is declined."""

    answer: Answer


class NewApi(Body, kw_only=True, frozen=True):
    """A new API."""

    name: ApiName
    display_name: Line
    owner: Line
    visibility: Visibility = "restricted"


class ApiChange(Body, kw_only=True, frozen=True):
    """Changes of an API."""

    display_name: Line | UnsetType = UNSET
    owner: Line | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET


class NewPerson(Body, kw_only=True, frozen=True):
    """A new account."""

    email: Email
    display_name: Line | None = None


class PersonChange(Body, kw_only=True, frozen=True):
    """Changes of an account."""

    display_name: Line | UnsetType | None = UNSET


class TeamName(Body, kw_only=True, frozen=True):
    """The names of a team and its partner."""

    partner: Line
    name: Line


Names = Annotated[list[Line], msgspec.Meta(max_length=MAX_OBJECTS_OF_EXCERPT)]


class Contents(Body, kw_only=True, frozen=True):
    """Names of access groups and products of which only the APIs matter."""

    access_groups: Names = []
    products: Names = []


class WantedExcerpt(Body, kw_only=True, frozen=True):
    """The names of the objects, and the addresses of the people, that an excerpt is about."""

    partners: Names = []
    teams: Annotated[list[TeamName], msgspec.Meta(max_length=MAX_OBJECTS_OF_EXCERPT)] = []
    access_groups: Names = []
    products: Names = []
    contents: Contents = Contents()
    people: Annotated[list[Email], msgspec.Meta(max_length=MAX_OBJECTS_OF_EXCERPT)] = []


class WantedTotals(Body, kw_only=True, frozen=True):
    """What is counted: the objects of a configuration, and with a day the people with access on it.

    Grants to teams of other configurations do not count, unless their partner is named here.
    """

    managed_by: Line
    external_partners: list[Line] = []
    on: Day | None = None


class NewLease(Body, kw_only=True, frozen=True):
    """A lease to acquire or renew; `id` is the caller's secret, and `owner` is shown to others."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]+$(?!\n)", min_length=1, max_length=64)]
    owner: Line
    seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)]


class TokenFields(Body, kw_only=True, frozen=True):
    """A new token."""

    name: Line
    scope: Scope
    team_id: Identifier | None = None

    def __post_init__(self) -> None:
        """Require a team for a team token, and only for it."""
        if (self.scope == "team") != (self.team_id is not None):
            raise ValueError("teamId is required for the scope team, and only for it")


NewToken = Annotated[
    TokenFields,
    msgspec.Meta(
        extra_json_schema={
            "oneOf": [
                {
                    "required": ["teamId"],
                    "properties": {"scope": {"enum": ["team"]}, "teamId": {"type": "string"}},
                },
                {"properties": {"scope": {"enum": ["admin", "read"]}, "teamId": {"type": "null"}}},
            ]
        }
    ),
]
