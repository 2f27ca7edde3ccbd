"""Merge a pull request without a person: what this job computed, if the owners approved it in advance."""

from typing import Final

import msgspec

from reconciler import forge
from reconciler.cli import runtime
from reconciler.cli.ci import environment
from reconciler.cli.git.checked_commit import checked_commit
from reconciler.cli.git.proposal_branch import ProposalBranch
from reconciler.cli.git.repository import Repository
from reconciler.cli.git.trees import changed_files
from reconciler.model.counting import counted
from reconciler.model.file_names import PEOPLE
from reconciler.model.forge import Forge
from reconciler.workflow.plan.decisions import beyond_standing_approvals
from reconciler.workflow.validate import require_readable

_PAUSE_SECONDS: Final = 15
_MARKER: Final = "<!-- reconciler not merged -->"
_PUSHED: Final = "it does not have exactly what this job computed for the newest base"


class Proposed(msgspec.Struct, frozen=True):
    """A pull request of ours: its number, its head, and the tree that was computed."""

    number: int
    head: str
    tree: str


def not_covered(repository: Repository, name: str, base: str, commit: str, bot: tuple[str, str]) -> str:
    """Return why the standing approvals of the base do not cover a commit; empty if they do.

    `name` is that of the configuration, `bot` the kind of the forge and the user name. Raises InputError.
    """
    lock = f"{repository.prefix}{PEOPLE}"
    if others := sorted(changed_files(repository.top, base, commit).keys() - {lock}):
        return f"{others[0]} changes, and standing approvals are for {PEOPLE} alone"
    checked = checked_commit(repository, name, commit, base, runtime.today(None))
    require_readable(checked)
    found = beyond_standing_approvals(checked, *bot)
    if not found:
        return ""
    more = f" and {counted(len(found) - 1, 'more change')}" if len(found) > 1 else ""
    return f"no standing approval lets {bot[1]} merge {found[0]}{more}"


async def merge_proposal(connected: Forge, branch: ProposalBranch, proposed: Proposed, seconds: float) -> str:
    """Merge a pull request as soon as the forge allows it, and return what was done.

    Before each attempt, the files of the merge are compared with what was computed. If another user changed
    anything, it is not merged, and a comment says so.
    """
    refusal = ""
    for attempt in range(1 + int(seconds // _PAUSE_SECONDS)):
        if attempt:
            await environment.retry_policy().sleep(_PAUSE_SECONDS)
        branch.fetch()
        if branch.head != proposed.head or not branch.merges_as_computed(proposed.head, proposed.tree):
            return await _left_alone(connected, proposed.number, _PUSHED)
        refusal = await connected.merge_proposal(proposed.number, proposed.head)
        if not refusal:
            return f"#{proposed.number}: merged."
    return f"#{proposed.number} is not merged yet: {refusal}"


async def _left_alone(connected: Forge, number: int, reason: str) -> str:
    text = f"This pull request is not merged by itself: {reason}. The owners approve it, as any other change."
    await forge.upsert_comment(connected, number, f"{_MARKER}\n{text}", _MARKER)
    return f"#{number} is not merged: {reason}."
