"""The fields that we read from GitLab's responses; all others are ignored."""

import msgspec

from reconciler.model.forge import Commit


class User(msgspec.Struct, frozen=True):
    """A user, or the bot of a project or group token."""

    id: int


class Note(msgspec.Struct, frozen=True):
    """A note; those that GitLab writes itself are `system`."""

    id: int
    author: User
    body: str = ""
    system: bool = False


class Opened(msgspec.Struct, frozen=True):
    """An issue."""

    iid: int
    author: User
    description: str | None = None


class Person(msgspec.Struct, frozen=True):
    """A user, by username."""

    username: str


class MergeRequest(msgspec.Struct, frozen=True):
    """A merge request; which commits it has depends on the merge method."""

    iid: int
    sha: Commit
    state: str
    target_branch: str
    author: Person | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None

    @property
    def ends_as(self) -> str:
        """The head of its target branch right after the merge."""
        return self.merge_commit_sha or self.squash_commit_sha or self.sha


class Approval(msgspec.Struct, frozen=True):
    """One approval of a merge request."""

    user: Person


class Approvals(msgspec.Struct, frozen=True):
    """The approvals of a merge request."""

    approved_by: tuple[Approval, ...] = ()


class Status(msgspec.Struct, frozen=True):
    """A commit status, or a job: both are in the list."""

    id: int
    name: str
    status: str
    author: User | None = None
    description: str | None = None
