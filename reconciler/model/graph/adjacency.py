"""A relation between names that can be traversed in both directions; each edge is a resource."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final, TypeAlias

from reconciler.model.resource import Resource

Name: TypeAlias = Callable[[str], str]
Edits: TypeAlias = Mapping[str, Mapping[str, Resource | None]]

_NOTHING: Final[Mapping[str, Resource]] = MappingProxyType({})


class Relation:
    """Edges by start and end. A relation is immutable, so that two states can share it."""

    def __init__(self, edges: Mapping[str, Mapping[str, Resource]]) -> None:
        self._edges = edges

    def starts(self) -> Iterable[str]:
        """Return all names at which an edge starts."""
        return self._edges

    def of(self, start: str) -> Mapping[str, Resource]:
        """Return the edges that start at a name, by their ends."""
        return self._edges.get(start, _NOTHING)

    def to(self, end: str) -> Collection[str]:
        """Return the starts of the edges that end at a name. The first call traverses all edges."""
        return self._backward.get(end, ())

    def changed(self, edits: Edits) -> "Relation":
        """Return the relation with edges added or replaced, or removed if the value is None."""
        if not edits:
            return self
        edges = dict(self._edges)
        for start, changed in edits.items():
            merged = {**self.of(start), **changed}
            edges[start] = {end: edge for end, edge in merged.items() if edge is not None}
        return Relation(edges)

    def renamed(self, start: Name, end: Name) -> "Relation":
        """Return the relation with starts and ends renamed."""
        return Relation(
            {
                start(name): {end(other): edge for other, edge in ends.items()}
                for name, ends in self._edges.items()
            }
        )

    @cached_property
    def _backward(self) -> dict[str, list[str]]:
        backward: dict[str, list[str]] = {}
        for start, ends in self._edges.items():
            for end in ends:
                backward.setdefault(end, []).append(start)
        return backward
