"""Plans that need approvals, and reviews of them."""

from pathlib import Path
from typing import Any

from reconciler.model.approval import GivenApproval
from reconciler.model.plan import Approval, Plan, with_digests
from reconciler.render import json_format

HEAD = "a" * 40
OLDER = "b" * 40
LINK = "https://forge.example/review/1"
_FORGES = ("github", "gitlab", "gitea")


def asking(*owners: str, mode: Any = None, portal: str = "local", **approvers: tuple[str, ...]) -> Plan:
    """Return a plan that needs the approval of these owners, or of those with approvers on all forges."""
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
            approvers={owner: dict.fromkeys(_FORGES, people) for owner, people in approvers.items()},
            approval_mode=mode,
        )
    )


def by(login: str, commit: str | None = HEAD) -> GivenApproval:
    """Return an approval."""
    return GivenApproval(login, commit, LINK)


def saved(plan: Plan, folder: Path, name: str = "plan.json") -> str:
    """Save a plan, and return the name of its file."""
    (folder / name).write_text(json_format.plan(plan), encoding="utf-8")
    return name
