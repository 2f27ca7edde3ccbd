"""What we read of GitLab's answers; everything else in them is ignored."""

import msgspec

from reconciler.model.forge import Commit


class User(msgspec.Struct, frozen=True):
    """Somebody, or the bot of a project's or group's token."""

    id: int


class Note(msgspec.Struct, frozen=True):
    """A comment; those that GitLab writes by itself are `system`."""

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
    """A user by the name that others mention."""

    username: str


class MergeRequest(msgspec.Struct, frozen=True):
    """A merge request; which of the commits there is depends on how it was merged."""

    iid: int
    sha: Commit
    state: str
    target_branch: str
    author: Person | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None

    @property
    def ends_as(self) -> str:
        """The commit that its target branch ended with when it was merged."""
        return self.merge_commit_sha or self.squash_commit_sha or self.sha


class Approval(msgspec.Struct, frozen=True):
    """Someone who approved a merge request."""

    user: Person


class Approvals(msgspec.Struct, frozen=True):
    """All who approved a merge request."""

    approved_by: tuple[Approval, ...] = ()


class Status(msgspec.Struct, frozen=True):
    """A commit status, or a job, which is listed among them."""

    id: int
    name: str
    status: str
    author: User | None = None
    description: str | None = None
