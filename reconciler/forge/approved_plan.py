"""Find the approved plan: the one whose digest the merged pull request has in its check."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from reconciler.errors import PlanError
from reconciler.forge.approvals import Objection, owner_approvals
from reconciler.forge.standing_approvals import Excess, unknown_files
from reconciler.model.approval import OwnerApproval
from reconciler.model.approved_plans import PlanApproval
from reconciler.model.forge import Forge, PullRequest, verdict_name
from reconciler.model.plan import Plan

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_AGAIN: Final = (
    "make a plan, review it and apply it manually: `reconciler apply`, or `--approved DIGEST` with its digest"
)
# Only GitHub accepts the approval of a pull request that was merged.
_LATE: Final = {"github": "approve the merged pull request, then run this job again"}
_TOO_LATE: Final = "revert the merge and propose the change again, or apply it manually"


async def approved(forge: Forge, commit: str, portal: str, branch: str | None) -> str:
    """Return the digest of the plan that was reviewed in the pull request that this commit merged.

    Raises PlanError if no pull request merged it, or if its head has no check of ours that passed.
    """
    pull = await forge.merged_as(commit, branch)
    if pull is None:
        into = f" into {branch}" if branch else ""
        raise PlanError(f"no pull request merged {commit}{into}, so no plan was approved for it", _AGAIN)
    return await _shown(forge, pull, portal)


async def plan_approval(
    forge: Forge,
    kind: str,
    pull: PullRequest | None,
    plan: Plan,
    objection: Objection,
    excess: Excess = unknown_files,
) -> PlanApproval:
    """Return whether the plan of a merge was shown in its pull request, and approved by all owners.

    `kind` is the forge in `approvers`. A plan without changes does not have to be shown, but needs approvals
    for what its files decide.
    """
    # Without the head, so that its files are compared with the plan, too: a merge can hold more.
    merged = msgspec.structs.replace(pull, head="") if pull else None
    approvals = await owner_approvals(forge, kind, merged, [plan], objection, excess)
    is_missing = any(each.is_missing for each in approvals)
    problem = ""
    if pull is None:
        problem = "no pull request was merged as this commit" if plan.changes or is_missing else ""
    elif plan.changes:
        problem = await _not_shown(forge, pull, plan)
    return PlanApproval(
        plan=plan.digest,
        portal=plan.portal,
        pull_request=pull.number if pull else None,
        approvals=approvals,
        problem=problem,
        hint=_AGAIN if problem else _late(kind, approvals) if is_missing else "",
    )


def _late(kind: str, approvals: Iterable[OwnerApproval]) -> str:
    """Return how a missing approval can be given after the merge.

    Where an owner has nobody to give it, a later change does not help: the base's configuration names them.
    """
    can_be_given = all(each.approvers for each in approvals if each.is_missing)
    return _LATE.get(kind, _TOO_LATE) if can_be_given else _TOO_LATE


async def _not_shown(forge: Forge, pull: PullRequest, plan: Plan) -> str:
    """Return why a pull request does not show a plan; empty if it does."""
    try:
        digest = await _shown(forge, pull, plan.portal)
    except PlanError as error:
        return error.message
    if digest == plan.digest:
        return ""
    return f"the plan is not the approved one: its digest is {plan.digest}, and {digest} was approved"


async def _shown(forge: Forge, pull: PullRequest, portal: str) -> str:
    """Return the digest of the plan in the check of a pull request's head. Raises PlanError."""
    name = verdict_name(portal)
    check = await forge.get_check(pull.head, name)
    where = f"pull request {pull.number}, at its last commit {pull.head},"
    if check is None:
        raise PlanError(f'{where} has no check "{name}" of ours, so no plan was approved', _AGAIN)
    if not check.passed:
        raise PlanError(f'the newest check "{name}" of {where} did not pass, so no plan was approved', _AGAIN)
    if not _DIGEST.fullmatch(check.digest):
        raise PlanError(f'the newest check "{name}" of {where} does not name a plan', _AGAIN)
    return check.digest
