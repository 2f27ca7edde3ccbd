"""The comment for a merged plan without a receipt: it had no changes, or it was not applied."""

from reconciler.model.approved_plans import PlanApproval
from reconciler.model.counting import counted
from reconciler.model.plan import Plan
from reconciler.render.markdown.approvals import not_approved
from reconciler.render.markdown.comment_frame import marker
from reconciler.render.markdown.escaping import code
from reconciler.render.notices import REFUSED


def merged(plan: Plan, approval: PlanApproval | None = None, *, link: str = "") -> str:
    """Return the comment that replaces the comment of the plan; `link` is the address of the job."""
    portal = code(plan.portal)
    why = not_approved(approval) if approval else []
    if plan.changes:
        heading = f"### 🔴 Merged but not applied to {portal}"
        notes = [f"{counted(len(plan.changes), 'change')} {_were(plan)} not applied.", *(why or [REFUSED])]
    elif why:
        heading = f"### 🔴 Merged without all approvals: no changes to apply to {portal}"
        notes = why
    else:
        heading = f"### ⚪ Merged: no changes to apply to {portal}"
        notes = ["The new settings are now in effect."] if plan.file_changes else []
    job = [f"[Job log]({link})"] if link else []
    foot = f"<sub>Plan {code(plan.digest)}, created {plan.created} for {plan.today}</sub>"
    return "\n\n".join([marker(plan.portal), heading, *notes, *job, foot]) + "\n"


def _were(plan: Plan) -> str:
    return "was" if len(plan.changes) == 1 else "were"
