"""The graph of access before and after changes, computed once for all users."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Final

import msgspec

from reconciler.model.graph.edges import Edges, gather
from reconciler.model.graph.relevant import select_relevant
from reconciler.model.plan import Change
from reconciler.model.resource import GroupPaths, Resource, ResourceId


class DeltaPaths(msgspec.Struct, frozen=True):
    """The paths by groups that grants of APIs replace before and after changes, with the later names."""

    before: GroupPaths = MappingProxyType({})
    after: GroupPaths = MappingProxyType({})


UNKNOWN_PATHS: Final = DeltaPaths()


class Delta:
    """The relevant edges before and after changes, computed on demand.

    Renamed objects have their new name on both sides.
    """

    def __init__(
        self,
        resources: Mapping[ResourceId, Resource],
        changes: Sequence[Change],
        paths: DeltaPaths = UNKNOWN_PATHS,
    ) -> None:
        self.changes = tuple(changes)
        self.paths = paths
        self._resources = resources

    def only(self, changes: Sequence[Change]) -> "Delta":
        """Return the delta of these changes alone."""
        return Delta(self._resources, changes, self.paths)

    @cached_property
    def before(self) -> Edges:
        """The edges of all people that the changes can affect."""
        names = {change.renamed_from: change.id for change in self.changes if change.renamed_from}
        return gather(select_relevant(self._resources, self.changes)).renamed(names)

    @cached_property
    def after(self) -> Edges:
        """The edges after the changes."""
        return self.before.changed(self.changes)
