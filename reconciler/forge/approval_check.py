"""The check of a pull request that shows whether all owners have approved its plans."""

from collections.abc import Callable, Sequence
from typing import Final

from reconciler.model.approval import OwnerApproval
from reconciler.model.forge import Conclusion, Verdict
from reconciler.model.printable import printable

APPROVALS: Final = "reconciler/approvals"
# The title is one line; the summary has all of them.
_OWNERS: Final = 3
_PEOPLE: Final = 3


def approvals_verdict(
    approvals: Sequence[OwnerApproval], summary: str, link: str = "", *, of_all: bool = True
) -> Verdict:
    """Return the check: pending while an enforced approval is missing; `summary` is Markdown.

    It is pending, too, unless `approvals` are those of all plans.
    """
    conclusion, title = _conclusion(approvals)
    if conclusion != "pending" and not of_all:
        conclusion, title = "pending", "Unknown: not all plans could be read"
    return Verdict(
        name=APPROVALS, digest="", conclusion=conclusion, title=printable(title), summary=summary, link=link
    )


def _conclusion(approvals: Sequence[OwnerApproval]) -> tuple[Conclusion, str]:
    """Return the conclusion and the title."""
    if not approvals:
        return "success", "No approval is needed"
    missing = [each for each in approvals if each.is_missing]
    if missing:
        return "pending", f"Missing: {_listed(missing, _candidates)}"
    open_ = [each for each in approvals if not each.approved_by and not each.standing_approval]
    unchecked = [each for each in open_ if not each.approvers]
    if unchecked:
        return "neutral", f"Cannot be checked: {_listed(unchecked, _nobody)}"
    if open_:
        return "neutral", f"Not approved, and not enforced: {_listed(open_, _candidates)}"
    return "success", f"Approved: {_listed(approvals, _givers)}"


def _listed(approvals: Sequence[OwnerApproval], people: Callable[[OwnerApproval], Sequence[str]]) -> str:
    """Return the first owners, each with the first of their people, and the number of the rest."""
    shown = [f"{each.owner}{_in_brackets(people(each))}" for each in approvals[:_OWNERS]]
    left = len(approvals) - len(shown)
    return f"{', '.join(shown)}{f' and {left:,} more' if left else ''}"


def _in_brackets(people: Sequence[str]) -> str:
    more = [f"{len(people) - _PEOPLE:,} more"] if len(people) > _PEOPLE else []
    return f" ({', '.join([*people[:_PEOPLE], *more])})" if people else ""


def _candidates(approval: OwnerApproval) -> Sequence[str]:
    return approval.approvers


def _givers(approval: OwnerApproval) -> Sequence[str]:
    given = [each.login for each in approval.approved_by]
    return given or [approval.standing_approval]


def _nobody(_approval: OwnerApproval) -> Sequence[str]:
    return ()
