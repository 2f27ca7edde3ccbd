"""The metadata of documents: name, labels and exceptions from rules."""

from typing import Annotated

from pydantic import Field

from reconciler.model.field_types import Day, ExternalName, Former, Many, Maybe, Part, Reason, Slug, record
from reconciler.model.rule import RuleName


@record
class RuleException:
    """An exception from a rule for this document; it turns findings of the rule into information."""

    rule: RuleName = Field(description="The rule to make an exception from.")
    reason: Reason = Field(
        description="The reason, which is shown with the finding.",
        examples=["a joint venture, until its own portal opens"],
    )
    until: Day = Field(description="The last day of the exception (UTC, inclusive).")


@record
class Metadata:
    """The metadata of partners, access groups and API products."""

    name: Slug = Field(
        description="The name: lower-case letters, digits and hyphens, unique within the kind."
    )
    labels: dict[str, str] = Field(
        default={},
        description="Labels for filters and reports. They grant no access and are not sent to portals.",
    )
    annotations: dict[str, str] = Field(
        default={}, description="Annotations for other systems. They are not sent to portals."
    )
    previously: Maybe[Former] = Field(
        default=None,
        description="One or more former names. The object with that name in the portal is renamed and keeps"
        " its members and grants.",
        examples=["old-name"],
    )
    external_name: Maybe[ExternalName] = Field(
        default=None,
        description="The name in portals where the name cannot be used: one for all portals, or by portal.",
        examples=["ACME Logistics"],
    )
    portals: Maybe[Annotated[Many[Slug], Field(min_length=1)]] = Field(
        default=None,
        description="The portals that have the objects of this document; by default all portals.",
        examples=[["production"]],
    )
    exceptions: Many[RuleException] = Field(default=(), description="Exceptions from rules, with reasons.")


class PlainMetadata(Part):
    """The metadata of documents that are not objects in a portal."""

    name: Slug = Field(description="The name.", examples=["our-company"])
    labels: dict[str, str] = Field(default={}, description="Labels for filters and reports.")
    annotations: dict[str, str] = Field(default={}, description="Annotations for other systems.")
