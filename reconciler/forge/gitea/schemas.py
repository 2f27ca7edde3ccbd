"""The fields that we read from Gitea's responses; all others are ignored."""

import msgspec

from reconciler.model.forge import Commit, Moment


class User(msgspec.Struct, frozen=True):
    """A user; the users of the system, such as that of a job, have negative ids."""

    id: int
    login: str


class Comment(msgspec.Struct, frozen=True):
    """A comment; `user` is None if the user is not known."""

    id: int
    body: str
    user: User | None = None


class Opened(msgspec.Struct, frozen=True):
    """An issue."""

    number: int
    body: str
    user: User | None = None


class Branch(msgspec.Struct, frozen=True):
    """The target branch of a pull request."""

    ref: str
    repo_id: int = 0


class Head(msgspec.Struct, frozen=True):
    """The newest commit of the branch of a pull request, also of commits after the merge."""

    sha: Commit
    ref: str = ""
    repo_id: int | None = None


class MergeSettings(msgspec.Struct, frozen=True):
    """How a repository merges unless something else is asked for."""

    default_merge_style: str = "merge"
    allow_merge_commits: bool = True

    @property
    def method(self) -> str:
        """The method of merging."""
        return "merge" if self.allow_merge_commits else self.default_merge_style


class Pull(msgspec.Struct, frozen=True):
    """A pull request; its state is `open` or `closed`."""

    number: int
    state: str
    head: Head
    base: Branch
    html_url: str
    user: User | None = None
    merged: bool = False
    merge_commit_sha: str | None = None
    merged_by: User | None = None
    body: str | None = None

    def is_from(self, branch: str) -> bool:
        """Whether it is from that branch of the repository itself."""
        return self.head.repo_id == self.base.repo_id and self.head.ref == branch


class Target(msgspec.Struct, frozen=True):
    """The commit of a reference."""

    sha: Commit


class Reference(msgspec.Struct, frozen=True):
    """A reference of git."""

    ref: str
    object: Target


class PullReview(msgspec.Struct, frozen=True):
    """A review, or the request for one, which the person's next review replaces.

    `user` is None where a team is asked. `commit_id` is the head that was reviewed, empty for a request; that
    of a review which is only a comment can be any text of its author.
    `updated_at` is the time when it was submitted, since it may have been started before, at `submitted_at`.
    It is also that of a later dismissal, or of the end of one.
    """

    id: int
    state: str
    updated_at: Moment
    submitted_at: Moment
    user: User | None = None
    commit_id: str = ""
    dismissed: bool = False
    html_url: str = ""


class Event(msgspec.Struct, frozen=True):
    """An event of a pull request; `assignee` is the person who was asked for a review, or no longer is."""

    type: str
    created_at: Moment
    assignee: User | None = None


class Team(msgspec.Struct, frozen=True):
    """A team of an organization."""

    id: int
    name: str


class Status(msgspec.Struct, frozen=True):
    """A status of a commit; `creator` is None for one that a job created. The newest has the highest id."""

    id: int
    status: str
    context: str
    description: str
    creator: User | None = None


class Permissions(msgspec.Struct, frozen=True):
    """What the user may do in a repository."""

    push: bool = False


class Repository(msgspec.Struct, frozen=True):
    """A repository; `has_actions` is whether its workflows run."""

    permissions: Permissions = Permissions()
    private: bool = False
    has_actions: bool = False
    default_branch: str = ""


class Protection(msgspec.Struct, frozen=True):
    """The protection of the branches whose name fits a pattern."""

    rule_name: str
    enable_push: bool = False
    required_approvals: int = 0
    enable_status_check: bool = False
    status_check_contexts: tuple[str, ...] | None = None


class Variable(msgspec.Struct, frozen=True):
    """A variable of workflows."""

    name: str
    data: str


class Secret(msgspec.Struct, frozen=True):
    """A secret of workflows, of which only the name can be read."""

    name: str


class Version(msgspec.Struct, frozen=True):
    """The version of the server; that of Forgejo names Gitea's, too."""

    version: str
