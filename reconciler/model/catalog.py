"""APIs as they are written: those that the portal offers, and those that make a product."""

from typing import Literal

from pydantic import Field

from reconciler.model.field_types import ApiName, LongText, Many, Maybe, Part, Slug, Text, Visibility
from reconciler.model.metadata import Metadata, PlainMetadata


class ApiProductSpec(Part):
    """APIs that belong together."""

    display_name: Text = Field(description="Its name for people.", examples=["Shipping suite"])
    description: Maybe[LongText] = Field(
        default=None, description="What it is for.", examples=["From a quote to a parcel on the road"]
    )
    owner: Slug = Field(description="Who answers for it; one of `owners`.", examples=["logistics"])
    apis: Many[ApiName] = Field(default=(), description="Its APIs, as the portal names them.")
    visibility: Visibility = Field(default="restricted", description="Who sees it in the portal.")


class ApiProduct(Part):
    """An API product: APIs that belong together."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["ApiProduct"] = Field(description="What this document describes.")
    metadata: Metadata
    spec: ApiProductSpec


class CatalogApi(Part):
    """An API that the portal offers."""

    name: ApiName = Field(description="As the portal names it.")
    display_name: Maybe[Text] = Field(
        default=None, description="Its name for people; by default its name.", examples=["Tracking"]
    )
    owner: Slug = Field(description="Who answers for it; one of `owners`.", examples=["logistics"])
    visibility: Visibility = Field(default="restricted", description="Who sees it in the portal.")


class CatalogSpec(Part):
    """The APIs that the portal offers."""

    apis: Many[CatalogApi] = Field(default=(), description="One entry an API.")


class Catalog(Part):
    """The APIs that the portal offers."""

    api_version: Literal["reconciler/v1"] = Field(description="The version of the language.")
    kind: Literal["Catalog"] = Field(description="What this document describes.")
    metadata: PlainMetadata
    spec: CatalogSpec
