"""The approvals that a plan requires, by owner."""

from reconciler.model.plan import Plan


def reasons(plan: Plan) -> dict[str, list[str]]:
    """Return the reasons for each owner, in short; nothing if approvals are off."""
    by_owner: dict[str, list[str]] = {}
    if plan.approval_mode != "off":
        for approval in plan.approvals:
            by_owner.setdefault(approval.owner, []).append(short(approval.reason))
    return by_owner


def short(reason: str) -> str:
    """Return a reason without the prefix `changes`, which most of them share."""
    return reason.removeprefix("changes ")
