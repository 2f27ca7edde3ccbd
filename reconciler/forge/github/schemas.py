"""What we read of GitHub's answers; everything else in them is ignored."""

import msgspec

from reconciler.model.forge import Commit


class User(msgspec.Struct, frozen=True):
    """Somebody, or the bot of an app, whose name ends with `[bot]`; nobody else's can."""

    login: str


class IssueComment(msgspec.Struct, frozen=True):
    """A comment; of a deleted user's, `user` is None."""

    id: int
    user: User | None = None
    body: str | None = None


class Opened(msgspec.Struct, frozen=True):
    """An issue, or a pull request, which has a further key."""

    number: int
    user: User | None = None
    body: str | None = None
    pull_request: object = None


class Head(msgspec.Struct, frozen=True):
    """The head of a pull request."""

    sha: Commit


class Base(msgspec.Struct, frozen=True):
    """The branch that a pull request is, or was, to be merged into."""

    ref: str


class Pull(msgspec.Struct, frozen=True):
    """A pull request; of one that is not merged, `merge_commit_sha` is a trial merge."""

    number: int
    head: Head
    base: Base
    user: User | None = None
    merged_at: str | None = None
    merge_commit_sha: str | None = None


class PullReview(msgspec.Struct, frozen=True):
    """What a reviewer decided, among others: APPROVED, CHANGES_REQUESTED or DISMISSED."""

    state: str
    user: User | None = None


class App(msgspec.Struct, frozen=True):
    """A GitHub App."""

    slug: str | None = None


class Output(msgspec.Struct, frozen=True):
    """What a check run shows."""

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
    """An annotation as it is read back."""

    path: str
    start_line: int
    message: str
    title: str | None = None
