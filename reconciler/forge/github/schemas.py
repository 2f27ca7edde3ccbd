"""The fields that we read from GitHub's responses; all others are ignored."""

import msgspec

from reconciler.model.forge import Commit, Moment, WebAddress


class User(msgspec.Struct, frozen=True):
    """A user, or the bot of an app; only names of bots end with `[bot]`. `type` is User, Bot or another."""

    login: str
    type: str = "User"


class IssueComment(msgspec.Struct, frozen=True):
    """A comment; `user` is None if the user was deleted."""

    id: int
    user: User | None = None
    body: str | None = None


class Opened(msgspec.Struct, frozen=True):
    """An issue, or a pull request; only that has `pull_request`."""

    number: int
    user: User | None = None
    body: str | None = None
    pull_request: object = None


class Numbered(msgspec.Struct, frozen=True):
    """The number of a pull request."""

    number: int


class RepositoryName(msgspec.Struct, frozen=True):
    """The name of a repository, with that of its owner."""

    full_name: str


class Head(msgspec.Struct, frozen=True):
    """The head of a pull request: a commit of a branch; `repo` is None for a fork that was deleted."""

    sha: Commit
    ref: str = ""
    repo: RepositoryName | None = None

    def is_from(self, project: str, branch: str) -> bool:
        """Whether it is that branch of that repository."""
        named = self.repo.full_name if self.repo else ""
        return (named.casefold(), self.ref) == (project.casefold(), branch)


class MergeSettings(msgspec.Struct, frozen=True):
    """Which merges a repository allows; a token that cannot write does not see them."""

    allow_merge_commit: bool = True
    allow_squash_merge: bool = True

    @property
    def method(self) -> str:
        """The method of merging."""
        return "merge" if self.allow_merge_commit else "squash" if self.allow_squash_merge else "rebase"


class Base(msgspec.Struct, frozen=True):
    """The target branch of a pull request."""

    ref: str


class Pull(msgspec.Struct, frozen=True):
    """A pull request; before it is merged, `merge_commit_sha` is a trial merge. `state` is open or closed."""

    number: int
    state: str
    head: Head
    base: Base
    user: User | None = None
    merged_at: str | None = None
    merge_commit_sha: str | None = None
    body: str | None = None
    merged_by: User | None = None


class PullReview(msgspec.Struct, frozen=True):
    """A review; its state is APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING.

    `commit_id` is the head that was reviewed; None if it no longer exists. `user` is None for a deleted user.
    """

    state: str
    html_url: WebAddress
    user: User | None = None
    commit_id: Commit | None = None
    submitted_at: Moment | None = None


class TimelineEvent(msgspec.Struct, frozen=True):
    """An event of a pull request; `requested_reviewer` is a person who was asked for a review."""

    event: str = ""
    requested_reviewer: User | None = None


class IssueEvent(msgspec.Struct, frozen=True):
    """An event of a pull request, which GitHub lists among those of issues."""

    event: str
    created_at: Moment | None = None


class App(msgspec.Struct, frozen=True):
    """A GitHub App."""

    slug: str | None = None


class Output(msgspec.Struct, frozen=True):
    """The output of a check run."""

    annotations_count: int = 0


class CheckRun(msgspec.Struct, frozen=True):
    """A check run."""

    id: int
    name: str
    status: str
    conclusion: str | None = None
    external_id: str | None = None
    app: App | None = None
    output: Output = Output()


class CheckRuns(msgspec.Struct, frozen=True):
    """A page of check runs."""

    check_runs: tuple[CheckRun, ...]


class Annotated(msgspec.Struct, frozen=True):
    """An annotation of a check run."""

    path: str
    start_line: int
    message: str
    title: str | None = None
