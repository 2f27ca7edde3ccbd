"""Selections: the changes that a plan makes, where it does not make all of them."""

from collections.abc import Iterable, Mapping

import msgspec

from reconciler.diff import lowered
from reconciler.model.plan import Change
from reconciler.model.resource import ResourceId
from reconciler.order import Ordered


class Selected(msgspec.Struct, frozen=True):
    """The selected changes, and the ids of those that are left out because of what they need."""

    changes: tuple[Change, ...]
    left_out: tuple[ResourceId, ...] = ()


def select_expired(changes: Iterable[Change]) -> Selected:
    """Select the removals of expired access from changes in the order of applying.

    Nothing delays them but a rename: until then, the portal does not have their ids.
    """
    changes = tuple(changes)
    return _with_needs(changes, {each.id: each for each in changes if each.because == "expired"})


def select_removals(ordered: Ordered) -> Selected:
    """Select the changes, and the parts of changes, by which nobody gains anything.

    Left out is what needs another change, because it is a part of a rename, or because a person who keeps
    access would lose it until then.
    """
    unsafe = {each for found in ordered.transient if found.direction == "below" for each in found.changes}
    parts = {each.id: part for each in ordered.changes if (part := _removal(each)) is not None}
    unsafe.update(each.id for each in ordered.changes if each.renamed_from)
    return _with_needs(ordered.changes, parts, unsafe)


def _removal(change: Change) -> Change | None:
    """Return the part of a change by which nobody gains anything, also if it waits for its own rename."""
    return lowered(msgspec.structs.replace(change, renamed_from=None) if change.renamed_from else change)


def _with_needs(
    changes: Iterable[Change],
    candidates: Mapping[ResourceId, Change],
    unsafe: Iterable[ResourceId] = (),
) -> Selected:
    """Select the candidates that need only each other, each of them in whole."""
    unsafe = frozenset(unsafe)
    selected: list[Change] = []
    left_out: list[ResourceId] = []
    made: set[ResourceId] = set()
    for change in changes:
        part = candidates.get(change.id)
        if part is None:
            continue
        if change.id in unsafe or not made.issuperset(change.needs):
            left_out.append(change.id)
            continue
        selected.append(part)
        if part.after == change.after:
            made.add(change.id)
    return Selected(tuple(selected), tuple(left_out))
