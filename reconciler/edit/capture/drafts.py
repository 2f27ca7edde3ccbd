"""Documents while they are edited: their values after the operations so far, and these operations."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from reconciler.edit.access import revoked
from reconciler.edit.operations import Append, Drop, Operation, Put, Remove, Replace, changed
from reconciler.edit.yaml.canonical import canonical, key_after, shape_at
from reconciler.errors import InputError
from reconciler.model.document import Document, KindName
from reconciler.model.source_map import Path


class Entry(NamedTuple):
    """An entry of a list in a document."""

    kind: KindName
    name: str
    path: Path
    number: int
    value: Any


class Drafts:
    """The documents of a repository while they are edited."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = {(each.kind, each.name): each for each in documents if each.body is not None}
        # Only those of edited documents: the values of others would have to be read from their files again.
        self._data: dict[tuple[KindName | None, str | None], Any] = {}
        self._operations: dict[tuple[KindName | None, str | None], list[Operation]] = {}

    def has(self, kind: KindName, name: str) -> bool:
        """Return whether there is a valid document with this kind and name."""
        return (kind, name) in self._documents

    def data(self, kind: KindName, name: str) -> Any:
        """Return the present values of a document. Raises InputError where there is none."""
        if not self.has(kind, name):
            raise InputError("it is not defined in any valid file", "run `reconciler validate`")
        edited = self._data.get((kind, name))
        return self._documents[kind, name].data if edited is None else edited

    def place(self, entry: Entry) -> str:
        """Return file, line and column of an entry, as it was before any operation."""
        return str(self._documents[entry.kind, entry.name].where(*entry.path, entry.number))

    def file(self, kind: KindName, name: str) -> str:
        """Return the path of a document's file."""
        return self._documents[kind, name].file

    def edits(self) -> Iterator[tuple[Document, Sequence[Operation]]]:
        """Yield each edited document with its operations."""
        for key, operations in self._operations.items():
            yield self._documents[key], operations

    def entries(self, kind: KindName, name: str, *path: str | int) -> Iterator[Entry]:
        """Yield the entries of a list; none if there is no list at the path."""
        here = self.data(kind, name)
        for step in path:
            here = here.get(step, ()) if isinstance(here, dict) else here[step]
        for number, value in enumerate(here if isinstance(here, list) else ()):
            yield Entry(kind, name, path, number, value)

    def put(self, kind: KindName, name: str, path: Path, key: str, value: Any) -> None:
        """Set a key of a mapping, at its canonical place; None removes it."""
        here = self._at(kind, name, path)
        if value is None:
            if key in here:
                self._do(kind, name, Drop(path, key))
        elif here.get(key) != value:
            self._do(kind, name, Put(path, key, value, before=key_after(kind, path, key, here)))

    def append(self, kind: KindName, name: str, path: Path, value: Any) -> None:
        """Add an entry to a list, which is created if it is missing."""
        *above, key = path
        value = canonical(value, shape_at(kind, path))
        if str(key) in self._at(kind, name, tuple(above)):
            self._do(kind, name, Append(path, value))
        else:
            self.put(kind, name, tuple(above), str(key), [value])

    def remove(self, entry: Entry, *, keep_empty: bool = False) -> None:
        """Remove an entry; a list that becomes empty is removed as well, unless it is kept."""
        whole = revoked(self.data(entry.kind, entry.name), (*entry.path, entry.number))
        for operation in [Remove(entry.path, entry.number)] if keep_empty else whole:
            self._do(entry.kind, entry.name, operation)

    def update(self, entry: Entry, values: dict[str, Any]) -> None:
        """Replace an entry by these values; a mapping that stays one keeps its comments."""
        path = (*entry.path, entry.number)
        if not isinstance(entry.value, dict):
            new = canonical(values, shape_at(entry.kind, path))
            if new != entry.value:
                self._do(entry.kind, entry.name, Replace(path, new))
            return
        for key in {**entry.value, **values}:
            self.put(entry.kind, entry.name, path, key, values.get(key))

    def _at(self, kind: KindName, name: str, path: Path) -> Any:
        here = self.data(kind, name)
        for step in path:
            here = here[step]
        return here

    def _do(self, kind: KindName, name: str, operation: Operation) -> None:
        self._operations.setdefault((kind, name), []).append(operation)
        self._data[kind, name] = changed(self.data(kind, name), operation)
