"""The configuration: where files stand, who answers for what, which portals there are, how strict to be."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from reconciler.model.field_types import (
    ADDRESS,
    DIGEST,
    VARIABLE,
    Count,
    Days,
    Email,
    FilePath,
    KindName,
    Many,
    Maybe,
    Part,
    Percent,
    Slug,
    Text,
    UnmanagedGrants,
    exactly_one,
)
from reconciler.model.metadata import PlainMetadata
from reconciler.model.rule import ConfigurableRule


class Owner(Part):
    """Someone inside who answers for partners, groups, products or APIs."""

    email: Email = Field(description="Where they are reached.")
    github: Maybe[Text] = Field(
        default=None, description="Their team or user at GitHub.", examples=["@our-company/logistics"]
    )
    gitlab: Maybe[Text] = Field(
        default=None, description="Their group or user at GitLab.", examples=["@our-company/logistics"]
    )


class Secret(Part):
    """Where a secret is found; the secret itself never stands in a file."""

    env: Annotated[str, Field(pattern=VARIABLE)] = Field(
        description="The environment variable that holds it. Its name begins with RECONCILER_ or PORTAL_.",
        examples=["PORTAL_TOKEN"],
    )


_, _one_place = exactly_one("database", "url")


class EmbeddedPortal(Part):
    """The embedded portal, in this process (`database`) or served (`url` and `token`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["database"]}, {"required": ["url"]}],
            "dependentRequired": {"url": ["token"], "token": ["url"], "allowHttp": ["url"]},
        }
    )
    type: Literal["embedded"] = Field(description="Which adapter speaks to it.")
    database: Maybe[Text] = Field(
        default=None, description="A file, or an SQLAlchemy URL.", examples=[".reconciler/portal.db"]
    )
    url: Maybe[Annotated[str, Field(pattern=ADDRESS, max_length=2000)]] = Field(
        default=None, description="Where it is served.", examples=["http://127.0.0.1:8750"]
    )
    token: Maybe[Secret] = Field(default=None, description="Where its bearer token is found.")
    allow_http: Maybe[bool] = Field(
        default=None, description="Whether its token may be sent unencrypted to another machine."
    )

    _exactly_one = model_validator(mode="after")(_one_place)

    @model_validator(mode="after")
    def _token_with_url(self) -> "EmbeddedPortal":
        if (self.url is None) != (self.token is None):
            raise ValueError("url and token stand together")
        if self.url is None and self.allow_http is not None:
            raise ValueError("allowHttp goes with a url")
        return self


class Limit(Part):
    """The larger of a number and a share."""

    count: Count = Field(description="At least this many.")
    percent: Percent = Field(description="At least this share, rounded down.")


class Guard(Part):
    """How much one plan may take away."""

    deletions: Limit = Field(default=Limit(count=5, percent=10), description="Deletions of one kind.")
    people_losing: Limit = Field(default=Limit(count=10, percent=25), description="People who lose access.")
    end_within_days: Days = Field(
        default=30,
        description="An end that is brought forward to within so many days counts as a loss today.",
    )
    allow: Many[Annotated[str, Field(pattern=DIGEST)]] = Field(
        default=(), description="Digests of single plans that are let through."
    )


class External(Part):
    """What another configuration manages in the same portal, and this one may refer to."""

    partners: Many[Slug] = Field(
        default=(), description="Partners whose teams may be granted access here; they are never changed."
    )


class ConfigurationSpec(Part):
    """Where files stand, who answers for what, which portals there are, and how strict to be."""

    paths: dict[FilePath, Many[KindName]] = Field(
        description="Which kinds may stand where; anything else there is an error."
    )
    owners: dict[Slug, Owner] = Field(default={}, description="Who may be named as an owner.")
    default_portal: Maybe[Slug] = Field(
        default=None, description="The portal where none is chosen.", examples=["local"]
    )
    portals: dict[Slug, EmbeddedPortal] = Field(default={}, description="The portals, by name.")
    guard: Guard = Field(default=Guard(), description="How much one plan may take away.")
    rules: dict[ConfigurableRule, Literal["error", "warning", "info", "off"]] = Field(
        default={}, description="Severities that differ from the defaults."
    )
    external: External = Field(default=External(), description="What another configuration manages.")
    unmanaged_grants: UnmanagedGrants = Field(
        default="keep",
        description="Grants of managed groups to teams that are not managed here: `keep` or `remove` them.",
    )
    ending_soon_days: Days = Field(
        default=30, description="How many days before an end the rule `ending-soon` reports it."
    )
    allow_empty: bool = Field(default=False, description="Whether the files may ask for nothing at all.")


class Configuration(Part):
    """The configuration of one repository of files; its name is the mark of what it owns."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["Configuration"] = Field(description="What this document describes.")
    metadata: PlainMetadata
    spec: ConfigurationSpec
