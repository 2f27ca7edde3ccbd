"""Three-way comparison: separate the changes of a branch from drift, field by field."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from reconciler.diff.difference import Difference, diff
from reconciler.diff.fields import field_changes
from reconciler.diff.renames import effective_renames
from reconciler.errors import PlanError
from reconciler.model.finding import Finding
from reconciler.model.kinds import parents, renamed
from reconciler.model.plan import Change
from reconciler.model.resource import Desired, Fields, Live, ResourceId
from reconciler.model.toposort import in_order

_APPLY_FIRST = "apply what is merged first (`reconciler apply` on the base branch), or plan without --base"


class Branched(msgspec.Struct, frozen=True):
    """The changes of a branch, and the drift that it does not change."""

    difference: Difference
    drift: tuple[Change, ...]


def branch(
    head: Desired, base: Desired, live: Live, covered: Callable[[ResourceId], bool] | None = None
) -> Branched:
    """Return the changes of `head` that `base` does not make, and all other differences as drift.

    If both change an object, the fields on which they agree are drift. Raise PlanError if a change of the
    branch depends on drift. Only what is `covered` is counted and can be drift.
    """
    found = diff(head, live, covered)
    other = diff(base, live, covered)
    before = _by_later_ids(other, head, base, live)
    own: dict[ResourceId, Change] = {}
    drift: list[Change] = []
    for change in found.changes:
        known = None if _is_expired_entry_removed(change.id, head, base) else before.get(change.id)
        own_change, drift_change = _split(change, known)
        if own_change is not None:
            own[change.id] = own_change
        if drift_change is not None:
            drift.append(drift_change)
    _add_expired_children(own, found)
    _check_dependencies(own, found, before)
    drift = [
        change
        for change in drift
        if own.get(change.id) is not change and (covered is None or covered(change.id))
    ]
    difference = Difference(
        changes=tuple(in_order(own)),
        findings=tuple(_of_branch(found, other, head, base)),
        unchanged=found.unchanged,
        unmanaged=found.unmanaged,
    )
    return Branched(difference, tuple(drift))


def _by_later_ids(other: Difference, head: Desired, base: Desired, live: Live) -> dict[ResourceId, Change]:
    """Return the changes of the base by the ids after the renames of the branch."""
    known = effective_renames(base, live)
    names = {old: new for old, new in effective_renames(head, live).items() if known.get(old) != new}
    return {renamed(change.id, names) if names else change.id: change for change in other.changes}


def _is_expired_entry_removed(resource_id: ResourceId, head: Desired, base: Desired) -> bool:
    """Whether the branch removes an entry that has expired in its base, which is a change of the branch."""
    named = resource_id in head.resources or resource_id in head.because
    return base.because.get(resource_id) == "expired" and not named


def _split(change: Change, base: Change | None) -> tuple[Change | None, Change | None]:
    """Split a change into the part of the branch and the part that is drift."""
    if base is None:
        return change, None
    if _effect(change) == _effect(base):
        return None, change
    if change.after is None or base.after is None or change.before is None:
        # The branch deletes or restores the object, or both create it differently.
        return change, None
    merged = _merge(change.before, change.after, base.after)
    is_own = (change.renamed_from, change.action) != (base.renamed_from, base.action)
    is_own = is_own or merged != change.before
    drift = msgspec.structs.replace(change, renamed_from=None) if is_own else change
    return (
        _to(change, change.before, merged) if is_own else None,
        # An invitation that is sent again changes no field.
        _to(drift, merged, change.after) if merged != change.after or not is_own else None,
    )


def _effect(change: Change) -> tuple[str, Fields | None, ResourceId | None]:
    return change.action, change.after, change.renamed_from


def _merge(live: Fields, head: Fields, base: Fields) -> dict[str, Any]:
    """Return the live fields with the values of head where head and base differ."""
    merged = {**live, **{name: value for name, value in head.items() if base.get(name) != value}}
    return {name: value for name, value in merged.items() if name in head or name not in base}


def _to(change: Change, before: Fields, after: Fields) -> Change:
    because = change.because if before.get("level") != after.get("level") else None
    fields = field_changes(before, after)
    return msgspec.structs.replace(change, before=before, after=after, fields=fields, because=because)


def _add_expired_children(own: dict[ResourceId, Change], found: Difference) -> None:
    """Add expired children to the changes of the branch that depend on their deletion."""
    ended = {each.id: each for each in found.changes if each.because == "expired" and each.action == "delete"}
    for change in list(own.values()) if ended else ():
        own.update({need: ended[need] for need in change.needs if need in ended and need not in own})


def _check_dependencies(
    own: Mapping[ResourceId, Change], found: Difference, base: Mapping[ResourceId, Change]
) -> None:
    """Check that no change of the branch depends on drift. Raise PlanError with each such dependency."""
    everything = {change.id: change for change in found.changes}
    conflicts = [
        _conflict(change.id, need, base)
        for change in own.values()
        for need in _missing(change, own, everything, base)
    ]
    if conflicts:
        raise PlanError("\n".join(conflicts), _APPLY_FIRST)


def _conflict(changed: ResourceId, need: ResourceId, base: Mapping[ResourceId, Change]) -> str:
    """Return which change of the branch has to wait, and for what."""
    former = base[need].renamed_from if need in base else None
    if former:
        return f"{changed} depends on the rename of {former} to {need}, which is merged but not applied"
    what = (
        f"{changed} changes on this branch and has an earlier change"
        if changed == need
        else f"{changed} depends on {need}, which has a change"
    )
    return f"{what} that is merged but not applied, or was changed in the portal"


def _missing(
    change: Change,
    own: Mapping[ResourceId, Change],
    everything: Mapping[ResourceId, Change],
    base: Mapping[ResourceId, Change],
) -> Iterator[ResourceId]:
    base_change = base.get(change.id)
    if base_change is not None and (
        (change.before is None and base_change.after is not None)
        or (change.renamed_from is not None and change.renamed_from == base_change.renamed_from)
    ):
        yield change.id
        return
    for need in change.needs:
        own_change = own.get(need)
        waits_for_a_name = change.kind == "membership" and _blocks(everything[need])
        if own_change is None or (waits_for_a_name and not _blocks(own_change)):
            yield need


def _blocks(change: Change) -> bool:
    """Whether a change affects the blocked people, so that memberships can depend on it."""
    return any(field.path == "blocked" for field in change.fields)


def _of_branch(found: Difference, other: Difference, head: Desired, base: Desired) -> Iterator[Finding]:
    """Yield the findings that the base does not have, and those about objects that the branch changes."""
    known = {(finding.rule, finding.id) for finding in other.findings}
    changed_ids: set[ResourceId] | None = None
    for finding in found.findings:
        if (finding.rule, finding.id) in known:
            changed_ids = _changed_ids(head, base) if changed_ids is None else changed_ids
            if finding.id not in changed_ids:
                continue
        yield finding


def _changed_ids(head: Desired, base: Desired) -> set[ResourceId]:
    """Return the ids of resources that differ between head and base, and their ancestors."""
    changed_ids: set[ResourceId] = set()
    waiting = [
        each
        for each in head.resources.keys() | base.resources.keys()
        if (wanted := head.resources.get(each)) is None
        or (known := base.resources.get(each)) is None
        or wanted.fields != known.fields
    ]
    while waiting:
        each = waiting.pop()
        if each not in changed_ids:
            changed_ids.add(each)
            waiting.extend(parents(each))
    return changed_ids
