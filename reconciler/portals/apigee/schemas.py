"""The other representations of the Apigee API that are read. Secrets of keys are left out."""

from typing import Final

import msgspec

from reconciler.portals.apigee.app_group import AppGroup, Attribute

APPROVED: Final = "approved"


class Product(msgspec.Struct, frozen=True, gc=False):
    """An API product in a list."""

    name: str


class Developer(msgspec.Struct, frozen=True, gc=False):
    """A developer in a list."""

    email: str


class ProductOnKey(msgspec.Struct, frozen=True, gc=False):
    """An API product that a key is for; the status is approved, pending or revoked."""

    apiproduct: str
    status: str = ""


class Credential(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A key of an app. An update replaces its attributes and scopes."""

    consumer_key: str
    status: str = ""
    api_products: tuple[ProductOnKey, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    scopes: tuple[str, ...] = ()

    def status_of(self, product: str) -> str | None:
        """Return the status of a product on this key; None if the key is not for it."""
        return next((each.status for each in self.api_products if each.apiproduct == product), None)


class App(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """An app of an AppGroup with its keys."""

    name: str
    app_group: str = ""
    status: str = ""
    credentials: tuple[Credential, ...] = ()

    @property
    def keys(self) -> tuple[Credential, ...]:
        """The keys that work."""
        if self.status != APPROVED:
            return ()
        return tuple(each for each in self.credentials if each.status == APPROVED)


class Organization(msgspec.Struct, frozen=True):
    """The organization."""

    name: str


class TokenPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page with a token for the next one."""

    next_page_token: str = ""

    @property
    def following(self) -> dict[str, str] | None:
        """The query of the next page."""
        return {"pageToken": self.next_page_token} if self.next_page_token else None


class AppGroups(TokenPage, frozen=True, rename="camel"):
    """A page of AppGroups."""

    app_groups: list[AppGroup] = []


class Apps(TokenPage, frozen=True, rename="camel"):
    """A page of the apps of an organization."""

    app: list[App] = []


class AppGroupApps(TokenPage, frozen=True, rename="camel"):
    """A page of the apps of an AppGroup."""

    app_group_apps: list[App] = []


class Products(msgspec.Struct, frozen=True, rename="camel"):
    """A page of API products."""

    api_product: list[Product] = []


class Developers(msgspec.Struct, frozen=True):
    """A page of developers."""

    developer: list[Developer] = []


# The API sends 64-bit numbers as texts.
APP_GROUP: Final = msgspec.json.Decoder(AppGroup, strict=False)
APP_GROUPS: Final = msgspec.json.Decoder(AppGroups, strict=False)
APPS: Final = msgspec.json.Decoder(Apps)
APP_GROUP_APPS: Final = msgspec.json.Decoder(AppGroupApps)
PRODUCTS: Final = msgspec.json.Decoder(Products)
DEVELOPERS: Final = msgspec.json.Decoder(Developers)
CREDENTIAL: Final = msgspec.json.Decoder(Credential)
ORGANIZATION: Final = msgspec.json.Decoder(Organization)
