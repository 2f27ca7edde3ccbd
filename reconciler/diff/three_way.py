"""What a branch adds to its base, field by field, apart from what differs whether it is merged or not."""

from collections.abc import Iterator, Mapping
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

_APPLY_FIRST = "apply what is merged first; or plan all of it, without --base"


class Branched(msgspec.Struct, frozen=True):
    """What a branch changes, and the drift that it leaves alone."""

    difference: Difference
    drift: tuple[Change, ...]


def branch(head: Desired, base: Desired, live: Live) -> Branched:
    """Return what `head` changes in the live state that `base` does not, and all other differences as drift.

    What both change is drift in the fields on which they agree. Raises PlanError where a change of the branch
    needs something that is only drift.
    """
    found = diff(head, live)
    other = diff(base, live)
    before = _by_later_ids(other, head, base, live)
    own: dict[ResourceId, Change] = {}
    drift: list[Change] = []
    for change in found.changes:
        known = None if _is_taken_out(change.id, head, base) else before.get(change.id)
        mine, left = _parted(change, known)
        if mine is not None:
            own[change.id] = mine
        if left is not None:
            drift.append(left)
    _take_along(own, found)
    _require_whole(own, found, before)
    drift = [change for change in drift if own.get(change.id) is not change]
    difference = Difference(
        changes=tuple(in_order(own)),
        findings=tuple(_of_branch(found, other, head, base)),
        unchanged=found.unchanged,
        unmanaged=found.unmanaged,
    )
    return Branched(difference, tuple(drift))


def _by_later_ids(other: Difference, head: Desired, base: Desired, live: Live) -> dict[ResourceId, Change]:
    """Return the base's changes by the ids that hold after the branch's own renames."""
    known = effective_renames(base, live)
    names = {old: new for old, new in effective_renames(head, live).items() if known.get(old) != new}
    return {renamed(change.id, names) if names else change.id: change for change in other.changes}


def _is_taken_out(resource_id: ResourceId, head: Desired, base: Desired) -> bool:
    """Whether the branch no longer names what has ended in its base: that is the branch's, on each day."""
    named = resource_id in head.resources or resource_id in head.because
    return base.because.get(resource_id) == "expired" and not named


def _parted(change: Change, base: Change | None) -> tuple[Change | None, Change | None]:
    """Return a change's part that is the branch's, and the part that is drift."""
    if base is None:
        return change, None
    if _does(change) == _does(base):
        return None, change
    if change.after is None or base.after is None or change.before is None:
        # It takes away, or wants what the base does not; or both want to make it, and differently.
        return change, None
    mine = _overlaid(change.before, change.after, base.after)
    own = (change.renamed_from != base.renamed_from or change.action != base.action) or mine != change.before
    drifted = mine != change.after
    left = msgspec.structs.replace(change, renamed_from=None) if own else change
    return (
        _to(change, change.before, mine) if own else None,
        _to(left, mine, change.after) if drifted else None,
    )


def _does(change: Change) -> tuple[str, Fields | None, ResourceId | None]:
    return change.action, change.after, change.renamed_from


def _overlaid(live: Fields, head: Fields, base: Fields) -> dict[str, Any]:
    """Return the live fields, but for those in which head and base differ: these as head has them."""
    merged = {**live, **{name: value for name, value in head.items() if base.get(name) != value}}
    return {name: value for name, value in merged.items() if name in head or name not in base}


def _to(change: Change, before: dict[str, Any], after: dict[str, Any]) -> Change:
    return msgspec.structs.replace(change, before=before, after=after, fields=field_changes(before, after))


def _take_along(own: dict[ResourceId, Change], found: Difference) -> None:
    """Let what has ended by its date go with what it hangs on: it would end anyway, merged or not."""
    ended = {each.id: each for each in found.changes if each.because == "expired" and each.action == "delete"}
    for change in list(own.values()) if ended else ():
        own.update({need: ended[need] for need in change.needs if need in ended and need not in own})


def _require_whole(
    own: Mapping[ResourceId, Change], found: Difference, base: Mapping[ResourceId, Change]
) -> None:
    """Check that no change of the branch needs what is only drift. Raises PlanError that names each."""
    everything = {change.id: change for change in found.changes}
    said = [
        f"{_told(change.id, need)} is merged and not applied, or was changed in the portal"
        for change in own.values()
        for need in _missing(change, own, everything, base)
    ]
    if said:
        raise PlanError("\n".join(said), _APPLY_FIRST)


def _told(changed: ResourceId, need: ResourceId) -> str:
    return (
        f"{changed} changes on this branch, and so far it"
        if changed == need
        else f"{changed} needs {need}, which"
    )


def _missing(
    change: Change,
    own: Mapping[ResourceId, Change],
    everything: Mapping[ResourceId, Change],
    base: Mapping[ResourceId, Change],
) -> Iterator[ResourceId]:
    beneath = base.get(change.id)
    if beneath is not None and (
        (change.before is None and beneath.after is not None)
        or (change.renamed_from is not None and change.renamed_from == beneath.renamed_from)
    ):
        yield change.id
        return
    for need in change.needs:
        mine = own.get(need)
        waits_for_a_name = change.kind == "membership" and _blocks(everything[need])
        if mine is None or (waits_for_a_name and not _blocks(mine)):
            yield need


def _blocks(change: Change) -> bool:
    """Whether it changes who is blocked: then a membership may have to wait for it."""
    return any(field.path == "blocked" for field in change.fields)


def _of_branch(found: Difference, other: Difference, head: Desired, base: Desired) -> Iterator[Finding]:
    """Yield the findings that the base does not have, and those about what the branch touches."""
    known = {(finding.rule, finding.id) for finding in other.findings}
    touched: set[ResourceId] | None = None
    for finding in found.findings:
        if (finding.rule, finding.id) in known:
            touched = _touched(head, base) if touched is None else touched
            if finding.id not in touched:
                continue
        yield finding


def _touched(head: Desired, base: Desired) -> set[ResourceId]:
    """Return the ids that the two ask for differently, and all above them."""
    touched: set[ResourceId] = set()
    waiting = [
        each
        for each in head.resources.keys() | base.resources.keys()
        if (wanted := head.resources.get(each)) is None
        or (known := base.resources.get(each)) is None
        or wanted.fields != known.fields
    ]
    while waiting:
        each = waiting.pop()
        if each not in touched:
            touched.add(each)
            waiting.extend(parents(each))
    return touched
