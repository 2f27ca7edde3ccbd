"""A relation between names, where each edge is a resource, that can be followed both ways."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final, TypeAlias

from reconciler.model.resource import Resource

Name: TypeAlias = Callable[[str], str]
Edits: TypeAlias = Mapping[str, Mapping[str, Resource | None]]

_NOTHING: Final[Mapping[str, Resource]] = MappingProxyType({})


class Relation:
    """Edges by where they start and where they end. It never changes, so that two states can share it."""

    def __init__(self, edges: Mapping[str, Mapping[str, Resource]]) -> None:
        self._edges = edges

    def starts(self) -> Iterable[str]:
        """Return all names that an edge starts at."""
        return self._edges

    def of(self, start: str) -> Mapping[str, Resource]:
        """Return the edges that start here, by their ends."""
        return self._edges.get(start, _NOTHING)

    def to(self, end: str) -> Collection[str]:
        """Return where the edges start that end here. The first call looks at all edges."""
        return self._backward.get(end, ())

    def changed(self, edits: Edits) -> "Relation":
        """Return the relation with other edges put in, and taken out where there is None."""
        if not edits:
            return self
        edges = dict(self._edges)
        for start, changed in edits.items():
            merged = {**self.of(start), **changed}
            edges[start] = {end: edge for end, edge in merged.items() if edge is not None}
        return Relation(edges)

    def renamed(self, start: Name, end: Name) -> "Relation":
        """Return the relation under the new names of starts and ends."""
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
