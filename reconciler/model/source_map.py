"""Where each value of a YAML document stands, kept in three flat arrays rather than objects."""

from array import array
from collections.abc import Iterable, Mapping
from typing import Any, Final

# Above so many children it pays to note where each begins, as a file with many findings asks often.
_MANY: Final = 64

Path = tuple[str | int, ...]


class Positions:
    """Line and column of every node of one document, in the order of the file; kept from 0, told from 1.

    A node is a scalar, a sequence or a mapping; a mapping's children are key, value, key, value.
    `ends[n]` is the index after the last node below node `n`, so that a subtree is skipped in one step.
    """

    __slots__ = ("_noted_items", "_noted_keys", "columns", "ends", "lines")

    def __init__(self, lines: "array[int]", columns: "array[int]", ends: "array[int]") -> None:
        self.lines = lines
        self.columns = columns
        self.ends = ends
        self._noted_keys: dict[int, dict[str | int, tuple[int, int]]] = {}
        self._noted_items: dict[int, array[int]] = {}

    def find(self, data: Any, path: Iterable[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value at `path` in `data`, or of its key with `key`.

        Where the path leads to nothing, the last thing on it that exists is the answer, so a
        missing key is found at its parent.
        """
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
        """Return the nodes of a child's key and value; an item of a sequence is its own key."""
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
        """Return the nodes of every key of a mapping and of its value, by name; they are looked for once."""
        if node not in self._noted_keys:
            noted = self._noted_keys[node] = dict[str | int, tuple[int, int]]()
            child = node + 1
            for name in names:
                value = self.ends[child]
                noted[name] = child, value
                child = self.ends[value]
        return self._noted_keys[node]

    def _items(self, number: int, node: int) -> "array[int]":
        """Return the nodes of so many items of a sequence; they are looked for once."""
        if node not in self._noted_items:
            noted = self._noted_items[node] = array("I")
            child = node + 1
            for _ in range(number):
                noted.append(child)
                child = self.ends[child]
        return self._noted_items[node]
