"""Find the approved plan: the one whose digest the merged pull request has in its check."""

import re
from typing import Final

from reconciler.errors import PlanError
from reconciler.model.forge import Forge, verdict_name

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_AGAIN: Final = (
    "plan, review and apply it by hand: `reconciler apply`, or `--approved DIGEST` with what was reviewed"
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
    of = f"pull request {pull.number}, at its last commit {pull.head},"
    if check is None:
        raise PlanError(f'{of} has no check "{name}" of ours, so no plan was approved', _AGAIN)
    if not check.passed:
        raise PlanError(f'the newest check "{name}" of {of} did not pass, so no plan was approved', _AGAIN)
    if not _DIGEST.fullmatch(check.digest):
        raise PlanError(f'the newest check "{name}" of {of} names no plan', _AGAIN)
    return check.digest
