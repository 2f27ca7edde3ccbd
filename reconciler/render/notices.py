"""Notices about a plan that several formats show."""

from typing import Final

from reconciler.model.plan import Plan

FROM_FILES: Final = (
    "Compared with files, not with the portal; the current state of the portal is not included."
)
INCOMPLETE: Final = "The portal was not read completely, so this plan cannot be evaluated or applied."


def unproven_ends(plan: Plan) -> str:
    """Return a notice for a plan that deletes what has ended, which only the files can prove."""
    if not any(change.because == "ended" for change in plan.changes):
        return ""
    return (
        "A saved plan does not prove that something has ended: `reconciler apply PLAN` needs"
        f" --allow {plan.digest}, `reconciler apply` does not."
    )
