"""Read raw documents tolerantly, so that rules about names also check documents that violate their schema."""

from collections.abc import Iterator
from typing import Any, Final

from reconciler.model.document import Document
from reconciler.model.source_map import Path

_MAX_LENGTH: Final = 255


def at(data: Any, *keys: str) -> Any:
    """Return the value at these keys, or None if there is none."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def items(data: Any, *keys: str) -> list[Any]:
    """Return the list at these keys, or an empty one if there is none."""
    found = at(data, *keys)
    return found if isinstance(found, list) else []


def entries(data: Any, key: str, keys: Path) -> Iterator[tuple[str, Path]]:
    """Yield text and path of each item in a list that is text, or a mapping with text at `key`."""
    for number, item in enumerate(data if isinstance(data, list) else []):
        if isinstance(item, str):
            yield item, (*keys, number)
        elif isinstance(item, dict) and isinstance(item.get(key), str):
            yield item[key], (*keys, number, key)


def truncated(name: object) -> str:
    """Return a name for messages; an extremely long one is truncated."""
    text = str(name)
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}…"


def place(document: Document, path: Path) -> str:
    """Return file:line:column of a path, for messages that refer to a second place."""
    return str(document.where(*path))
