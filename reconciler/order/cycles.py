"""Circles of needs: each loses its weakest need, so that every change can come after what it needs."""

from collections.abc import Sequence

from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.order.dependency_graph import DependencyGraph


def break_cycles(web: DependencyGraph, changes: Sequence[Change]) -> None:
    """Take needs away until no change needs itself through others; one a circle."""
    _CycleBreaker(web, [change.id for change in changes]).run()


class _CycleBreaker:
    """Changes are done as they become ready; when none is, needs are followed until a change comes again."""

    def __init__(self, web: DependencyGraph, changes: list[ResourceId]) -> None:
        self._web = web
        self._changes = changes
        self._done: set[ResourceId] = set()
        self._unmet: dict[ResourceId, list[ResourceId]] = {}
        self._dependents: dict[ResourceId, list[ResourceId]] = {}
        self._waiting: dict[ResourceId, int] = {}
        # Needs that were given up: their dependents still know of them, should they come back.
        self._parted: set[tuple[ResourceId, ResourceId]] = set()
        for change in changes:
            self._waiting[change] = len(web.of(change))
            for need in web.of(change):
                self._dependents.setdefault(need, []).append(change)

    def run(self) -> None:
        """Do all changes."""
        self._do([change for change in self._changes if not self._waiting[change]])
        for change in self._changes:
            while change not in self._done:
                self._open(self._circle(change))

    def _do(self, ready: list[ResourceId]) -> None:
        while ready:
            change = ready.pop()
            self._done.add(change)
            for dependent in self._dependents.get(change, ()):
                if change in self._web.of(dependent):
                    self._waiting[dependent] -= 1
                    if not self._waiting[dependent]:
                        ready.append(dependent)

    def _circle(self, change: ResourceId) -> list[tuple[ResourceId, ResourceId]]:
        """Return the needs of the circle that the needs of a change lead into."""
        places: dict[ResourceId, int] = {}
        way: list[ResourceId] = []
        while change not in places:
            places[change] = len(way)
            way.append(change)
            change = self._need(change)
        circle = way[places[change] :]
        return list(zip(circle, [*circle[1:], change], strict=True))

    def _need(self, change: ResourceId) -> ResourceId:
        """Return a need that is not met yet. Those before it are met, or given up, for good."""
        unmet = self._unmet.get(change)
        if unmet is None:
            unmet = self._unmet[change] = sorted(self._web.of(change), reverse=True)
        while unmet[-1] in self._done or unmet[-1] not in self._web.of(change):
            unmet.pop()
        return unmet[-1]

    def _open(self, circle: list[tuple[ResourceId, ResourceId]]) -> None:
        change, need = self._web.weakest(circle)
        known = set(self._web.of(change))
        self._web.give_up(change, need)
        self._parted.add((change, need))
        for new in self._web.of(change).keys() - known:
            if (change, new) in self._parted:
                self._parted.remove((change, new))
            else:
                self._dependents.setdefault(new, []).append(change)
        self._unmet.pop(change, None)
        self._waiting[change] = sum(each not in self._done for each in self._web.of(change))
        if not self._waiting[change]:
            self._do([change])
