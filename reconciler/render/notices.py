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
        "The files prove that something has ended, a saved plan does not: `reconciler apply` needs no option,"
        f" `reconciler apply PLAN` needs --allow {plan.digest}"
    )
