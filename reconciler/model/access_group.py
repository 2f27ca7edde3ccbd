"""An access group as it is written: what it holds, to whom it is offered, and to whom it was given."""

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
    """Who may take the group up in their own file, and how far; it grants nothing."""

    model_config = _ONE_TAKER
    type: Maybe[PartnerType] = Field(default=None, description="All partners of this type.")
    partner: Maybe[Slug] = Field(default=None, description="This partner.")
    level: Level = Field(default="consume", description="Up to which level.")
    max_days: Maybe[Days] = Field(default=None, description="The end lies at most this many days from today.")
    _exactly_one = model_validator(mode="after")(_one_taker)


class GroupGrant(Part):
    """Access that the group's owner gives directly."""

    model_config = _ONE_HOLDER
    team: Maybe[TeamName] = Field(default=None, description="A team as PARTNER/TEAM.")
    partner: Maybe[Slug] = Field(default=None, description="Each team of this partner.")
    developer: Maybe[Email] = Field(default=None, description="A single person, with an account or without.")
    level: Level = Field(
        default="consume", description="view: see the API and its documents; consume: call it."
    )
    until: Maybe[Day] = Field(default=None, description="The last day.")
    reason: Maybe[Reason] = Field(default=None, description="Why.", examples=["API-4312"])
    _exactly_one = model_validator(mode="after")(_one_holder)


class AccessGroupSpec(Part):
    """A bundle of APIs and products, who may take it up, and who was given it."""

    display_name: Text = Field(description="Its name for people.", examples=["Logistics partners"])
    description: Maybe[LongText] = Field(
        default=None, description="What it is for.", examples=["Shipment tracking and labels"]
    )
    owner: Slug = Field(description="Who answers for it; one of `owners`.", examples=["logistics"])
    apis: Many[ApiName] = Field(default=(), description="Single APIs, as the portal names them.")
    products: Many[ProductName] = Field(default=(), description="API products.")
    offers: Many[Offer] = Field(default=(), description="Who may take it up in their own file.")
    grants: Many[GroupGrant] = Field(default=(), description="Whom its owner gives it to.")
    unmanaged_grants: Maybe[UnmanagedGrants] = Field(
        default=None,
        description="Its grants to teams that are not managed here; by default what the configuration says.",
    )


class AccessGroup(Part):
    """An access group: APIs and products that are granted together."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["AccessGroup"] = Field(description="What this document describes.")
    metadata: Metadata
    spec: AccessGroupSpec
