"""The order of applying changes: dependencies first, creations before deletions, then by kind and id."""

from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush

from reconciler.model.counting import counted
from reconciler.model.kinds import kind_row
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId


def in_order(planned: Mapping[ResourceId, Change]) -> Iterator[Change]:
    """Yield every change after its dependencies; ties are broken by rank and id, so the order is stable."""
    waiting = {change.id: len(change.needs) for change in planned.values()}
    dependents: dict[ResourceId, list[ResourceId]] = {}
    for change in planned.values():
        for need in change.needs:
            dependents.setdefault(need, []).append(change.id)
    ready = [_key(change) for change in planned.values() if not change.needs]
    heapify(ready)
    while ready:
        change = planned[heappop(ready)[-1]]
        yield change
        for dependent in dependents.get(change.id, ()):
            waiting[dependent] -= 1
            if not waiting[dependent]:
                heappush(ready, _key(planned[dependent]))
    left = [each for each, needs in waiting.items() if needs]
    if left:
        # A plan must not omit changes; nothing was written yet.
        raise RuntimeError(
            f"{counted(len(left), 'change')} in a cycle of dependencies, including {min(left)}"
        )


def _key(change: Change) -> tuple[bool, int, ResourceId]:
    rank = kind_row(change.kind).rank
    deletes = change.action == "delete"
    return deletes, -rank if deletes else rank, change.id
