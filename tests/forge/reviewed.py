"""Plans that need approvals, and reviews of them."""

from typing import Any

from reconciler.model.approval import GivenApproval
from reconciler.model.plan import Approval, Plan, with_digests

HEAD = "a" * 40
OLDER = "b" * 40
LINK = "https://forge.example/review/1"


def asking(*owners: str, mode: Any = None, portal: str = "local", **approvers: tuple[str, ...]) -> Plan:
    """Return a plan that needs the approval of these owners, or of those with approvers on GitHub."""
    return with_digests(
        Plan(
            reconciler="0.1.0",
            portal=portal,
            portal_id=portal,
            scope="our-company",
            created="2026-11-24T04:30:00Z",
            today="2026-11-24",
            approvals=tuple(
                Approval(owner, f"changes access-group/{owner}", (f"access-group/{owner}",))
                for owner in owners or approvers
            ),
            approvers={owner: {"github": people} for owner, people in approvers.items()},
            approval_mode=mode,
        )
    )


def by(login: str, commit: str | None = HEAD) -> GivenApproval:
    """Return an approval."""
    return GivenApproval(login, commit, LINK)
