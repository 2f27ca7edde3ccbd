"""The table of references: the fields of documents that name an object which is defined elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from reconciler.model.document import Document, KindName
from reconciler.model.field_types import is_part
from reconciler.model.source_map import Path

ReferenceKind: TypeAlias = Literal["Owner", "Partner", "Team", "AccessGroup", "ApiProduct", "Api", "Source"]

# In a path: each entry of a list.
EACH: Final = "*"
# The attributes of models that are not called as their keys.
_ATTRIBUTES: Final[Mapping[str, str]] = {"bundledBy": "bundled_by", "from": "source"}


class Reference(NamedTuple):
    """A reference in a document: the kind of the object, its name (PARTNER/TEAM of a team), and the path."""

    kind: ReferenceKind
    name: str
    path: Path


class ReferenceField(NamedTuple):
    """A field of a kind of documents that refers to an object.

    With `or_text`, a text in place of the last mapping is the name itself.
    """

    document: KindName
    path: tuple[str, ...]
    kind: ReferenceKind
    or_text: bool = False


REFERENCES: Final = (
    ReferenceField("Partner", ("spec", "owner"), "Owner"),
    ReferenceField("Partner", ("spec", "access", EACH, "group"), "AccessGroup", or_text=True),
    ReferenceField("Partner", ("spec", "teams", EACH, "access", EACH, "group"), "AccessGroup", or_text=True),
    ReferenceField("Partner", ("spec", "teams", EACH, "admins", "from"), "Source"),
    ReferenceField("Partner", ("spec", "teams", EACH, "members", "from"), "Source"),
    ReferenceField("AccessGroup", ("spec", "owner"), "Owner"),
    ReferenceField("AccessGroup", ("spec", "apis", EACH), "Api"),
    ReferenceField("AccessGroup", ("spec", "products", EACH), "ApiProduct"),
    ReferenceField("AccessGroup", ("spec", "offers", EACH, "partner"), "Partner"),
    ReferenceField("AccessGroup", ("spec", "grants", EACH, "partner"), "Partner"),
    ReferenceField("AccessGroup", ("spec", "grants", EACH, "team"), "Team"),
    ReferenceField("ApiProduct", ("spec", "owner"), "Owner"),
    ReferenceField("ApiProduct", ("spec", "apis", EACH), "Api"),
    ReferenceField("Catalog", ("spec", "apis", EACH, "owner"), "Owner"),
    ReferenceField("Catalog", ("spec", "apis", EACH, "bundledBy", EACH), "Owner"),
)


def references(document: Document) -> Iterator[Reference]:
    """Yield all references in a document, also in one that violates its schema."""
    # The body of a catalog can name the owners of its base or portal instead of those that are written.
    is_written = document.body is not None and document.kind != "Catalog"
    data = document.body if is_written else document.data
    for field in REFERENCES:
        if field.document == document.kind:
            for name, path in _values(data, field.path, (), or_text=field.or_text):
                yield Reference(field.kind, name, path)


def _values(data: Any, keys: Sequence[str], path: Path, *, or_text: bool) -> Iterator[tuple[str, Path]]:
    """Yield the texts at these keys, with their paths."""
    if not keys or (or_text and len(keys) == 1 and isinstance(data, str)):
        if isinstance(data, str):
            yield data, path
    elif keys[0] == EACH:
        for number, item in enumerate(data if isinstance(data, list | tuple) else ()):
            yield from _values(item, keys[1:], (*path, number), or_text=or_text)
    else:
        yield from _values(_value(data, keys[0]), keys[1:], (*path, keys[0]), or_text=or_text)


def _value(data: Any, key: str) -> Any:
    """Return the value of a key in a mapping or a model; None if there is none."""
    if isinstance(data, dict):
        return data.get(key)
    return getattr(data, _ATTRIBUTES.get(key, key), None) if is_part(type(data)) else None
