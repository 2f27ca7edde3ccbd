"""Compute the changes between two states: creations, updates and deletions."""

from collections.abc import Callable, Collection, Iterable, Iterator

import msgspec

from reconciler.diff.comparison import Comparison
from reconciler.diff.dependencies import with_needs
from reconciler.diff.fields import field_changes
from reconciler.diff.renames import claimed_names, effective_renames, refused_renames
from reconciler.model.finding import Finding
from reconciler.model.hierarchy import children
from reconciler.model.kinds import has_owner_label
from reconciler.model.plan import Change
from reconciler.model.resource import Because, Desired, Live, Resource, ResourceId, fingerprint
from reconciler.model.toposort import in_order


class Difference(msgspec.Struct, frozen=True):
    """The changes in the order of applying, and the number of resources without changes.

    `unchanged` counts live resources that this configuration manages, `unmanaged` all others.
    """

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    unchanged: int
    unmanaged: int


def diff(desired: Desired, live: Live, counts: Callable[[ResourceId], bool] | None = None) -> Difference:
    """Return the changes from the live state to the desired state; `counts` limits what is counted."""
    names = effective_renames(desired, live)
    comparison = Comparison(desired, live, names)
    removals = _Removals(comparison)
    changes = [*comparison.raises(), *comparison.demotions(), *removals.changes()]
    ordered = tuple(in_order(with_needs(changes, removals.below, claimed_names(desired))))
    counted = comparison.live if counts is None else list(filter(counts, comparison.live))
    managed = _count_managed(comparison, counted)
    touched = sum(
        change.action != "create" or change.before is not None
        for change in ordered
        if counts is None or counts(change.id)
    )
    return Difference(
        changes=ordered,
        findings=(*comparison.not_managed(), *removals.findings, *refused_renames(desired, live)),
        unchanged=managed - touched,
        unmanaged=len(counted) - managed,
    )


def explained(changes: Iterable[Change], desired: Desired, live: Live) -> tuple[Change, ...]:
    """Return given changes with their reasons and dependencies in the current state."""
    changes = list(changes)
    names = {change.renamed_from: change.id for change in changes if change.renamed_from}
    comparison = Comparison(desired, live, names)
    deletes = any(change.action == "delete" for change in changes)
    below = children(comparison.live) if deletes else {}
    reasoned = [
        msgspec.structs.replace(
            change,
            because=comparison.because(change.id, comparison.live[change.id])
            if change.action == "delete"
            else comparison.because_lowered(change),
        )
        for change in changes
    ]
    return tuple(with_needs(reasoned, below, claimed_names(desired)).values())


def adoption(desired: Desired, live: Live, ids: Iterable[ResourceId]) -> Difference:
    """Return the changes that set this configuration's owner label on live objects, without other changes."""
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
    """Deletions, children first; objects with unmanaged children are kept and reported."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._deletions: dict[ResourceId, tuple[Resource, Because | None]] = {
            resource_id: (held, because) for resource_id, held, because in comparison.lowers()
        }
        holds_others = any(has_owner_label(resource_id) for resource_id in self._deletions)
        self.below = children(comparison.live) if holds_others else {}
        self.findings: list[Finding] = []
        self._keep_with_unmanaged_children()

    def changes(self) -> Iterator[Change]:
        """Yield the deletions."""
        for resource_id, (held, because) in self._deletions.items():
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

    def _keep_with_unmanaged_children(self) -> None:
        """Remove the deletions of objects that still have children, from the leaves up, and report them."""
        pending = [each for each in sorted(self._deletions) if has_owner_label(each)]
        while blocked := [each for each in pending if self._remaining(each)]:
            for resource_id in blocked:
                self.findings.append(self._finding(resource_id, self._remaining(resource_id)))
                del self._deletions[resource_id]
            pending = [each for each in pending if each in self._deletions]

    def _remaining(self, resource_id: ResourceId) -> list[ResourceId]:
        return [child for child in self.below.get(resource_id, ()) if child not in self._deletions]

    def _finding(self, resource_id: ResourceId, remaining: list[ResourceId]) -> Finding:
        more = f" and {len(remaining) - 1:,} more" if len(remaining) > 1 else ""
        verb, be = ("depend", "are") if more else ("depends", "is")
        return Finding.at(
            None,
            "not-managed",
            f"{resource_id} cannot be deleted: {min(remaining)}{more} {verb} on it and {be} not managed here",
            "delete the dependent objects first, or start managing them with `reconciler adopt`",
            id=resource_id,
        )


def _count_managed(comparison: Comparison, counted: Collection[ResourceId]) -> int:
    """Count the managed live resources, without looking up parents if everything is managed."""
    return len(counted) if comparison.is_all_managed else sum(map(comparison.is_managed, counted))
