"""The dependencies of each change: created parents, deleted children, and renamed parents."""

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
    """Return the changes with their dependencies. `below` has the live children by parent.

    `claimed` maps former names in files to the objects that had them. If both are new, the object with the
    former name is created first. Otherwise, after an aborted run, the next plan would confuse the two.
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
    leaving: dict[ResourceId, list[ResourceId]] = {}
    for name, new in freed.items():
        for partner in parents(name):
            if partner not in parents(new):
                leaving.setdefault(partner, []).append(new)
    freed |= {name: new for name, new in claimed.items() if _is_new(new, planned) and _is_new(name, planned)}
    return {
        change.id: msgspec.structs.replace(
            change,
            needs=tuple(sorted({*_needs(change, planned, freed, below), *_moved_out(change, leaving)})),
        )
        for change in planned.values()
    }


def _needs(
    change: Change,
    planned: Mapping[ResourceId, Change],
    freed: Mapping[ResourceId, ResourceId],
    below: Mapping[ResourceId, Iterable[ResourceId]],
) -> Iterator[ResourceId]:
    yield from _ancestors(change, planned)
    if change.id in freed and (change.renamed_from or change.action == "create"):
        yield freed[change.id]
    if change.action == "delete":
        yield from (child for child in below.get(change.id, ()) if child in planned)


def _is_new(resource_id: ResourceId, planned: Mapping[ResourceId, Change]) -> bool:
    change = planned.get(resource_id)
    return change is not None and change.precondition == ABSENT


def _moved_out(change: Change, leaving: Mapping[ResourceId, list[ResourceId]]) -> Iterable[ResourceId]:
    """Return the teams that must leave a partner before it is deleted."""
    return leaving.get(change.id, ()) if change.action == "delete" else ()


def _ancestors(change: Change, planned: Mapping[ResourceId, Change]) -> Iterator[ResourceId]:
    """Yield the changes of parents that a change depends on, and the renames of all ancestors."""
    pending = list(parents(change.id))
    direct = set(pending)
    while pending:
        parent = pending.pop()
        ancestor = planned.get(parent)
        if ancestor is not None and (
            ancestor.renamed_from
            or (parent in direct and change.action in {"create", "update"} and _is_introduced(ancestor))
            or (change.kind == "membership" and change.action == "create" and _unblocks(ancestor))
        ):
            yield parent
        pending.extend(parents(parent))


def _is_introduced(ancestor: Change) -> bool:
    return ancestor.action in {"create", "adopt"}


def _unblocks(ancestor: Change) -> bool:
    """Whether the blocked people change: the portal rejects people whom the partner blocks."""
    before, after = ancestor.before or {}, ancestor.after or {}
    return bool(before.get("blocked") != after.get("blocked"))
