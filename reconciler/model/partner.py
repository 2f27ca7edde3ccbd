"""The document Partner: its type, its teams, their people, and the access that they use."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.model.field_types import (
    ByType,
    Day,
    Domain,
    Email,
    ExternalName,
    FormerTeam,
    GroupName,
    Level,
    Many,
    Maybe,
    Part,
    PartnerType,
    Reason,
    Slug,
    Status,
    Text,
    record,
)
from reconciler.model.metadata import Metadata


@record
class Person:
    """A person whose membership has an end."""

    email: Email = Field(description="The e-mail address of the person, in any spelling.")
    until: Maybe[Day] = Field(default=None, description="The last day of the membership (UTC, inclusive).")


@record
class GroupAccess:
    """Access to a group, with a level, an end or a reason."""

    group: Slug = Field(description="The access group.", examples=["logistics-partners"])
    level: Level = Field(
        default="consume",
        description="`view`: see the APIs and their documentation. `consume`: also call them.",
    )
    until: Maybe[Day] = Field(default=None, description="The last day of the access (UTC, inclusive).")
    reason: Maybe[Reason] = Field(
        default=None, description="Why the access is needed.", examples=["pilot, API-4312"]
    )


@record
class FromSource:
    """The people of a group in a directory; `people.lock` has those who were last read."""

    source: Slug = Field(
        alias="from",
        description="The source: a name under `sources` in the configuration.",
        examples=["directory"],
    )
    group: Text = Field(description="The group in the source.", examples=["Acme Developers"])


AnyPerson: TypeAlias = Annotated[Email | Person, ByType("object")]
AnyAccess: TypeAlias = Annotated[GroupName | GroupAccess, ByType("object")]
Admins: TypeAlias = Annotated[Many[AnyPerson] | FromSource, ByType("array", "object")]
Members: TypeAlias = Annotated[Literal["delegated"] | Many[AnyPerson] | FromSource, ByType("array", "object")]


@record
class Team:
    """A team of a partner, with its admins and members."""

    name: Slug = Field(
        description="The name of the team, unique within the partner.", examples=["integration"]
    )
    previously: Maybe[FormerTeam] = Field(
        default=None,
        description="One or more former names. Use PARTNER/TEAM if the team had another partner.",
        examples=["old-name"],
    )
    external_name: Maybe[ExternalName] = Field(
        default=None,
        description="The name in portals where the name cannot be used: one for all portals, or by portal.",
        examples=["Integration (ACME)"],
    )
    status: Literal["active", "ended"] = Field(
        default="active",
        description="`ended`: the team is deleted with all its people, also those not listed in the file.",
    )
    display_name: Maybe[Text] = Field(
        default=None,
        description="The name that is shown to people. The default is the name.",
        examples=["Integration"],
    )
    admins: Admins = Field(
        description="The people who manage the members of the team in the portal, or the group of a directory"
        " that lists them."
    )
    members: Members = Field(
        default="delegated",
        description="`delegated`: the admins manage the members in the portal. A list, or the group of a"
        " directory: only the people in it are members.",
    )
    access: Many[AnyAccess] = Field(default=(), description="The access groups that this team uses.")

    @property
    def listed_admins(self) -> tuple[str | Person, ...]:
        """The admins that the file itself lists."""
        return () if isinstance(self.admins, FromSource) else self.admins

    @property
    def listed_members(self) -> tuple[str | Person, ...]:
        """The members that the file itself lists."""
        return self.members if isinstance(self.members, tuple) else ()


@record
class PartnerSpec:
    """The type of the partner, its teams with their people, and its access."""

    type: PartnerType = Field(description="The type of the partner.")
    status: Status = Field(
        default="active",
        description="`suspended`: people stay, but all grants are removed. `ended`: everything is deleted.",
    )
    display_name: Text = Field(
        description="The name that is shown to people.", examples=["Acme Logistics GmbH"]
    )
    owner: Slug = Field(
        description="The owner in our company: a name under `owners` in the configuration.",
        examples=["partnerships"],
    )
    domains: Many[Domain] = Field(
        default=(),
        description="The e-mail domains of its people. Subdomains must be listed separately.",
    )
    agreement: Maybe[Text] = Field(
        default=None, description="The reference of the contract.", examples=["MSA-2024-118"]
    )
    until: Maybe[Day] = Field(
        default=None,
        description="The last day of all its access (UTC, inclusive). Memberships are not affected.",
    )
    blocked: Many[Email] = Field(
        default=(), description="People who must not be in any of its teams, delegated or not."
    )
    access: Many[AnyAccess] = Field(default=(), description="The access groups that all its teams use.")
    teams: Many[Team] = Field(default=(), description="The teams of the partner.")


class Partner(Part):
    """A partner: a reseller, subsidiary, contractor, external partner or internal product team."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the file format.")
    kind: Literal["Partner"] = Field(description="The kind of the document.")
    metadata: Metadata
    spec: PartnerSpec
