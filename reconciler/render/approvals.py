"""The approvals that a plan requires, by owner."""

from collections.abc import Callable, Sequence
from typing import Final

from reconciler.model.approval import FORGES
from reconciler.model.plan import Plan

_PEOPLE: Final = 6


def reasons(plan: Plan) -> dict[str, list[str]]:
    """Return the reasons for each owner, in short; nothing if approvals are off."""
    by_owner: dict[str, list[str]] = {}
    if plan.approval_mode != "off":
        for approval in plan.approvals:
            by_owner.setdefault(approval.owner, []).append(short(approval.reason))
    return by_owner


def approvals_title(plan: Plan) -> str:
    """Return the title of the approvals: a plan that only reports them requires none."""
    return "Approvals, not enforced" if plan.approval_mode == "report" else "Required approvals"


def who_approves(plan: Plan, owner: str, names: Callable[[Sequence[str], int], str]) -> str:
    """Return who can approve for an owner, such as "ask ana, ben on GitHub"; empty if that is not known.

    Where all owners must approve, it says if nobody can.

    `names` returns names as text, at most as many as given.
    """
    known = plan.approvers.get(owner, {})
    people = [
        f"{names(known[forge], _PEOPLE)} on {title}" for forge, title in FORGES.items() if known.get(forge)
    ]
    if people:
        return f"ask {' or '.join(people)}"
    return "nobody can approve yet: add approvers" if plan.approval_mode == "enforce" else ""


def short(reason: str) -> str:
    """Return a reason without the prefix `changes`, which most of them share."""
    return reason.removeprefix("changes ")
