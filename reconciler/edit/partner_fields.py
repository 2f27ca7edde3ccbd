"""Set fields and annotations of a partner, as operations on its document."""

from collections.abc import Sequence
from typing import Any, Final

from reconciler.edit.operations import Drop, Extend, Operation, Put, RemoveEach
from reconciler.edit.yaml.canonical import key_after
from reconciler.model.identity import normalized_domain
from reconciler.model.source_map import Path

_SPEC: Final = ("spec",)
_METADATA: Final = ("metadata",)


def field_set(data: Any, key: str, value: str | Sequence[str]) -> list[Operation]:
    """Return the operations that set a field of a partner, or none if it has the value.

    `domains` are equal in any order and spelling; the comments of those that stay are kept.
    """
    spec = data["spec"]
    if key == "domains" and spec.get(key):
        return _domains_set(spec[key], value)
    if key == "status" and value == "active":
        return [Drop(_SPEC, key)] if spec.get(key, value) != value else []
    if spec.get(key) == value:
        return []
    return [Put(_SPEC, key, value, before=key_after("Partner", _SPEC, key, spec))]


def annotation_set(data: Any, name: str, value: str) -> list[Operation]:
    """Return the operations that set an annotation."""
    metadata = data["metadata"]
    if "annotations" in metadata:
        return [Put((*_METADATA, "annotations"), name, value)]
    before = key_after("Partner", _METADATA, "annotations", metadata)
    return [Put(_METADATA, "annotations", {name: value}, before=before)]


def _domains_set(before: Sequence[str], after: Sequence[str]) -> list[Operation]:
    path: Path = (*_SPEC, "domains")
    had, has = set(map(normalized_domain, before)), set(map(normalized_domain, after))
    new = [each for each in after if normalized_domain(each) not in had]
    old = frozenset(number for number, each in enumerate(before) if normalized_domain(each) not in has)
    return [*([Extend(path, new)] if new else []), *([RemoveEach(path, old)] if old else [])]
