"""How a JSON API divides its list of accounts into pages, as the configuration says."""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Discriminator, Field

from reconciler.model.field_types import Count, Maybe, Part, Text

_PARAMETER: Final = "The parameter of the query that has it in the request for the next page."


class LinkPages(Part):
    """Each answer has the address of the next page."""

    type: Literal["link"] = Field(description="How the next page is requested.")
    path: Maybe[Text] = Field(
        default=None,
        description="The keys that lead to the address in the answer. The default is the header Link.",
        examples=["@odata.nextLink"],
    )


class CursorPages(Part):
    """Each answer has a text that requests the next page."""

    type: Literal["cursor"] = Field(description="How the next page is requested.")
    path: Text = Field(
        description="The keys that lead to the text in the answer.", examples=["paging.next.after"]
    )
    parameter: Text = Field(description=_PARAMETER, examples=["after"])


class NumberedPages(Part):
    """Pages have numbers, and an empty page or the total ends the list."""

    type: Literal["page"] = Field(description="How the next page is requested.")
    parameter: Text = Field(description=_PARAMETER, examples=["page"])
    first: Count = Field(default=1, description="The number of the first page.")


class OffsetPages(Part):
    """Pages have the offset of their first account, and an empty page or the total ends the list."""

    type: Literal["offset"] = Field(description="How the next page is requested.")
    parameter: Text = Field(description=_PARAMETER, examples=["offset"])


RestPages: TypeAlias = Annotated[LinkPages | CursorPages | NumberedPages | OffsetPages, Discriminator("type")]
