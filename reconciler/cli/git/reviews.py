"""The pull request of a commit, and who approved it, from the messages of commits."""

import re
from collections.abc import Collection
from typing import Final

import msgspec

from reconciler.cli.git.repository import Repository

# As the forges write them: GitHub and Gitea, GitLab, Bitbucket.
_NUMBERS: Final = (
    re.compile(r"\AMerge pull request (#\d+) "),
    re.compile(r"\A[^\n]*\((#\d+)\)"),
    re.compile(r"^See merge request [^\s!]*(!\d+)$", re.MULTILINE),
    re.compile(r"\A[^\n]*\(pull request (#\d+)\)"),
)
_APPROVED: Final = re.compile(
    r"^(?:Approved|Reviewed|Acked)-by: *([^<\n]*[^<\s])", re.MULTILINE | re.IGNORECASE
)


class Review(msgspec.Struct, frozen=True):
    """A pull request, written #12 or !34, and who approved it; unknown values are empty."""

    name: str = ""
    approvers: tuple[str, ...] = ()

    def __str__(self) -> str:
        approved = f"approved by {', '.join(self.approvers)}" if self.approvers else ""
        return ", ".join(filter(None, (self.name, approved)))


def reviews(repository: Repository, head: str, commits: Collection[str]) -> dict[str, Review]:
    """Return the reviews of these ancestors of a commit; only those that a message names."""
    own = {commit: _parse(message) for commit, message in repository.messages(commits).items()}
    unnumbered = {commit for commit, review in own.items() if not review.name}
    merges = merges_of(repository, head, unnumbered) if unnumbered else {}
    messages = repository.messages(set(merges.values()))
    found = {
        commit: _joined(_parse(messages.get(merge, "")), own[commit]) for commit, merge in merges.items()
    }
    return {commit: review for commit, review in {**own, **found}.items() if str(review)}


def _parse(message: str) -> Review:
    """Return the review that a message names."""
    name = next((found[1] for pattern in _NUMBERS if (found := pattern.search(message))), "")
    return Review(name, tuple(dict.fromkeys(_APPROVED.findall(message))))


def _joined(merge: Review, commit: Review) -> Review:
    return Review(merge.name, tuple(dict.fromkeys((*merge.approvers, *commit.approvers))))


def merges_of(repository: Repository, head: str, commits: Collection[str]) -> dict[str, str]:
    """Return the merge that brought each of these commits to the line of first parents, if any."""
    parents = repository.parents(head)
    line = [head]
    while before := parents.get(line[-1]):
        line.append(before[0])
    came: dict[str, str] = {}
    for commit in reversed(line):
        came[commit] = commit
        waiting = [*parents.get(commit, ())]
        while waiting:
            each = waiting.pop()
            if each not in came:
                came[each] = commit
                waiting += parents.get(each, ())
    return {commit: came[commit] for commit in commits if came.get(commit, commit) != commit}
