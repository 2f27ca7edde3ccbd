"""The approvals that a plan requires, by owner."""

from collections.abc import Iterable

from reconciler.model.plan import Approval


def reasons(approvals: Iterable[Approval]) -> dict[str, list[str]]:
    """Return the reasons for each owner, without the prefix `changes`, which most of them share."""
    by_owner: dict[str, list[str]] = {}
    for approval in approvals:
        by_owner.setdefault(approval.owner, []).append(approval.reason.removeprefix("changes "))
    return by_owner
