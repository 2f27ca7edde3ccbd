"""The graph of access before and after changes, computed once for all users."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from reconciler.model.graph.edges import Edges, gather
from reconciler.model.graph.relevant import select_relevant
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId


class Delta:
    """The relevant edges before and after changes, computed on demand.

    Renamed objects have their new name on both sides. `desired` has the paths of new grants of APIs.
    """

    def __init__(
        self,
        resources: Mapping[ResourceId, Resource],
        changes: Sequence[Change],
        desired: Mapping[ResourceId, Resource] = MappingProxyType({}),
    ) -> None:
        self.changes = tuple(changes)
        self._desired = desired
        self._resources = resources

    def only(self, changes: Sequence[Change]) -> "Delta":
        """Return the delta of these changes alone."""
        return Delta(self._resources, changes, self._desired)

    @cached_property
    def before(self) -> Edges:
        """The edges of all people that the changes can affect."""
        names = {change.renamed_from: change.id for change in self.changes if change.renamed_from}
        return gather(select_relevant(self._resources, self.changes)).renamed(names)

    @cached_property
    def after(self) -> Edges:
        """The edges after the changes."""
        return self.before.changed(self.changes, self._desired)
