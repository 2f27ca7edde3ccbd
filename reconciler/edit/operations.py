"""Changes of a document as data: what is put where, whether in values or in the text of a file."""

from typing import Any, TypeAlias

import msgspec

from reconciler.model.source_map import Path


class Append(msgspec.Struct, frozen=True):
    """Add an entry at the end of the list at `path`."""

    path: Path
    value: Any


class Remove(msgspec.Struct, frozen=True):
    """Take an entry out of the list at `path`."""

    path: Path
    index: int


class Put(msgspec.Struct, frozen=True):
    """Set a key of the mapping at `path`; a new one stands above `before`, or last."""

    path: Path
    key: str
    value: Any
    before: str = ""


class Drop(msgspec.Struct, frozen=True):
    """Take a key out of the mapping at `path`."""

    path: Path
    key: str


class Replace(msgspec.Struct, frozen=True):
    """Put a value in the place of the one at `path`."""

    path: Path
    value: Any


Operation: TypeAlias = Append | Remove | Put | Drop | Replace


def changed(data: Any, operation: Operation) -> Any:
    """Return the values of a document after an operation; those that were given stay as they are."""
    return _along(data, operation.path, operation)


def _along(here: Any, path: Path, operation: Operation) -> Any:
    """Return a value with what stands at `path` in it changed: only there, should it stand elsewhere too."""
    if not path:
        return _done(here, operation)
    changed_here = here.copy()
    changed_here[path[0]] = _along(here[path[0]], path[1:], operation)
    return changed_here


def _done(here: Any, operation: Operation) -> Any:
    if isinstance(operation, Append):
        return [*here, operation.value]
    if isinstance(operation, Remove):
        return here[: operation.index] + here[operation.index + 1 :]
    if isinstance(operation, Put):
        return {**here, operation.key: operation.value}
    if isinstance(operation, Drop):
        return {key: value for key, value in here.items() if key != operation.key}
    return operation.value
