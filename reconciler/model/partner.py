"""A partner as it is written: what it is, its teams, their people, and the access that they take up."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.model.field_types import (
    ByType,
    Day,
    Domain,
    Email,
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
)
from reconciler.model.metadata import Metadata


class Person(Part):
    """A person with an end."""

    email: Email = Field(description="The person's address; its spelling does not matter.")
    until: Maybe[Day] = Field(default=None, description="The last day of the membership.")


class GroupAccess(Part):
    """An access group that is taken up, with a level, an end or a reason."""

    group: Slug = Field(description="The access group.", examples=["logistics-partners"])
    level: Level = Field(
        default="consume", description="view: see the API and its documents; consume: call it."
    )
    until: Maybe[Day] = Field(default=None, description="The last day.")
    reason: Maybe[Reason] = Field(default=None, description="Why.", examples=["pilot, API-4312"])


AnyPerson: TypeAlias = Annotated[Email | Person, ByType("object")]
AnyAccess: TypeAlias = Annotated[GroupName | GroupAccess, ByType("object")]
Members: TypeAlias = Annotated[Literal["delegated"] | Many[AnyPerson], ByType("array")]


class Team(Part):
    """A team of a partner, with the people inside the partner who look after it."""

    name: Slug = Field(description="The team's name, unique in its partner.", examples=["integration"])
    previously: Maybe[FormerTeam] = Field(
        default=None,
        description="The old name, or several; PARTNER/TEAM where it was a team of another partner.",
        examples=["old-name"],
    )
    status: Literal["active", "ended"] = Field(
        default="active",
        description="ended: the team goes with its people, those whom its admins added included.",
    )
    display_name: Maybe[Text] = Field(
        default=None, description="Its name for people; by default its name.", examples=["Integration"]
    )
    admins: Many[AnyPerson] = Field(description="People of the partner who manage the members in the portal.")
    members: Members = Field(
        default="delegated",
        description="`delegated`: the admins look after them in the portal. A list: the file decides all.",
    )
    access: Many[AnyAccess] = Field(default=(), description="The access groups that this team takes up.")


class PartnerSpec(Part):
    """What a partner is, who its people are, and which access groups it takes up."""

    type: PartnerType = Field(description="What sort of partner this is.")
    status: Status = Field(
        default="active",
        description="suspended: people stay, every grant is withdrawn. ended: everything goes.",
    )
    display_name: Text = Field(description="Its name for people.", examples=["Acme Logistics GmbH"])
    owner: Slug = Field(
        description="Who answers for this partner inside; one of `owners`.", examples=["partnerships"]
    )
    domains: Many[Domain] = Field(
        default=(), description="E-mail domains its people may have; exact, subdomains are listed apart."
    )
    agreement: Maybe[Text] = Field(
        default=None, description="The contract's reference.", examples=["MSA-2024-118"]
    )
    until: Maybe[Day] = Field(
        default=None,
        description="The last day of its access; caps every grant to its teams. Memberships stay.",
    )
    blocked: Many[Email] = Field(
        default=(), description="People who may be in none of its teams, delegated or not."
    )
    access: Many[AnyAccess] = Field(
        default=(), description="The access groups that each of its teams takes up."
    )
    teams: Many[Team] = Field(default=(), description="Its teams.")


class Partner(Part):
    """A partner: reseller, subsidiary, contractor, external partner or internal product team."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["Partner"] = Field(description="What this document describes.")
    metadata: Metadata
    spec: PartnerSpec
