"""The interface to forges (GitHub, GitLab, Gitea), where changes are reviewed and merged."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, Protocol, TypeAlias

import msgspec

from reconciler.model.approval import Reviews
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import Check
from reconciler.model.secret import SecretText
from reconciler.model.timestamps import END

Conclusion: TypeAlias = Literal["success", "failure", "neutral", "pending"]
Level: TypeAlias = Literal["notice", "warning", "failure"]
# Commits from forges become part of URLs, so they are validated.
Commit: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^([0-9a-f]{{40}}|[0-9a-f]{{64}}){END}")]
# Times without a zone cannot be compared.
Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
# Web addresses from forges become links, so they contain nothing that ends a link in Markdown or HTML.
WebAddress: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=f"^https?://[A-Za-z0-9._~:/?#@!$&*+,;=%-]+{END}", max_length=2000)
]
ACTIONS: Final = "github-actions"


class ForgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The forge, the project, and the credentials.

    `address` is the URL of its API. `token_from` is where the token came from, for messages. `app` is the
    slug of the GitHub App that the token belongs to (GitHub only). `allow_http` permits sending the token
    unencrypted. `in_job` is false where a person uses a token of their own.
    """

    kind: Literal["github", "gitlab", "gitea"]
    address: str
    project: str
    token: SecretText
    token_from: str
    app: str = ACTIONS
    allow_http: bool = False
    in_job: bool = True


class PullRequest(msgspec.Struct, frozen=True):
    """A pull request or merge request; `head` is the newest commit of its branch."""

    number: int
    head: str
    is_open: bool


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request from a branch of the repository itself; `body` is its text in Markdown."""

    number: int
    head: str
    state: Literal["open", "closed", "merged"]
    author: str
    body: str


class ProposalDraft(msgspec.Struct, frozen=True):
    """A pull request that is to be opened."""

    branch: str
    base: str
    title: str
    body: str


class Review(msgspec.Struct, frozen=True):
    """A merged pull request and the logins of its approvers, without the author."""

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
    """A message beside a line of a file; plain text, not Markdown."""

    file: str
    line: int
    level: Level
    title: str
    message: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A check on a commit: the digest of its plan and the conclusion.

    `title` is one line, `summary` is Markdown. `link` is the URL of the run that planned; it may be empty.
    """

    name: str
    digest: str
    conclusion: Conclusion
    title: str
    summary: str
    link: str = ""
    annotations: tuple[Annotation, ...] = ()


class CheckState(msgspec.Struct, frozen=True):
    """The state of a check in the forge; `passed` is true if it is complete and did not fail."""

    digest: str
    passed: bool


class Forge(Protocol):
    """One project on a forge. All methods raise PortalError; writes with a lost response are looked up."""

    def checks(self, today: str) -> Sequence[Check]:
        """Return the checks of the token: whose it is, and each right that comments and checks need."""
        ...

    def setup_checks(self, expected: ExpectedSetup) -> Sequence[Check]:
        """Return the checks of the repository's set-up; they read, and never write.

        Their names begin with `setup-`. A check is skipped if the token lacks the right to it; the hint says
        who can run it. A missing step has the calls that set it in `fix`; they work in the order of the
        checks.
        """
        ...

    async def pull_request(self, number: int) -> PullRequest:
        """Return a pull request."""
        ...

    async def open_at(self, commit: str) -> tuple[PullRequest, ...]:
        """Return the open pull requests that have this commit as their head."""
        ...

    async def merged_as(self, commit: str, branch: str | None) -> PullRequest | None:
        """Return the pull request that was merged as this commit, into `branch` if that is given."""
        ...

    async def review_of(self, commit: str) -> Review | None:
        """Return the merged pull request that contains a commit, for any merge method."""
        ...

    async def reviews(self, number: int) -> Reviews:
        """Return the author and the approvals of a pull request, merged or not."""
        ...

    async def team_members(self, team: str) -> frozenset[str] | None:
        """Return the user names of a team such as "@org/team"; None if the token may not read them."""
        ...

    async def request_reviewers(self, number: int, logins: Sequence[str]) -> tuple[str, ...]:
        """Ask people for a review who were never asked before, and return who was asked now.

        People whom the forge does not accept as reviewers are left out.
        """
        ...

    async def login(self) -> str:
        """Return the user name of the token."""
        ...

    async def proposal(self, branch: str, base: str) -> Proposal | None:
        """Return the newest pull request from a branch of this repository into `base`, whatever its state."""
        ...

    async def open_proposal(self, draft: ProposalDraft) -> int:
        """Open a pull request, and return its number."""
        ...

    async def change_proposal(self, number: int, body: str, *, close: bool = False) -> None:
        """Change the text of a pull request, and close it if requested."""
        ...

    async def merge_proposal(self, number: int, head: str) -> str:
        """Merge a pull request if `head` is its head; return why the forge does not merge it (yet), or ""."""
        ...

    async def comment(self, number: int, marker: str) -> Comment | None:
        """Return our own comment on a pull request that begins with the marker."""
        ...

    async def create_comment(self, number: int, body: str, marker: str) -> None:
        """Create a comment."""
        ...

    async def change_comment(self, number: int, comment: Comment, body: str) -> bool:
        """Update a comment. Return False if it no longer exists."""
        ...

    async def set_check(self, commit: str, verdict: Verdict) -> None:
        """Set a check on a commit, replacing an earlier one."""
        ...

    async def get_check(self, commit: str, name: str) -> CheckState | None:
        """Return the newest check with this name that we set on a commit."""
        ...

    async def issue(self, marker: str) -> Issue | None:
        """Return our own open issue that begins with the marker."""
        ...

    async def create_issue(self, title: str, body: str, marker: str) -> None:
        """Create an issue."""
        ...

    async def change_issue(self, issue: Issue, body: str, *, close: bool) -> None:
        """Update an issue, and close it if requested."""
        ...


def verdict_name(portal: str) -> str:
    """Return the name of the check for a portal's plan."""
    return f"reconciler plan ({portal})"
