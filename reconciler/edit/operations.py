"""Changes of a document as data, applicable to its values and to the text of its file."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

import msgspec

from reconciler.model.source_map import Path


class Append(msgspec.Struct, frozen=True):
    """Add an entry at the end of the list at `path`."""

    path: Path
    value: Any


class AppendText(Append, frozen=True):
    """Add an entry with the lines that it has in another file, if the list is in block style as there."""

    lines: Sequence[str]


class Extend(msgspec.Struct, frozen=True):
    """Add several entries at the end of the list at `path`."""

    path: Path
    values: Sequence[Any]


class Remove(msgspec.Struct, frozen=True):
    """Remove an entry from the list at `path`."""

    path: Path
    index: int


class RemoveEach(msgspec.Struct, frozen=True):
    """Remove several entries from the list at `path`."""

    path: Path
    indices: frozenset[int]


class Put(msgspec.Struct, frozen=True):
    """Set a key of the mapping at `path`; a new key is inserted above `before`, or last."""

    path: Path
    key: str
    value: Any
    before: str = ""


class Drop(msgspec.Struct, frozen=True):
    """Remove a key from the mapping at `path`."""

    path: Path
    key: str


class Replace(msgspec.Struct, frozen=True):
    """Replace the value at `path`."""

    path: Path
    value: Any


Operation: TypeAlias = Append | AppendText | Extend | Remove | RemoveEach | Put | Drop | Replace


def independent_runs(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Divide operations into runs, in their order; those of a run change separate values.

    Adding and removing entries changes the places of others, so each of these is a run of its own.
    """
    run: list[Operation] = []
    inside, above = set[Path](), set[Path]()
    for operation in operations:
        path = operation.path
        parents = {path[:length] for length in range(len(path))}
        is_separate = isinstance(operation, Put | Drop | Replace)
        if run and (not is_separate or path in inside or path in above or parents & inside):
            yield run
            run, inside, above = [], set(), set()
        run.append(operation)
        if is_separate:
            inside.add(path)
            above |= parents
        else:
            inside.add(())
    if run:
        yield run


def new_values(operation: Append | Extend) -> Sequence[Any]:
    """Return the entries that are added."""
    return [operation.value] if isinstance(operation, Append) else operation.values


def removed_indices(operation: Remove | RemoveEach) -> AbstractSet[int]:
    """Return the indices of the entries that are removed."""
    return {operation.index} if isinstance(operation, Remove) else operation.indices


def changed(data: Any, operation: Operation) -> Any:
    """Return the values of a document after an operation; the input is not modified."""
    return _apply_at(data, operation.path, operation)


def _apply_at(here: Any, path: Path, operation: Operation) -> Any:
    """Return a copy in which only the value at `path` is changed, even if an alias repeats it elsewhere."""
    if not path:
        return _apply(here, operation)
    changed_here = here.copy()
    changed_here[path[0]] = _apply_at(here[path[0]], path[1:], operation)
    return changed_here


def _apply(here: Any, operation: Operation) -> Any:
    if isinstance(operation, Append | Extend):
        return [*here, *new_values(operation)]
    if isinstance(operation, Remove | RemoveEach):
        gone = removed_indices(operation)
        return [each for at, each in enumerate(here) if at not in gone]
    if isinstance(operation, Put):
        return {**here, operation.key: operation.value}
    if isinstance(operation, Drop):
        return {key: value for key, value in here.items() if key != operation.key}
    return operation.value
