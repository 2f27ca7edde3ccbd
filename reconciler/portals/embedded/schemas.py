"""The embedded portal's objects as it sends them, and where it keeps each kind.

Names, addresses and titles may be any text. What decides something, or is sent back, has its form.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from reconciler.errors import InputError
from reconciler.http.pagination import CursorBody
from reconciler.model.document import Level, PartnerType, Visibility
from reconciler.model.identity import canonical_domain, canonical_email
from reconciler.model.json_input import Decoder
from reconciler.portals.embedded.forms import Form, FormDecoder

# What every portal allows, and what those that allow more are asked for.
PAGE_SIZE: Final = 1000
LARGE_PAGE_SIZE: Final = 5000
Key: TypeAlias = tuple[str | None, ...]
# Sent back in paths and in headers.
Identifier: TypeAlias = Annotated[str, Form(r"[A-Za-z0-9_-]{1,100}")]
EntityTag: TypeAlias = Annotated[str, Form(r'"[!#-~]{1,200}"')]
Day: TypeAlias = Annotated[str, Form(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day=True)]
Instant: TypeAlias = Annotated[
    str,
    Form(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z", day=True),
]


class Stored(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What every object has: the portal's own id, and the entity tag of what was read.

    Each kind's `key` names an object among its kind by its parents' own ids, which no rename changes.
    """

    id: Identifier
    etag: EntityTag

    @property
    def version(self) -> str:
        """The entity tag, which every write changes."""
        return self.etag


class Named(Stored, frozen=True):
    """An object without parents."""

    name: str

    @property
    def key(self) -> Key:
        """Its name."""
        return (self.name,)


class Partner(Named, frozen=True):
    """A partner."""

    type: PartnerType
    status: Literal["active", "suspended"]
    display_name: str
    owner: str
    domains: list[str]
    agreement: str | None
    blocked: list[str]
    managed_by: str | None


class Team(Stored, frozen=True):
    """A team."""

    partner_id: Identifier
    name: str
    display_name: str
    delegated: bool
    managed_by: str | None

    @property
    def key(self) -> Key:
        """Its partner and name."""
        return self.partner_id, self.name


class Member(Stored, frozen=True):
    """A membership."""

    team_id: Identifier
    email: str
    role: Literal["admin", "member"]
    until: Day | None
    state: Literal["invited", "active", "expired", "declined"]
    invited_at: Instant | None

    @property
    def key(self) -> Key:
        """Its team and person."""
        return self.team_id, person(self.email)


class Product(Named, frozen=True):
    """An API product."""

    display_name: str
    description: str | None
    owner: str
    visibility: Visibility
    managed_by: str | None


class ProductItem(Stored, frozen=True):
    """An API in a product."""

    product_id: Identifier
    api_id: Identifier

    @property
    def key(self) -> Key:
        """Its product and API."""
        return self.product_id, self.api_id


class AccessGroup(Named, frozen=True):
    """An access group."""

    display_name: str
    description: str | None
    owner: str
    managed_by: str | None


class AccessItem(Stored, frozen=True):
    """An API or a product in an access group."""

    group_id: Identifier
    api_id: Identifier | None
    product_id: Identifier | None

    @property
    def key(self) -> Key:
        """Its group, and its API or product."""
        return self.group_id, self.api_id or self.product_id


class Grant(Stored, frozen=True):
    """Access to a group, for a team or a person."""

    group_id: Identifier
    team_id: Identifier | None
    email: str | None
    level: Level
    until: Day | None
    reason: str | None

    @property
    def key(self) -> Key:
        """Its group, and its team or person."""
        return self.group_id, self.team_id or person(self.email or "")


class Api(Named, frozen=True):
    """An API that the portal offers."""

    display_name: str
    owner: str
    visibility: Visibility


def person(email: str) -> str:
    """Return the one spelling of an address; what no file could name stays as it is."""
    try:
        return canonical_email(email)
    except InputError:
        return email


def domain(text: str) -> str:
    """Return the one spelling of a domain; what no file could name stays as it is."""
    try:
        return canonical_domain(text)
    except InputError:
        return text


class Kind(msgspec.Struct, frozen=True):
    """Where objects of one kind are found, and how one and a page of them are read."""

    path: str
    one: Decoder[Any]
    page: Decoder[CursorBody[Any]]


def _kind(path: str, stored: Any) -> Kind:
    page: msgspec.json.Decoder[CursorBody[Any]] = msgspec.json.Decoder(CursorBody[stored])
    return Kind(
        path,
        FormDecoder(msgspec.json.Decoder(stored), lambda one: {"$": [one]}),
        FormDecoder(page, lambda body: {"$.items[{}]": body.items}),
    )


KINDS: Final[Mapping[str, Kind]] = {
    "partner": _kind("partners", Partner),
    "team": _kind("teams", Team),
    "membership": _kind("members", Member),
    "api-product": _kind("products", Product),
    "product-item": _kind("product-items", ProductItem),
    "access-group": _kind("access-groups", AccessGroup),
    "access-item": _kind("access-items", AccessItem),
    "grant": _kind("grants", Grant),
    "api": _kind("apis", Api),
}
