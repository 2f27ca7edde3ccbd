"""A document: what stands in a file, with its places, and the pydantic class of its kind where it fits."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import msgspec

from reconciler.model.access_group import AccessGroup, AccessGroupSpec, GroupGrant, Offer
from reconciler.model.catalog import ApiProduct, ApiProductSpec, Catalog
from reconciler.model.configuration import Configuration, ConfigurationSpec, EmbeddedPortal, Limit, Secret
from reconciler.model.field_types import (
    API_VERSION,
    KindName,
    Level,
    PartnerType,
    UnmanagedGrants,
    Visibility,
    listed,
)
from reconciler.model.finding import Source
from reconciler.model.metadata import RuleException
from reconciler.model.partner import GroupAccess, Partner, Person, Team
from reconciler.model.source_map import Path, Positions

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
    "GroupAccess",
    "GroupGrant",
    "KindName",
    "Level",
    "Limit",
    "Offer",
    "Origin",
    "Partner",
    "PartnerType",
    "Person",
    "Repository",
    "RuleException",
    "Secret",
    "Team",
    "UnmanagedGrants",
    "Visibility",
    "listed",
]

Body: TypeAlias = Partner | AccessGroup | ApiProduct | Catalog | Configuration

DOCUMENTS: Final[dict[KindName, type[Body]]] = {
    "Partner": Partner,
    "AccessGroup": AccessGroup,
    "ApiProduct": ApiProduct,
    "Catalog": Catalog,
    "Configuration": Configuration,
}


class Document:
    """One document of one file: its raw values, their places, and its model where it fits the schema.

    `kind` and `name` are what could be read, `body` is None where the schema was not met.
    """

    __slots__ = ("body", "data", "file", "kind", "name", "positions")

    def __init__(
        self,
        file: str,
        kind: KindName | None,
        name: str | None,
        data: Any,
        positions: Positions,
        body: Body | None = None,
    ) -> None:
        self.file = file
        self.kind = kind
        self.name = name
        self.data = data
        self.positions = positions
        self.body = body

    def where(self, *path: str | int, key: bool = False) -> Source:
        """Return where the value at `path` stands, or its key; a missing one is found at its parent."""
        line, column = self.positions.find(self.data, path, key=key)
        return Source(self.file, line, column)


class Origin:
    """What a resource was made from: the place is computed only when somebody asks."""

    __slots__ = ("document", "path")

    def __init__(self, document: Document, path: Path) -> None:
        self.document = document
        self.path = path

    @property
    def source(self) -> Source:
        """The file, line and column."""
        return self.document.where(*self.path)


class Repository(msgspec.Struct, frozen=True, eq=False):
    """All that was read: the configuration, the documents, and the kinds some of which could not be read.

    A reference into `unreadable` kinds is not called dangling: what it names may stand in the broken file.
    `digest` is the sha256 of all bytes read. `unusual` are the files that hold more than printable ASCII, an
    escape, or a domain in A-form; None where nobody looked. `ignored` are the files below the configuration's
    paths that were not read, each with why.
    """

    configuration: Document
    documents: tuple[Document, ...]
    unreadable: frozenset[KindName] = frozenset()
    files: int = 0
    digest: str = ""
    unusual: frozenset[str] | None = None
    ignored: Mapping[str, str] = {}
