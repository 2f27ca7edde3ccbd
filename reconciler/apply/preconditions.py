"""Verify that the portal has not changed since a plan was made."""

from collections.abc import Collection, Mapping

from reconciler.errors import PlanError, PortalError
from reconciler.model.hierarchy import Resources, after_renames, children, owner
from reconciler.model.ids import kind_of
from reconciler.model.kinds import KINDS, parents
from reconciler.model.plan import ABSENT, Change, Plan
from reconciler.model.resource import Live, ResourceId, fingerprint

# Limits the message about a plan that is very outdated.
_NAMED = 20


def verify(plan: Plan, live: Live, today: str, kinds: Collection[str] = KINDS.keys()) -> None:
    """Check every precondition of the plan. Raise PlanError with each changed object and the reason.

    Parents only need to exist if they are of the `kinds` that the portal supports. Raise PortalError if the
    portal was not read completely.
    """
    if not live.complete:
        raise PortalError(f"the portal could not be read completely: {live.problem}", "nothing was written")
    if plan.portal_id != live.portal_id:
        raise PlanError(
            f"the plan was made for another portal: {plan.portal_id}; this portal is {live.portal_id}",
            "make a new plan for this portal",
        )
    names = {change.renamed_from: change.id for change in plan.changes if change.renamed_from}
    held = after_renames(live.resources, names)
    below = children(held) if any(change.action == "delete" for change in plan.changes) else {}
    planned = {change.id for change in plan.changes}
    moved = [said for change in plan.changes for said in _moved(change, held, below, plan.scope)]
    moved += [f"{new}: now exists" for new in names.values() if new in live.resources and new not in names]
    moved += _lost_parents(plan, held, planned, kinds)
    moved += [
        f"{change.id}: the last day {until} has passed"
        for change in plan.changes
        if (until := (change.after or {}).get("until")) and until < today and change.action != "adopt"
    ]
    if moved:
        listed = "\n".join(f"  {said}" for said in moved[:_NAMED])
        more = f"\n  and {len(moved) - _NAMED:,} more" if len(moved) > _NAMED else ""
        raise PlanError(f"the portal has changed since the plan was made:\n{listed}{more}", "plan again")


def _moved(
    change: Change, held: Resources, below: Mapping[ResourceId, list[ResourceId]], scope: str
) -> list[str]:
    """Return why a change's precondition does not hold, if it does not."""
    found = held.get(change.id)
    if change.precondition == ABSENT:
        return [f"{change.id}: now exists"] if found else []
    if found is None:
        return [f"{change.id}: no longer exists"]
    kept = [held[child].id for child in below.get(change.id, ())] if change.action == "delete" else []
    same = fingerprint(found, kept) == change.precondition and found.fields == change.before
    if not same:
        return [f"{change.id}: has changed"]
    if change.action != "adopt" and owner(change.id, held) != scope:
        return [f"{change.id}: does not have this configuration's owner label"]
    return []


def _lost_parents(plan: Plan, held: Resources, planned: set[ResourceId], kinds: Collection[str]) -> list[str]:
    """Return the parents of created objects that no longer exist or are no longer managed here."""
    needed = sorted(
        {
            parent
            for change in plan.changes
            if change.action == "create"
            for parent in parents(change.id)[:1]
            if parent not in planned and kind_of(parent) in kinds
        }
    )
    gone = [f"{parent}: required parent no longer exists" for parent in needed if parent not in held]
    return gone + [
        f"{parent}: no longer has this configuration's owner label"
        for parent in needed
        if parent in held and owner(parent, held) != plan.scope
    ]
