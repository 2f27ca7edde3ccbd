"""What each change needs: its parents made, its children gone, the names above it in place."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from reconciler.model.kinds import parents, renamed
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
    partners = {
        change.renamed_from: change.id
        for change in planned.values()
        if change.kind == "partner" and change.renamed_from
    }
    freed = {
        renamed(change.renamed_from, partners if change.kind == "team" else _NOTHING): change.id
        for change in planned.values()
        if change.renamed_from
    }
    left: dict[ResourceId, list[ResourceId]] = {}
    for name, new in freed.items():
        for partner in parents(name):
            if partner not in parents(new):
                left.setdefault(partner, []).append(new)
    freed |= {name: new for name, new in claimed.items() if _is_new(new, planned) and _is_new(name, planned)}
    return {
        change.id: msgspec.structs.replace(
            change, needs=tuple(sorted({*_needs(change, planned, freed, below), *_moved_out(change, left)}))
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


def _moved_out(change: Change, left: Mapping[ResourceId, list[ResourceId]]) -> Iterable[ResourceId]:
    """Return the teams that move out of a partner before it is deleted."""
    return left.get(change.id, ()) if change.action == "delete" else ()


def _above(change: Change, planned: Mapping[ResourceId, Change]) -> Iterator[ResourceId]:
    """Yield the changes of its parents that it waits for, and the renames of all above them."""
    waiting = list(parents(change.id))
    direct = set(waiting)
    while waiting:
        parent = waiting.pop()
        above = planned.get(parent)
        if above is not None and (
            above.renamed_from
            or (parent in direct and change.action in {"create", "update"} and _lets_in(above))
            or (change.kind == "membership" and change.action == "create" and _unblocks(above))
        ):
            yield parent
        waiting.extend(parents(parent))


def _lets_in(above: Change) -> bool:
    return above.action in {"create", "adopt"}


def _unblocks(above: Change) -> bool:
    """Whether people could not come in before: the portal refuses whom a partner blocks."""
    before, after = above.before or {}, above.after or {}
    return bool(before.get("blocked") != after.get("blocked"))
