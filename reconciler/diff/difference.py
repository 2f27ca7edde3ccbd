"""Two states to changes: what has to be made, altered and taken away."""

from collections.abc import Iterable, Iterator

import msgspec

from reconciler.diff.comparison import Comparison
from reconciler.diff.dependencies import with_needs
from reconciler.diff.fields import field_changes
from reconciler.diff.renames import claimed_names, effective_renames, refused_renames
from reconciler.model.finding import Finding
from reconciler.model.hierarchy import children
from reconciler.model.kinds import is_marked
from reconciler.model.plan import Change
from reconciler.model.resource import Because, Desired, Live, Resource, ResourceId, fingerprint
from reconciler.model.toposort import in_order


class Difference(msgspec.Struct, frozen=True):
    """What has to change, in the order of applying, and what was left alone.

    `unmanaged` counts live resources that are not this configuration's; `unchanged` those that are.
    """

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    unchanged: int
    unmanaged: int


def diff(desired: Desired, live: Live) -> Difference:
    """Return what leads from the live state to the desired one, and what is not ours to change."""
    names = effective_renames(desired, live)
    comparison = Comparison(desired, live, names)
    removals = _Removals(comparison)
    changes = [*comparison.raises(), *comparison.demotions(), *removals.changes()]
    ordered = tuple(in_order(with_needs(changes, removals.below, claimed_names(desired))))
    ours = _count_ours(comparison)
    touched = sum(change.action != "create" or change.before is not None for change in ordered)
    return Difference(
        changes=ordered,
        findings=(*comparison.not_managed(), *removals.findings, *refused_renames(desired, live)),
        unchanged=ours - touched,
        unmanaged=len(live.resources) - ours,
    )


def explained(changes: Iterable[Change], desired: Desired, live: Live) -> tuple[Change, ...]:
    """Return changes that were found before, with why they remove something and what they need, as of now."""
    changes = list(changes)
    names = {change.renamed_from: change.id for change in changes if change.renamed_from}
    comparison = Comparison(desired, live, names)
    deletes = any(change.action == "delete" for change in changes)
    below = children(comparison.live) if deletes else {}
    because = {
        change.id: comparison.because(change.id, comparison.live[change.id])
        for change in changes
        if change.action == "delete"
    }
    reasoned = [msgspec.structs.replace(change, because=because.get(change.id)) for change in changes]
    return tuple(with_needs(reasoned, below, claimed_names(desired)).values())


def adoption(desired: Desired, live: Live, ids: Iterable[ResourceId]) -> Difference:
    """Return the changes that put our mark on live objects, whose content stays as it is."""
    changes = tuple(
        Change(
            id=resource_id,
            kind=live.resources[resource_id].kind,
            action="adopt",
            before=live.resources[resource_id].fields,
            after=live.resources[resource_id].fields,
            precondition=fingerprint(live.resources[resource_id]),
            source=wanted.origin.source
            if (wanted := desired.resources.get(resource_id)) and wanted.origin
            else None,
        )
        for resource_id in sorted(ids)
    )
    return Difference(changes, (), 0, 0)


class _Removals:
    """What has to go, children first; what holds, or is held by, something foreign stays and is named."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._going: dict[ResourceId, tuple[Resource, Because | None]] = {
            resource_id: (held, because) for resource_id, held, because in comparison.lowers()
        }
        holds_others = any(is_marked(resource_id) for resource_id in self._going)
        self.below = children(comparison.live) if holds_others else {}
        self.findings: list[Finding] = []
        self._keep_what_holds_foreign()

    def changes(self) -> Iterator[Change]:
        """Yield a deletion for each thing that goes."""
        for resource_id, (held, because) in self._going.items():
            kept = [self._comparison.live[child].id for child in self.below.get(resource_id, ())]
            yield Change(
                id=resource_id,
                kind=held.kind,
                action="delete",
                because=because,
                before=held.fields,
                fields=field_changes(held.fields, None),
                precondition=fingerprint(held, kept),
            )

    def _keep_what_holds_foreign(self) -> None:
        """Take out of the deletions what still has a child, from the leaves up, and say why."""
        pending = [each for each in sorted(self._going) if is_marked(each)]
        while blocked := [each for each in pending if self._remaining(each)]:
            for resource_id in blocked:
                self.findings.append(self._finding(resource_id, self._remaining(resource_id)))
                del self._going[resource_id]
            pending = [each for each in pending if each in self._going]

    def _remaining(self, resource_id: ResourceId) -> list[ResourceId]:
        return [child for child in self.below.get(resource_id, ()) if child not in self._going]

    def _finding(self, resource_id: ResourceId, remaining: list[ResourceId]) -> Finding:
        more = f" and {len(remaining) - 1:,} more" if len(remaining) > 1 else ""
        return Finding.at(
            None,
            "not-managed",
            f"{resource_id} cannot be deleted: {min(remaining)}{more} hangs on it and is not ours",
            f"`reconciler adopt` what hangs on it, or have it taken away, before {resource_id} goes",
            id=resource_id,
        )


def _count_ours(comparison: Comparison) -> int:
    """Count the live resources that are ours; when everything is, without asking for each one's parents."""
    scope = comparison.desired.scope
    if all(held.mark == scope for each, held in comparison.live.items() if is_marked(each)):
        return len(comparison.live)
    return sum(map(comparison.is_ours, comparison.live))
