"""Tolerant reading of raw documents: rules about names also run where the schema was not met."""

from collections.abc import Iterator
from typing import Any, Final

from reconciler.errors import InputError
from reconciler.model.document import Document
from reconciler.model.identity import canonical_domain, canonical_email
from reconciler.model.source_map import Path

_LONGEST: Final = 255


def at(data: Any, *keys: str) -> Any:
    """Return the value at these keys, or None where there is none."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def items(data: Any, *keys: str) -> list[Any]:
    """Return the list at these keys, or an empty one where there is none."""
    found = at(data, *keys)
    return found if isinstance(found, list) else []


def entries(data: Any, key: str, keys: Path) -> Iterator[tuple[str, Path]]:
    """Yield text and path of each item of a list, be it text itself or a mapping with the text at `key`."""
    for number, item in enumerate(data if isinstance(data, list) else []):
        if isinstance(item, str):
            yield item, (*keys, number)
        elif isinstance(item, dict) and isinstance(item.get(key), str):
            yield item[key], (*keys, number, key)


def spelled(email: str) -> str:
    """Return the one spelling of an address; one that cannot exist keeps its own."""
    try:
        return canonical_email(email)
    except InputError:
        return email.lower()


def spelled_domain(domain: str) -> str:
    """Return the one spelling of a domain; one that cannot exist keeps its own."""
    try:
        return canonical_domain(domain)
    except InputError:
        return domain.lower()


def brief(name: object) -> str:
    """Return a name as messages repeat it; one that is far too long for a name is cut."""
    text = str(name)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def place(document: Document, path: Path) -> str:
    """Return file:line:column of a path, for messages that name a second place."""
    return str(document.where(*path))
