"""The positions of all values in a YAML document, stored in three flat arrays to save memory."""

from array import array
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

# With more children than this, their nodes are cached, because files with many findings look them up often.
_MANY: Final = 64

Path = tuple[str | int, ...]


class Written(Protocol):
    """What is written in a document: its values, and where they are."""

    @property
    def data(self) -> Any:
        """The values."""

    def find(self, path: Iterable[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value at `path`, or of its key if `key` is true.

        If the path does not exist, the result is the position of the last existing value on it; a missing
        key therefore has the position of its parent.
        """


class Positions:
    """Line and column of every node of a document, in file order; stored from 0, returned from 1.

    A node is a scalar, a sequence or a mapping; the children of a mapping are key, value, key, value.
    `ends[n]` is the index after the last descendant of node `n`, so that a subtree can be skipped at once.
    """

    __slots__ = ("_noted_items", "_noted_keys", "columns", "ends", "lines")

    def __init__(self, lines: "array[int]", columns: "array[int]", ends: "array[int]") -> None:
        self.lines = lines
        self.columns = columns
        self.ends = ends
        self._noted_keys: dict[int, dict[str | int, tuple[int, int]]] = {}
        self._noted_items: dict[int, array[int]] = {}

    def find(self, data: Any, path: Iterable[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value at `path` in `data`, or of its key; see `Written.find`."""
        node, here, at_key = 0, data, 0
        for step in path:
            found = self._step(here, node, step)
            if found is None:
                at_key = node
                break
            at_key, node = found
            here = here[step]
        else:
            if key:
                node = at_key
        return self.lines[node] + 1, self.columns[node] + 1

    def _step(self, here: Any, node: int, step: str | int) -> tuple[int, int] | None:
        """Return the nodes of a child's key and value; for an item of a sequence, both are the same."""
        child = node + 1
        if isinstance(here, dict):
            if len(here) > _MANY:
                return self._keys(here, node).get(step)
            for name in here:
                value = self.ends[child]
                if name == step:
                    return child, value
                child = self.ends[value]
        elif isinstance(here, list) and isinstance(step, int) and 0 <= step < len(here):
            if len(here) > _MANY:
                child = self._items(len(here), node)[step]
                return child, child
            for _ in range(step):
                child = self.ends[child]
            return child, child
        return None

    def _keys(self, names: Iterable[str], node: int) -> Mapping[str | int, tuple[int, int]]:
        """Return the nodes of all keys and values of a mapping by name; the result is cached."""
        if node not in self._noted_keys:
            noted = self._noted_keys[node] = dict[str | int, tuple[int, int]]()
            child = node + 1
            for name in names:
                value = self.ends[child]
                noted[name] = child, value
                child = self.ends[value]
        return self._noted_keys[node]

    def _items(self, number: int, node: int) -> "array[int]":
        """Return the nodes of all items of a sequence; the result is cached."""
        if node not in self._noted_items:
            noted = self._noted_items[node] = array("I")
            child = node + 1
            for _ in range(number):
                noted.append(child)
                child = self.ends[child]
        return self._noted_items[node]
