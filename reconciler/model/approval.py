"""Approvals: who can give them, who gave them, and what is missing."""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from reconciler.model.timestamps import END
from reconciler.model.web_address import ADDRESS

ApprovalMode: TypeAlias = Literal["enforce", "report", "off"]
# User names by forge, such as {"github": ["ana"]}; a team of GitHub or Gitea is written "@org/team".
Approvers: TypeAlias = dict[str, tuple[str, ...]]
# Each workflow of each branch acts as these users.
JOB_USERS: Final = frozenset({"github-actions[bot]", "gitea-actions", "forgejo-actions"})
FORGES: Final = {"github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea"}
# Receipts are untrusted files, so what becomes a link, and names, are validated.
_Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=rf"^[^\x00-\x1f\x7f]*{END}", max_length=300)]
_Link: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^({ADDRESS})?{END}", max_length=2000)]


class StandingApproval(msgspec.Struct, frozen=True):
    """The approval that the owners have given in advance for what comes from a source (`autoMerge`).

    `covers` is what it is for. `bots` are the accounts that must open and merge the pull request, by forge.
    """

    source: _Name
    covers: Literal["removals", "all"]
    bots: dict[str, _Name] = {}

    def __str__(self) -> str:
        return f"{self.source}: standing approval, autoMerge: {self.covers}"


class GivenApproval(msgspec.Struct, frozen=True):
    """An approval that counts in the forge: who gave it, for which commit, and its web address.

    `commit` is the head at that time; None if the forge does not tell, or if the base was changed since.
    """

    login: _Name
    commit: str | None
    link: _Link


class Reviews(msgspec.Struct, frozen=True):
    """The author of a pull request, and the approvals of others.

    A person's last decision counts: approvals that were withdrawn, dismissed or followed by a request for
    changes are left out, and so is one by the author. `merged_by` is empty before the merge.
    """

    author: str
    approvals: tuple[GivenApproval, ...] = ()
    merged_by: str = ""


class UncountedApproval(msgspec.Struct, frozen=True):
    """An approval by an approver that does not count, and the reason."""

    login: _Name
    reason: str
    link: _Link


class OwnerApproval(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether an owner approved: what for, who can approve, and who did.

    `approvers` are user names on the forge, without the author. Where there are none, approvals of this
    owner cannot be checked or given, and `problem` says why and what to do. `enforced` is whether nothing is
    applied without this approval. `uncounted` are approvals of approvers for older commits.
    `standing_approval` names the one that counts without them; it is empty if there is none.
    """

    owner: str
    reasons: tuple[str, ...]
    approvers: tuple[str, ...] = ()
    approved_by: tuple[GivenApproval, ...] = ()
    uncounted: tuple[UncountedApproval, ...] = ()
    enforced: bool = False
    problem: str = ""
    standing_approval: _Name = ""

    @property
    def is_missing(self) -> bool:
        """Whether an approval is required and was not given."""
        return self.enforced and not self.approved_by and not self.standing_approval
