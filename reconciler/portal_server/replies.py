"""What the portal answers: the fields stand in the order in which a row is read."""

from typing import Generic, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from reconciler.portal_server.formats import (
    Action,
    DayText,
    Domains,
    Email,
    Emails,
    Identifier,
    Instant,
    Json,
    Level,
    Line,
    MemberState,
    Name,
    PartnerStatus,
    PartnerType,
    Role,
    Scope,
    Text,
    Visibility,
)


class Reply(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The body of an answer."""


class Partner(Reply):
    """A partner."""

    id: Identifier
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


class Team(Reply):
    """A team of a partner."""

    id: Identifier
    partner_id: Identifier
    name: Name
    display_name: Line
    delegated: bool
    managed_by: Line | None
    etag: str


class Member(Reply):
    """A membership of a team."""

    id: Identifier
    team_id: Identifier
    email: Email
    role: Role
    until: DayText | None
    state: MemberState
    invited_at: Instant | None
    etag: str


class Product(Reply):
    """An API product."""

    id: Identifier
    name: Name
    display_name: Line
    description: Text | None
    owner: Line
    visibility: Visibility
    managed_by: Line | None
    etag: str


class ProductItem(Reply):
    """An API in a product."""

    id: Identifier
    product_id: Identifier
    api_id: Identifier
    etag: str


class AccessGroup(Reply):
    """An access group."""

    id: Identifier
    name: Name
    display_name: Line
    description: Text | None
    owner: Line
    managed_by: Line | None
    etag: str


class AccessItem(Reply):
    """An API or a product in an access group."""

    id: Identifier
    group_id: Identifier
    api_id: Identifier | None
    product_id: Identifier | None
    etag: str


class Grant(Reply):
    """Access to a group for a team or a person."""

    id: Identifier
    group_id: Identifier
    team_id: Identifier | None
    email: Email | None
    level: Level
    until: DayText | None
    reason: Text | None
    etag: str


class Api(Reply):
    """An API."""

    id: Identifier
    name: Name
    display_name: Line
    owner: Line
    visibility: Visibility
    etag: str


class Person(Reply):
    """An account."""

    id: Identifier
    email: Email
    display_name: Line | None
    etag: str


class Token(Reply):
    """A token; its text stands only in the answer that made it."""

    id: Identifier
    name: Line
    scope: Scope
    team_id: Identifier | None
    created_at: Instant
    etag: str
    token: str | UnsetType = UNSET


class Mail(Reply):
    """A mail that went out."""

    id: Identifier
    to: Email
    subject: str
    text: str
    sent_at: Instant


class Entry(Reply):
    """Who did what; `token` is null for an invitation's code and for the portal's operator."""

    id: Identifier
    at: Instant
    token: Line | None
    action: Action
    object: Identifier
    kind: str
    before: Json
    after: Json


class Portal(Reply):
    """Which portal this is; `id` is made with the database."""

    id: str
    name: str
    version: str
    time: Instant


class Me(Reply):
    """Whose token this is."""

    name: Line
    scope: Scope
    team_id: Identifier | None


class Health(Reply):
    """That the portal answers."""

    status: str


class ApiAccess(Reply):
    """An API that a person reaches, and how far."""

    api: Name
    level: Level


class Access(Reply):
    """What a person reaches on a day."""

    email: Email
    on: DayText
    access: list[ApiAccess]


Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item], frozen=True, gc=False):
    """A page of a list; `next` is the cursor of the next one."""

    items: list[Item]
    total: int
    next: str | None
