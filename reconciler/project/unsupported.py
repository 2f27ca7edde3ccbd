"""Errors about what a portal cannot store, at their places in the files."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.model.document import Origin
from reconciler.model.finding import Finding, Source
from reconciler.model.resource import Resource

_HINT: Final = "change the definition to something that the portal supports"


def unsupported(resource: Resource, what: str, field: str = "name", hint: str = _HINT) -> Iterator[Finding]:
    """Yield the error that the portal cannot do something that a field of a resource requires.

    A resource without a place is not from the files, and has no finding.
    """
    if resource.origin is not None:
        message = f"the portal {what}, which {resource.id} requires"
        source = place_of_name(resource.origin) if field == "name" else _place(resource.origin, field)
        yield Finding.at(source, "unsupported", message, hint, id=resource.id)


def place_of_name(origin: Origin) -> Source:
    """Return the place of the external name of an object, or of its name."""
    *beside, last = origin.path
    data: Any = origin.document.data
    for step in beside:
        data = data[step]
    if last == "name" and "externalName" in data:
        return origin.document.where(*beside, "externalName")
    return origin.source


def _place(origin: Origin, field: str) -> Source:
    """Return the place of a field of a resource, or that of the resource if the field is not in the file."""
    beside = origin.path[:-1] if origin.path[-1] == "name" else origin.path
    if beside == ("metadata",):
        beside = ("spec",)
    value: Any = origin.document.data
    for step in beside:
        value = value[step]
    has_field = isinstance(value, Mapping) and field in value
    return origin.document.where(*beside, field) if has_field else origin.source
