"""The entries of all collections of a document, in the order of the text."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import Final

import msgspec

from reconciler.edit.yaml.layout import Layout
from reconciler.model.outline import Node
from reconciler.model.source_map import Path

_START: Final = attrgetter("start")


class Place(msgspec.Struct, frozen=True, eq=False):
    """An entry of a collection, its column, and the path of its value. `in_flow`: it is in brackets."""

    start: int
    end: int
    column: int
    path: Path
    value: Node
    in_flow: bool


class Places:
    """Finds entries by offset and by path; an entry comes before those inside it."""

    def __init__(self, layout: Layout, root: Node) -> None:
        self.all = list(_places(layout, root, ()))
        self._by_path = {each.path: each for each in self.all}
        self._columns = {each.path[:-1]: each.column for each in reversed(self.all) if not each.in_flow}

    def last(self, at: int) -> Place | None:
        """Return the innermost entry that starts last before an offset."""
        number = bisect_left(self.all, at, key=_START)
        return self.all[number - 1] if number else None

    def following(self, at: int) -> Place | None:
        """Return the outermost entry that starts first after an offset."""
        number = bisect_right(self.all, at, key=_START)
        return self.all[number] if number < len(self.all) else None

    def around(self, at: int) -> Place | None:
        """Return the innermost entry that an offset is in."""
        last = self.last(at)
        outward = () if last is None else self._outward(last)
        return next((each for each in outward if each.end > at), None)

    def in_block(self, place: Place) -> Place:
        """Return the innermost entry around one, or itself, that is not in brackets; else the outermost."""
        found = list(self._outward(place))
        return next((each for each in found if not each.in_flow), found[-1])

    def column(self, path: Path) -> int:
        """Return the column of the entries of a collection in block style."""
        return self._columns.get(path, 0)

    def _outward(self, place: Place) -> Iterator[Place]:
        for length in range(len(place.path), 0, -1):
            yield self._by_path[place.path[:length]]


def _places(layout: Layout, node: Node, path: Path) -> Iterator[Place]:
    for number, entry in enumerate(layout.entries(node)):
        place = (*path, number if entry.key is None else entry.key.text)
        column = len(layout.indentation(entry.start))
        yield Place(entry.start, entry.end, column, place, entry.value, node.flow)
        yield from _places(layout, entry.value, place)
