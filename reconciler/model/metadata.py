"""What every document says about itself: its name, labels, and exceptions from rules."""

from pydantic import Field

from reconciler.model.field_types import Day, Former, Many, Maybe, Part, Reason, Slug
from reconciler.model.rule import RuleName


class RuleException(Part):
    """A reasoned exception from a rule for this object; it turns the finding into information."""

    rule: RuleName = Field(description="The rule that is set aside.")
    reason: Reason = Field(
        description="Why; it is shown wherever the finding is.",
        examples=["a joint venture, until its own portal opens"],
    )
    until: Day = Field(description="The last day of the exception.")


class Metadata(Part):
    """What every document of a named thing has."""

    name: Slug = Field(description="The name, unique in its kind; lower case, digits and hyphens.")
    labels: dict[str, str] = Field(
        default={}, description="For filters and reports; never a privilege, never sent to a portal."
    )
    annotations: dict[str, str] = Field(default={}, description="For other systems; never sent to a portal.")
    previously: Maybe[Former] = Field(
        default=None,
        description="The old name, or several: the one that is live is renamed; members and grants are kept.",
        examples=["old-name"],
    )
    exceptions: Many[RuleException] = Field(default=(), description="Reasoned exceptions from rules.")


class PlainMetadata(Part):
    """What the documents have that are no resource of a portal."""

    name: Slug = Field(description="The name.", examples=["our-company"])
    labels: dict[str, str] = Field(default={}, description="For filters and reports.")
    annotations: dict[str, str] = Field(default={}, description="For other systems.")
