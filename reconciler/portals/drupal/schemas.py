"""The documents of JSON:API that are read."""

from typing import Any, Final, TypeAlias

import msgspec

from reconciler.http.pagination import JsonApiBody

# The id of a deleted object that a relationship still refers to.
MISSING: Final = "missing"


class Identifier(msgspec.Struct, frozen=True, gc=False):
    """The type and id of an object; `meta` may have its machine name."""

    type: str
    id: str
    meta: dict[str, Any] = {}


class Relationship(msgspec.Struct, frozen=True, gc=False):
    """What an object refers to: one other, several, or none."""

    data: Identifier | list[Identifier] | None = None


class Item(msgspec.Struct, frozen=True):
    """An object as the account sees it: fields that it may not see are left out."""

    type: str
    id: str
    attributes: dict[str, Any] = {}
    relationships: dict[str, Relationship] = {}

    def ids(self, relationship: str) -> list[str]:
        """Return the ids that a relationship refers to."""
        return [each.id for each in self.identifiers(relationship)]

    def identifiers(self, relationship: str) -> list[Identifier]:
        """Return what a relationship refers to."""
        found = self.relationships[relationship].data if relationship in self.relationships else None
        if found is None:
            return []
        return found if isinstance(found, list) else [found]


class Document(msgspec.Struct, frozen=True):
    """A document with one object."""

    data: Item


class Link(msgspec.Struct, frozen=True):
    """A link."""

    href: str


class JsonApi(msgspec.Struct, frozen=True):
    """The version of JSON:API in which a document is written."""

    version: str = ""


class Entry(msgspec.Struct, frozen=True):
    """The entry point: a link to each resource type, and to the account of the credentials."""

    jsonapi: JsonApi = JsonApi()
    links: dict[str, Link | str | None] = {}
    meta: dict[str, Any] = {}

    def address(self, type_name: str) -> str | None:
        """Return the address of a resource type, or None."""
        found = self.links.get(type_name)
        return found.href if isinstance(found, Link) else found

    @property
    def me(self) -> str | None:
        """The id of the account, or None for credentials that are not accepted."""
        found: Any = self.meta
        for step in ("links", "me", "meta", "id"):
            found = found.get(step) if isinstance(found, dict) else None
        return found if isinstance(found, str) else None


class _Source(msgspec.Struct, frozen=True):
    pointer: str = ""


class _Error(msgspec.Struct, frozen=True):
    title: str = ""
    detail: str = ""
    source: _Source = _Source()


class Errors(msgspec.Struct, frozen=True):
    """An error response."""

    errors: list[_Error] = []

    @property
    def text(self) -> str:
        """What is wrong, with the place in the request."""
        return "; ".join(
            f"{each.detail or each.title}{f' ({each.source.pointer})' if each.source.pointer else ''}"
            for each in self.errors
        )


Items: TypeAlias = JsonApiBody[Item]
ENTRY: Final = msgspec.json.Decoder(Entry)
ITEMS: Final = msgspec.json.Decoder(Items)
DOCUMENT: Final = msgspec.json.Decoder(Document)
ERRORS: Final = msgspec.json.Decoder(Errors)
