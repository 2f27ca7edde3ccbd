"""What a forge, where changes are reviewed and merged, is told of a plan and asked about it."""

from typing import Annotated, Final, Literal, Protocol, TypeAlias

import msgspec

from reconciler.errors import PortalError
from reconciler.model.secret import SecretText
from reconciler.model.timestamps import END

Conclusion: TypeAlias = Literal["success", "failure", "neutral"]
Level: TypeAlias = Literal["notice", "warning", "failure"]
# What forges name becomes part of further addresses.
Commit: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^([0-9a-f]{{40}}|[0-9a-f]{{64}}){END}")]
ACTIONS: Final = "github-actions"


class ForgeError(PortalError):
    """The forge could not be reached, refused us, or answered what it does not promise."""


class ForgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which forge is spoken to, about which project, and as whom.

    `address` is the address of its API; `token_from` says where the token came from. `app` is the slug of the
    GitHub App that the token is one of; GitLab knows no such thing. `allow_http` lets the token go over a
    network unencrypted.
    """

    kind: Literal["github", "gitlab"]
    address: str
    project: str
    token: SecretText
    token_from: str
    app: str = ACTIONS
    allow_http: bool = False


class PullRequest(msgspec.Struct, frozen=True):
    """A pull request, or a merge request; `head` is the newest commit of its branch."""

    number: int
    head: str


class Review(msgspec.Struct, frozen=True):
    """A merged pull request by its number, and the logins of the others whose approval it had."""

    number: int
    approvers: tuple[str, ...]


class Comment(msgspec.Struct, frozen=True):
    """A comment of ours."""

    id: int
    body: str


class Issue(msgspec.Struct, frozen=True):
    """An open issue of ours."""

    number: int
    body: str


class Annotation(msgspec.Struct, frozen=True):
    """What is shown beside a line of a file; a plain text, no Markdown."""

    file: str
    line: int
    level: Level
    title: str
    message: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a commit is marked with: the digest of its plan, and what became of it.

    `title` is one line, `summary` Markdown; `link` leads to the run that planned, and may be empty.
    """

    name: str
    digest: str
    conclusion: Conclusion
    title: str
    summary: str
    link: str = ""
    annotations: tuple[Annotation, ...] = ()


class CheckState(msgspec.Struct, frozen=True):
    """A verdict as the forge holds it; `passed` says that it was decided, and not against the plan."""

    digest: str
    passed: bool


class Forge(Protocol):
    """One project on one forge. Everything raises ForgeError; what may have been written is looked for."""

    async def pull_request(self, number: int) -> PullRequest:
        """Return a pull request."""
        ...

    async def merged_as(self, commit: str, branch: str | None) -> PullRequest | None:
        """Return the pull request that was merged, into the branch if one is named, as this commit."""
        ...

    async def review_of(self, commit: str) -> Review | None:
        """Return the merged pull request that a commit came with, in whatever way it was merged."""
        ...

    async def comment(self, number: int, marker: str) -> Comment | None:
        """Return our comment under a pull request that begins with the marker; no one else's ever counts."""
        ...

    async def create_comment(self, number: int, body: str, marker: str) -> None:
        """Write a new comment."""
        ...

    async def change_comment(self, number: int, comment: Comment, body: str) -> bool:
        """Write a comment anew. False when it is gone."""
        ...

    async def leave(self, commit: str, verdict: Verdict) -> None:
        """Mark a commit with a verdict, in the place of an earlier one."""
        ...

    async def mark(self, commit: str, name: str) -> CheckState | None:
        """Return the newest verdict of this name that we left on a commit."""
        ...

    async def issue(self, marker: str) -> Issue | None:
        """Return our open issue that begins with the marker; no one else's ever counts."""
        ...

    async def create_issue(self, title: str, body: str, marker: str) -> None:
        """Open a new issue."""
        ...

    async def change_issue(self, issue: Issue, body: str, *, close: bool) -> None:
        """Write an issue anew, and close it if it is done with."""
        ...


def verdict_name(portal: str) -> str:
    """Return the name of the verdict on a plan for a portal."""
    return f"reconciler plan ({portal})"
