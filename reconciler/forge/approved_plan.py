"""Find the approved plan: the one whose digest the merged pull request has in its check."""

import re
from typing import Final

from reconciler.errors import PlanError
from reconciler.model.forge import Forge, verdict_name

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_AGAIN: Final = (
    "make a plan, review it and apply it manually: `reconciler apply`, or `--approved DIGEST` with its digest"
)


async def approved(forge: Forge, commit: str, portal: str, branch: str | None) -> str:
    """Return the digest of the plan that was reviewed in the pull request that this commit merged.

    Raises PlanError if no pull request merged it, or if its head has no check of ours that passed.
    """
    pull = await forge.merged_as(commit, branch)
    if pull is None:
        into = f" into {branch}" if branch else ""
        raise PlanError(f"no pull request merged {commit}{into}, so no plan was approved for it", _AGAIN)
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
