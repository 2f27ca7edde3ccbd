"""Break dependency cycles by removing the weakest dependency of each cycle."""

from collections.abc import Sequence

from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.order.dependency_graph import DependencyGraph


def break_cycles(graph: DependencyGraph, changes: Sequence[Change]) -> None:
    """Remove dependencies until the graph has no cycle, one per cycle."""
    _CycleBreaker(graph, [change.id for change in changes]).run()


class _CycleBreaker:
    """Kahn's algorithm; if no change is ready, dependencies are followed until they form a cycle."""

    def __init__(self, graph: DependencyGraph, changes: list[ResourceId]) -> None:
        self._graph = graph
        self._changes = changes
        self._done: set[ResourceId] = set()
        self._unmet: dict[ResourceId, list[ResourceId]] = {}
        self._dependents: dict[ResourceId, list[ResourceId]] = {}
        self._waiting: dict[ResourceId, int] = {}
        # Removed dependencies stay in `_dependents`, because they can be added again.
        self._removed: set[tuple[ResourceId, ResourceId]] = set()
        for change in changes:
            self._waiting[change] = len(graph.of(change))
            for need in graph.of(change):
                self._dependents.setdefault(need, []).append(change)

    def run(self) -> None:
        """Process all changes."""
        self._process([change for change in self._changes if not self._waiting[change]])
        for change in self._changes:
            while change not in self._done:
                self._break(self._cycle(change))

    def _process(self, ready: list[ResourceId]) -> None:
        while ready:
            change = ready.pop()
            self._done.add(change)
            for dependent in self._dependents.get(change, ()):
                if change in self._graph.of(dependent):
                    self._waiting[dependent] -= 1
                    if not self._waiting[dependent]:
                        ready.append(dependent)

    def _cycle(self, change: ResourceId) -> list[tuple[ResourceId, ResourceId]]:
        """Return the dependencies of the cycle that is reachable from a change."""
        places: dict[ResourceId, int] = {}
        path: list[ResourceId] = []
        while change not in places:
            places[change] = len(path)
            path.append(change)
            change = self._need(change)
        cycle = path[places[change] :]
        return list(zip(cycle, [*cycle[1:], change], strict=True))

    def _need(self, change: ResourceId) -> ResourceId:
        """Return an unmet dependency. Earlier ones are met or removed, and are never checked again."""
        unmet = self._unmet.get(change)
        if unmet is None:
            unmet = self._unmet[change] = sorted(self._graph.of(change), reverse=True)
        while unmet[-1] in self._done or unmet[-1] not in self._graph.of(change):
            unmet.pop()
        return unmet[-1]

    def _break(self, cycle: list[tuple[ResourceId, ResourceId]]) -> None:
        change, need = self._graph.weakest(cycle)
        dependencies_before = set(self._graph.of(change))
        self._graph.remove(change, need)
        self._removed.add((change, need))
        for new in self._graph.of(change).keys() - dependencies_before:
            if (change, new) in self._removed:
                self._removed.remove((change, new))
            else:
                self._dependents.setdefault(new, []).append(change)
        self._unmet.pop(change, None)
        self._waiting[change] = sum(each not in self._done for each in self._graph.of(change))
        if not self._waiting[change]:
            self._process([change])
