"""Notices about a plan that several formats show."""

from collections.abc import Callable, Mapping
from typing import Final

from reconciler.model.ids import split_id
from reconciler.model.kinds import kind_row, objects_in
from reconciler.model.plan import Plan, Selection
from reconciler.model.receipt import Receipt

FROM_FILES: Final = (
    "Compared with files, not with the portal; the current state of the portal is not included."
)
INCOMPLETE: Final = "The portal was not read completely, so this plan cannot be evaluated or applied."
_MOST_NAMES: Final = 10
_MOST_COVERED: Final = 5
_SELECTIONS: Final[Mapping[Selection, str]] = {
    "expired": "Only removes expired access; all other differences are left alone.",
    "removals": "Only removes and lowers access; all other differences are left alone.",
}


NO_APPROVAL: Final = "no approval was recorded"
REFUSED: Final = (
    "The plan was refused before anything was written: another plan was approved, a rule or the guard denied "
    "it, the portal has changed, or the portal was unreachable. See the job log for the reason. "
    "Then apply manually, either everything or this plan by its digest."
)


def selection(of: Plan | Receipt) -> list[str]:
    """Return the notice of a plan that does not make all differences, or of its receipt."""
    return [_SELECTIONS[of.selection]] if of.selection in _SELECTIONS else []


def coverage(plan: Plan, quoted: Callable[[str], str]) -> str:
    """Return the objects that a plan compares with the portal, or nothing if that is all or none of them."""
    covered = plan.coverage.ids if plan.coverage else []
    if not covered:
        return ""
    named = [f"{kind_row(kind).noun} {quoted(name)}" for kind, name in map(split_id, covered)]
    more = f" and {len(named) - _MOST_COVERED:,} more" if len(named) > _MOST_COVERED else ""
    return f"{', '.join(named[:_MOST_COVERED])}{more}"


def names_in_portal(plan: Plan, quoted: Callable[[str], str]) -> str:
    """Return a notice with the names in the portal of changed objects and their parents, if they differ."""
    changed = {each for change in plan.changes for _, each in objects_in(change.id)}
    found = [(each, name) for each, name in sorted(plan.external_names.items()) if each in changed]
    if not found:
        return ""
    listed = ", ".join(f"{quoted(each)} is {quoted(name)}" for each, name in found[:_MOST_NAMES])
    more = f" and {len(found) - _MOST_NAMES:,} more" if len(found) > _MOST_NAMES else ""
    return f"Names in the portal: {listed}{more}"


def unproven_ends(plan: Plan) -> str:
    """Return a notice for a plan that deletes what has ended, which only the files can prove."""
    if not any(change.because == "ended" for change in plan.changes):
        return ""
    return (
        "A saved plan does not prove that something has ended: `reconciler apply PLAN` needs"
        f" --allow {plan.digest}, `reconciler apply` does not."
    )
