"""The document AccessGroup: its APIs and products, its offers, and its direct grants."""

from typing import Literal

from pydantic import Field, model_validator

from reconciler.model.field_types import (
    ApiName,
    Day,
    Days,
    Email,
    Level,
    LongText,
    Many,
    Maybe,
    Part,
    PartnerType,
    ProductName,
    Reason,
    Slug,
    TeamName,
    Text,
    UnmanagedGrants,
    exactly_one,
)
from reconciler.model.metadata import Metadata

_ONE_TAKER, _one_taker = exactly_one("type", "partner")
_ONE_HOLDER, _one_holder = exactly_one("team", "partner", "developer")


class Offer(Part):
    """Allows a partner, or all partners of a type, to use the group in their own file. It grants nothing."""

    model_config = _ONE_TAKER
    type: Maybe[PartnerType] = Field(
        default=None, description="Offer the group to all partners of this type."
    )
    partner: Maybe[Slug] = Field(default=None, description="Offer the group to this partner.")
    level: Level = Field(default="consume", description="The highest level that partners may use.")
    max_days: Maybe[Days] = Field(
        default=None, description="Access must end at most this many days from today."
    )
    _exactly_one = model_validator(mode="after")(_one_taker)


class GroupGrant(Part):
    """Access that the owner of the group grants directly, without an entry in a partner's file."""

    model_config = _ONE_HOLDER
    team: Maybe[TeamName] = Field(default=None, description="Grant access to one team, as PARTNER/TEAM.")
    partner: Maybe[Slug] = Field(default=None, description="Grant access to each team of this partner.")
    developer: Maybe[Email] = Field(
        default=None, description="Grant access to one person, who may not have an account yet."
    )
    level: Level = Field(
        default="consume",
        description="`view`: see the APIs and their documentation. `consume`: also call them.",
    )
    until: Maybe[Day] = Field(default=None, description="The last day of the grant (UTC, inclusive).")
    reason: Maybe[Reason] = Field(
        default=None, description="Why the access is granted.", examples=["API-4312"]
    )
    _exactly_one = model_validator(mode="after")(_one_holder)


class AccessGroupSpec(Part):
    """APIs and products that are granted together, with offers and direct grants."""

    display_name: Text = Field(
        description="The name that is shown to people.", examples=["Logistics partners"]
    )
    description: Maybe[LongText] = Field(
        default=None, description="What the group is for.", examples=["Shipment tracking and labels"]
    )
    owner: Slug = Field(
        description="The owner of the group: a name under `owners` in the configuration.",
        examples=["logistics"],
    )
    apis: Many[ApiName] = Field(
        default=(), description="The APIs of the group, by their names in the portal."
    )
    products: Many[ProductName] = Field(default=(), description="The API products of the group.")
    offers: Many[Offer] = Field(
        default=(), description="Which partners may use the group in their own files."
    )
    grants: Many[GroupGrant] = Field(default=(), description="Direct grants by the owner of the group.")
    unmanaged_grants: Maybe[UnmanagedGrants] = Field(
        default=None,
        description="`keep` or `remove` grants of this group to teams that are not managed here."
        " The default is in the configuration.",
    )


class AccessGroup(Part):
    """An access group: APIs and products that are granted together."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the file format.")
    kind: Literal["AccessGroup"] = Field(description="The kind of the document.")
    metadata: Metadata
    spec: AccessGroupSpec
