"""The place of a field in the files."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.document import Origin
from reconciler.model.finding import Source


def place(origin: Origin, field: str) -> Source:
    """Return the place of a field of a resource, or that of the resource if the field is not in the file."""
    beside = origin.path[:-1] if origin.path[-1] == "name" else origin.path
    if beside == ("metadata",):
        beside = ("spec",)
    value: Any = origin.document.data
    for step in beside:
        value = value[step]
    return origin.document.where(*beside, field) if _has(value, field) else origin.source


def _has(value: Any, field: str) -> bool:
    return isinstance(value, Mapping) and field in value
