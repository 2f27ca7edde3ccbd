"""The bodies of responses; the fields have the order of the columns of a row."""

from typing import Generic, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from reconciler.portal_server.values.formats import (
    Action,
    ApiName,
    DayText,
    Domains,
    Email,
    Emails,
    Identifier,
    Instant,
    Json,
    Level,
    Line,
    ListedState,
    MemberState,
    Name,
    PartnerStatus,
    PartnerType,
    RequestState,
    Role,
    Scope,
    Text,
    Through,
    Visibility,
)


class Reply(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The body of a response."""


class ObjectReply(Reply, frozen=True):
    """An object with an id."""

    id: Identifier


class Partner(ObjectReply, frozen=True):
    """A partner."""

    name: Name
    type: PartnerType
    status: PartnerStatus
    display_name: Line
    owner: Line
    domains: Domains
    agreement: Line | None
    blocked: Emails
    managed_by: Line | None
    etag: str


class Team(ObjectReply, frozen=True):
    """A team of a partner."""

    partner_id: Identifier
    name: Name
    display_name: Line
    delegated: bool
    managed_by: Line | None
    etag: str


class Member(ObjectReply, frozen=True):
    """A membership of a team."""

    team_id: Identifier
    email: Email
    role: Role
    until: DayText | None
    state: MemberState
    invited_at: Instant | None
    etag: str


class ListedMember(ObjectReply, frozen=True):
    """A membership on a page. `managed` is whether git manages it, and not the admins of the team."""

    email: Email
    role: Role
    until: DayText | None
    state: ListedState
    invited_at: Instant | None
    managed: bool
    etag: str


class ListedMembers(Reply, frozen=True):
    """A page of members, with the cursors of the pages around it."""

    items: list[ListedMember]
    total: int
    previous: str | None
    next: str | None


class Product(ObjectReply, frozen=True):
    """An API product."""

    name: Name
    display_name: Line
    description: Text | None
    owner: Line
    visibility: Visibility
    managed_by: Line | None
    etag: str


class ProductItem(ObjectReply, frozen=True):
    """An API in a product."""

    product_id: Identifier
    api_id: Identifier
    etag: str


class AccessGroup(ObjectReply, frozen=True):
    """An access group."""

    name: Name
    display_name: Line
    description: Text | None
    owner: Line
    managed_by: Line | None
    etag: str


class AccessItem(ObjectReply, frozen=True):
    """An API or a product in an access group."""

    group_id: Identifier
    api_id: Identifier | None
    product_id: Identifier | None
    etag: str


class Grant(ObjectReply, frozen=True):
    """Access to a group for a team or a person."""

    group_id: Identifier
    team_id: Identifier | None
    email: Email | None
    level: Level
    until: DayText | None
    reason: Text | None
    etag: str


class Api(ObjectReply, frozen=True):
    """An API."""

    name: ApiName
    display_name: Line
    owner: Line
    visibility: Visibility
    etag: str


class Person(ObjectReply, frozen=True):
    """An account."""

    email: Email
    display_name: Line | None
    etag: str


class Token(ObjectReply, frozen=True):
    """A token; its text is only in the response to its creation."""

    name: Line
    scope: Scope
    team_id: Identifier | None
    created_at: Instant
    etag: str
    token: str | UnsetType = UNSET


class Mail(ObjectReply, frozen=True):
    """A sent mail."""

    to: Email
    subject: str
    text: str
    sent_at: Instant


class Entry(ObjectReply, frozen=True):
    """An entry of the audit log. Ids of tokens are unique, their names are not.

    `token` is null for people on pages and for an invitation's code, `tokenId` also for the portal's
    operator. `person` is the address of who was signed in, and `source` what the client named as the source
    of the change. What was not stored when the entry was written is null; so is what its reader may not see.
    """

    at: Instant
    token: Line | None
    token_id: Identifier | None
    action: Action
    object: Identifier
    kind: str
    before: Json
    after: Json
    person: Email | None
    through: Through | None
    team_id: Identifier | None
    source: str | None


class Portal(Reply, frozen=True):
    """The instance of the portal; `id` is created with the database.

    `max_limit` is the largest page of a list of objects.
    """

    id: str
    name: str
    version: str
    time: Instant
    max_limit: int


class Me(Reply, frozen=True):
    """The owner of a token; `id` is null for the portal's operator."""

    id: Identifier | None
    name: Line
    scope: Scope
    team_id: Identifier | None


class Lease(Reply, frozen=True):
    """The holder of the lease, with the start and the end unless it is renewed."""

    owner: Line
    acquired_at: Instant
    expires_at: Instant


class Health(Reply, frozen=True):
    """The health of the portal."""

    status: str


class ApiAccess(Reply, frozen=True):
    """An API that a person has access to, with the level."""

    api: ApiName
    level: Level


class Access(Reply, frozen=True):
    """The access of a person on a day."""

    email: Email
    on: DayText
    access: list[ApiAccess]


class Excerpt(Reply, frozen=True):
    """A part of the portal. Each list has the order and the objects of the list of all."""

    partners: list[Partner]
    teams: list[Team]
    members: list[Member]
    products: list[Product]
    product_items: list[ProductItem]
    access_groups: list[AccessGroup]
    access_items: list[AccessItem]
    grants: list[Grant]
    apis: list[Api]


class ManagedTotals(Reply, frozen=True):
    """How many objects of each kind a configuration manages."""

    partners: int
    teams: int
    members: int
    products: int
    product_items: int
    access_groups: int
    access_items: int
    grants: int


class Totals(Reply, frozen=True):
    """The numbers of the whole portal; `people` is null without a day."""

    managed: ManagedTotals
    people: int | None


class AccessPath(Reply, frozen=True):
    """A path of a person to an API; without a team, the person has the grant. `until` is its last day.

    `api` is a name, and the other texts are display names. `product` is null for an API in the group itself.
    """

    member_id: Identifier | None
    team_id: Identifier | None
    team: Line | None
    partner: Line | None
    grant_id: Identifier
    group_id: Identifier
    group: Line
    product: Line | None
    api: ApiName
    api_display_name: Line
    level: Level
    until: DayText | None


class Paths(Reply, frozen=True):
    """The paths of a person to APIs on a day."""

    email: Email
    on: DayText
    paths: list[AccessPath]


class TeamGrant(Reply, frozen=True):
    """A grant of a team. `managed` is whether git manages its team or its access group."""

    id: Identifier
    group_id: Identifier
    group: Line
    description: Text | None
    level: Level
    until: DayText | None
    managed: bool
    etag: str


class TeamPath(Reply, frozen=True):
    """A path of a team to an API; `until` is the last day of the grant."""

    grant_id: Identifier
    group_id: Identifier
    group: Line
    product: Line | None
    api: ApiName
    api_display_name: Line
    level: Level
    until: DayText | None


class TeamAccess(Reply, frozen=True):
    """The access of a team on a day. `grants` has all grants, `access` only what works on that day."""

    team_id: Identifier
    on: DayText
    partner_status: PartnerStatus
    grants: list[TeamGrant]
    access: list[TeamPath]


class RequestableGroup(Reply, frozen=True):
    """An access group that a team can ask for, with what the team has of it."""

    id: Identifier
    name: Name
    display_name: Line
    description: Text | None
    level: Level | None
    until: DayText | None


class RequestableGroups(Reply, frozen=True):
    """The access groups that a team can ask for."""

    items: list[RequestableGroup]


class AccessRequest(ObjectReply, frozen=True):
    """A team's request for an access group, or without a group for what `reason` describes.

    `team`, `partner` and `group` are display names. `grant_id` and `granted_…` are what the team has of the
    group now, and `managed` is whether git manages the team or the group. A team does not see who decided.
    """

    team_id: Identifier
    team: Line
    partner: Line
    group_id: Identifier | None
    group: Line | None
    level: Level
    until: DayText | None
    reason: Text | None
    state: RequestState
    requested_by: Line
    requested_at: Instant
    decided_by: Line | None
    decided_at: Instant | None
    answer: Text | None
    grant_id: Identifier | None
    granted_level: Level | None
    granted_until: DayText | None
    managed: bool
    etag: str


Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item], frozen=True, gc=False):
    """A page of a list; `next` is the cursor of the next one."""

    items: list[Item]
    total: int
    next: str | None
