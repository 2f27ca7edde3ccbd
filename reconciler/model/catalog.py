"""The documents Catalog (the APIs of the portal) and ApiProduct (APIs that belong together)."""

from typing import Literal

from pydantic import Field

from reconciler.model.field_types import ApiName, LongText, Many, Maybe, Part, Slug, Text, Visibility
from reconciler.model.metadata import Metadata, PlainMetadata


class ApiProductSpec(Part):
    """APIs that belong together, with owner and visibility."""

    display_name: Text = Field(description="The name that is shown to people.", examples=["Shipping suite"])
    description: Maybe[LongText] = Field(
        default=None,
        description="What the product is for.",
        examples=["From a quote to a parcel on the road"],
    )
    owner: Slug = Field(
        description="The owner: a name under `owners` in the configuration.", examples=["logistics"]
    )
    apis: Many[ApiName] = Field(
        default=(), description="The APIs of the product, by their names in the portal."
    )
    visibility: Visibility = Field(default="restricted", description="Who can see it in the portal.")


class ApiProduct(Part):
    """An API product: APIs that belong together."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the file format.")
    kind: Literal["ApiProduct"] = Field(description="The kind of the document.")
    metadata: Metadata
    spec: ApiProductSpec


class CatalogApi(Part):
    """An API that the portal offers."""

    name: ApiName = Field(description="The name in the portal.")
    display_name: Maybe[Text] = Field(
        default=None,
        description="The name that is shown to people. The default is the name.",
        examples=["Tracking"],
    )
    owner: Slug = Field(
        description="The owner: a name under `owners` in the configuration.", examples=["logistics"]
    )
    visibility: Visibility = Field(default="restricted", description="Who can see it in the portal.")
    bundled_by: Many[Slug] = Field(
        default=(),
        description=(
            "Owners who can put it into their groups and products without the approval of its own owner."
        ),
        examples=[["payments"]],
    )


class CatalogSpec(Part):
    """The APIs that the portal offers."""

    apis: Many[CatalogApi] = Field(default=(), description="One entry for each API.")


class Catalog(Part):
    """The APIs that the portal offers."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the file format.")
    kind: Literal["Catalog"] = Field(description="The kind of the document.")
    metadata: PlainMetadata
    spec: CatalogSpec
