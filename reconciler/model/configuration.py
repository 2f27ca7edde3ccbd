"""The document Configuration: paths, owners, portals, guard and rules."""

import re
from typing import Annotated, Final, Literal

from pydantic import Field

from reconciler.model.approval import ApprovalMode
from reconciler.model.field_types import (
    DIGEST,
    Count,
    Days,
    Email,
    FilePath,
    Many,
    Maybe,
    Part,
    PathKind,
    Percent,
    Slug,
    Text,
    UnmanagedGrants,
    UserName,
)
from reconciler.model.metadata import PlainMetadata
from reconciler.model.portal_settings import AnyPortal
from reconciler.model.rule import ConfigurableRule
from reconciler.model.source_settings import AnySource

# The handle of a team of an organization on GitHub or Gitea.
_TEAM: Final = re.compile(r"@[^/\s]+/[^/\s]+\Z")


class Approvers(Part):
    """The people who can approve for an owner, by their user names on each forge."""

    github: Many[UserName] = Field(
        default=(), description="User names on GitHub, without `@`.", examples=[["ana"]]
    )
    gitlab: Many[UserName] = Field(default=(), description="User names on GitLab, without `@`.")
    gitea: Many[UserName] = Field(default=(), description="User names on Gitea or Forgejo, without `@`.")

    @property
    def forges(self) -> set[str]:
        """The forges on which there is at least one person."""
        return {forge for forge, names in self.model_dump().items() if names}


class Owner(Part):
    """A person or team in our company that is responsible for partners, groups, products or APIs."""

    email: Email = Field(description="The e-mail address of the owner.")
    github: Maybe[Text] = Field(
        default=None, description="The team or user on GitHub.", examples=["@our-company/logistics"]
    )
    gitlab: Maybe[Text] = Field(
        default=None, description="The group or user on GitLab.", examples=["@our-company/logistics"]
    )
    gitea: Maybe[Text] = Field(
        default=None, description="The team or user on Gitea or Forgejo.", examples=["@our-company/logistics"]
    )
    approvers: Approvers = Field(
        default=Approvers(),
        description="The people who can approve for this owner; if there are any, one of them must.",
    )

    @property
    def approver_names(self) -> dict[str, tuple[str, ...]]:
        """The user names of those who can approve, by forge.

        On GitHub and Gitea, it is a team where no people are named.
        """
        named = {forge: names for forge, names in self.approvers.model_dump().items() if names}
        handles = {"github": self.github, "gitea": self.gitea}
        teams = {forge: (handle,) for forge, handle in handles.items() if handle and _TEAM.match(handle)}
        return {**teams, **named}


class Limit(Part):
    """A limit: the larger of a count and a percentage."""

    count: Count = Field(description="The limit as a number.")
    percent: Percent = Field(description="The limit as a percentage, rounded down to a whole number.")


class Guard(Part):
    """Limits on what one plan may remove."""

    deletions: Limit = Field(
        default=Limit(count=5, percent=10), description="The maximum number of deleted objects of one kind."
    )
    people_losing: Limit = Field(
        default=Limit(count=10, percent=25), description="The maximum number of people who lose access."
    )
    end_within_days: Days = Field(
        default=30,
        description="An end that is brought forward to within this many days counts as a loss of access.",
    )
    allow: Many[Annotated[str, Field(pattern=DIGEST)]] = Field(
        default=(), description="Digests of single plans that are allowed although they exceed the limits."
    )


class External(Part):
    """Objects in the same portal that another configuration manages and this one may refer to."""

    partners: Many[Slug] = Field(
        default=(),
        description=(
            "Partners whose teams can be granted access here. The partners themselves are not changed."
        ),
    )


class ConfigurationSpec(Part):
    """Paths, owners, portals, guard and rules."""

    paths: dict[FilePath, Many[PathKind]] = Field(
        description="Folders and files, each with the kinds of documents that are allowed there."
    )
    owners: dict[Slug, Owner] = Field(
        default={}, description="The owners that documents can refer to, by name."
    )
    default_portal: Maybe[Slug] = Field(
        default=None, description="The portal that is used without `--portal`.", examples=["local"]
    )
    portals: dict[Slug, AnyPortal] = Field(default={}, description="The portals, by name.")
    sources: dict[Slug, AnySource] = Field(
        default={}, description="CRM systems and directories of people, by name."
    )
    guard: Guard = Field(default=Guard(), description="Limits on what one plan may remove.")
    rules: dict[ConfigurableRule, Literal["error", "warning", "info", "off"]] = Field(
        default={}, description="The severities of rules, where they differ from the defaults."
    )
    approvals: Maybe[ApprovalMode] = Field(
        default=None,
        description=(
            "Whether plans need the approvals that they list: `enforce`, `report` or `off`. By default, those"
            " of owners with approvers are enforced, and all others are reported."
        ),
    )
    external: External = Field(default=External(), description="Objects that another configuration manages.")
    unmanaged_grants: UnmanagedGrants = Field(
        default="keep",
        description="`keep` or `remove` grants of managed groups to teams that are not managed here.",
    )
    ending_soon_days: Days = Field(
        default=30, description="How many days before an end the rule `ending-soon` reports it."
    )
    allow_empty: bool = Field(default=False, description="Whether the files may define nothing at all.")

    def enforces(self, owner: str) -> bool:
        """Return whether plans need the approval of an owner on each forge for which there are approvers."""
        if self.approvals is not None:
            return self.approvals == "enforce"
        used = {forge for each in self.owners.values() for forge in each.approvers.forges}
        known = self.owners.get(owner)
        return bool(used) and known is not None and known.approvers.forges == used


class Configuration(Part):
    """The configuration of a repository; its name is the owner label of the objects that it manages."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the file format.")
    kind: Literal["Configuration"] = Field(description="The kind of the document.")
    metadata: PlainMetadata
    spec: ConfigurationSpec
