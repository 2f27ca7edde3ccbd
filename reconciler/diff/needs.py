"""What each change needs: its parents made, its children gone, the names above it in place."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from reconciler.model.kinds import parents
from reconciler.model.plan import ABSENT, Change
from reconciler.model.resource import ResourceId

_NOTHING: Final[Mapping[ResourceId, ResourceId]] = {}


def with_needs(
    changes: Iterable[Change],
    below: Mapping[ResourceId, Iterable[ResourceId]],
    claimed: Mapping[ResourceId, ResourceId] = _NOTHING,
) -> dict[ResourceId, Change]:
    """Return the changes with the ids of those they need. `below` has the live children by parent.

    `claimed` leads from the former names that files tell to who had them. Where both are new, the one that
    claims is made first: a run that ended in between would leave one that the next plan takes for the other.
    """
    planned = {change.id: change for change in changes}
    freed = {_freed_name(change): change.id for change in planned.values() if change.renamed_from}
    freed |= {name: new for name, new in claimed.items() if _is_new(new, planned) and _is_new(name, planned)}
    return {
        change.id: msgspec.structs.replace(
            change, needs=tuple(sorted(set(_needs(change, planned, freed, below))))
        )
        for change in planned.values()
    }


def _needs(
    change: Change,
    planned: Mapping[ResourceId, Change],
    freed: Mapping[ResourceId, ResourceId],
    below: Mapping[ResourceId, Iterable[ResourceId]],
) -> Iterator[ResourceId]:
    yield from _above(change, planned)
    if change.id in freed and (change.renamed_from or change.action == "create"):
        yield freed[change.id]
    if change.action == "delete":
        yield from (child for child in below.get(change.id, ()) if child in planned)


def _is_new(resource_id: ResourceId, planned: Mapping[ResourceId, Change]) -> bool:
    change = planned.get(resource_id)
    return change is not None and change.precondition == ABSENT


def _freed_name(change: Change) -> ResourceId:
    """Return the id that is free once this rename is done; a partner above has its new name by then."""
    *above, _ = change.id.split("/")
    return "/".join((*above, (change.renamed_from or "").rpartition("/")[2]))


def _above(change: Change, planned: Mapping[ResourceId, Change]) -> Iterator[ResourceId]:
    """Yield the changes of its parents that it waits for, and the renames of all above them."""
    waiting = list(parents(change.id))
    direct = set(waiting)
    while waiting:
        parent = waiting.pop()
        above = planned.get(parent)
        if above is not None and (
            above.renamed_from
            or (parent in direct and change.action != "delete" and _lets_in(above))
            or (change.kind == "membership" and change.action == "create" and _unblocks(above))
        ):
            yield parent
        waiting.extend(parents(parent))


def _lets_in(above: Change) -> bool:
    return above.action in {"create", "adopt"}


def _unblocks(above: Change) -> bool:
    """Whether people could not come in before: the portal refuses whom a partner blocks."""
    return any(field.path == "blocked" for field in above.fields)
