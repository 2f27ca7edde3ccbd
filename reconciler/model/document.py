"""A document: its raw values, their positions, and the model of its kind if it matches the schema."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.model.access_group import AccessGroup, AccessGroupSpec, GroupGrant, Offer
from reconciler.model.catalog import ApiProduct, ApiProductSpec, Catalog
from reconciler.model.configuration import Configuration, ConfigurationSpec, Limit
from reconciler.model.field_types import (
    API_VERSION,
    KindName,
    Level,
    PartnerType,
    PathKind,
    UnmanagedGrants,
    Visibility,
    listed,
)
from reconciler.model.finding import Source
from reconciler.model.metadata import RuleException
from reconciler.model.partner import FromSource, GroupAccess, Partner, Person, Team
from reconciler.model.people import LockedPerson, People
from reconciler.model.portal_settings import EmbeddedPortal, Secret
from reconciler.model.source_map import Path, Written

__all__ = [
    "API_VERSION",
    "DOCUMENTS",
    "AccessGroup",
    "AccessGroupSpec",
    "ApiProduct",
    "ApiProductSpec",
    "Body",
    "Catalog",
    "Configuration",
    "ConfigurationSpec",
    "Document",
    "EmbeddedPortal",
    "FromSource",
    "GroupAccess",
    "GroupGrant",
    "KindName",
    "Level",
    "Limit",
    "LockedPerson",
    "Offer",
    "Origin",
    "Partner",
    "PartnerType",
    "PathKind",
    "People",
    "Person",
    "Repository",
    "RuleException",
    "Secret",
    "Team",
    "UnmanagedGrants",
    "Visibility",
    "listed",
]

Body: TypeAlias = Partner | AccessGroup | ApiProduct | Catalog | Configuration | People

DOCUMENTS: Final[dict[KindName, type[Body]]] = {
    "Partner": Partner,
    "AccessGroup": AccessGroup,
    "ApiProduct": ApiProduct,
    "Catalog": Catalog,
    "Configuration": Configuration,
    "People": People,
}


class Document:
    """One document of a file: what is written in it, and its model if it matches the schema.

    `kind` and `name` are None if they could not be read, `body` is None if the schema is violated.
    """

    __slots__ = ("body", "file", "kind", "name", "written")

    def __init__(
        self,
        file: str,
        kind: KindName | None,
        name: str | None,
        written: Written,
        body: Body | None = None,
    ) -> None:
        self.file = file
        self.kind = kind
        self.name = name
        self.written = written
        self.body = body

    @property
    def data(self) -> Any:
        """The raw values."""
        return self.written.data

    def where(self, *path: str | int, key: bool = False) -> Source:
        """Return the position of the value at `path`, or of its key; a missing one has that of its parent."""
        line, column = self.written.find(path, key=key)
        return Source(self.file, line, column)


class Origin(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The part of a document that a resource was made from; its position is computed on demand.

    `base` is its path, or with `item` that of what has this item, which all items can share.
    """

    document: Document
    base: Path
    item: int | str | None = None

    @property
    def path(self) -> Path:
        """The path of the part in the document."""
        return self.base if self.item is None else (*self.base, self.item)

    @property
    def source(self) -> Source:
        """The file, line and column."""
        return self.document.where(*self.path)


class Repository(msgspec.Struct, frozen=True, eq=False):
    """The result of reading the files: the configuration and the documents.

    `unreadable` are kinds of which some documents could not be read; references to these kinds are not
    reported as undefined. `digest` is the SHA-256 of all bytes read. `unusual` are the files that contain
    more than printable ASCII, an escape, or a domain in A-label form; None if this was not determined.
    `ignored` maps the files that were not read to the reason. `branch_configuration` is the configuration of
    a branch if that of its base governs; `configuration` then has the values of the base at the places of
    the branch. `elsewhere` are documents that were left out because they are for other portals only.
    """

    configuration: Document
    documents: tuple[Document, ...]
    unreadable: frozenset[KindName] = frozenset()
    files: int = 0
    digest: str = ""
    unusual: frozenset[str] | None = None
    ignored: Mapping[str, str] = {}
    branch_configuration: Document | None = None
    elsewhere: tuple[Document, ...] = ()
