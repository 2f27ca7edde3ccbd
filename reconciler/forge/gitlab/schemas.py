"""The fields that we read from GitLab's responses; all others are ignored."""

import msgspec

from reconciler.model.forge import Commit, Moment, WebAddress


class User(msgspec.Struct, frozen=True):
    """A user, or the bot of a project or group token."""

    id: int
    username: str = ""
    state: str = "active"

    @property
    def is_active(self) -> bool:
        """Whether the user can sign in; others are blocked, for example."""
        return self.state == "active"


class Token(msgspec.Struct, frozen=True):
    """The token itself; `expires_at` is its last day."""

    scopes: tuple[str, ...] = ()
    expires_at: str | None = None


class Access(msgspec.Struct, frozen=True):
    """A role; GitLab numbers them, and higher ones may do more."""

    access_level: int = 0


class Permissions(msgspec.Struct, frozen=True):
    """Our roles in a project and in its groups."""

    project_access: Access | None = None
    group_access: Access | None = None

    @property
    def level(self) -> int:
        """The higher role; 0 for no member."""
        return max(each.access_level for each in (self.project_access, self.group_access, Access()) if each)


class Project(msgspec.Struct, frozen=True):
    """A project."""

    permissions: Permissions = Permissions()


class Version(msgspec.Struct, frozen=True):
    """The version of GitLab."""

    version: str


class Note(msgspec.Struct, frozen=True):
    """A note; those that GitLab writes itself are `system`."""

    id: int
    author: User
    created_at: Moment
    body: str = ""
    system: bool = False


class Opened(msgspec.Struct, frozen=True):
    """An issue."""

    iid: int
    author: User
    description: str | None = None


class MergeRequest(msgspec.Struct, frozen=True):
    """A merge request; which commits it has depends on the merge method.

    The author of one whose account was deleted is the ghost user.
    """

    iid: int
    sha: Commit
    state: str
    target_branch: str
    author: User
    reviewers: tuple[User, ...] = ()
    web_url: WebAddress = ""
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None
    merge_user: User | None = None
    description: str | None = None
    source_branch: str = ""
    source_project_id: int | None = None
    target_project_id: int | None = None

    def is_from(self, branch: str) -> bool:
        """Whether it is from that branch of the project itself."""
        is_own = self.source_project_id is not None and self.source_project_id == self.target_project_id
        return is_own and self.source_branch == branch

    @property
    def ends_as(self) -> str:
        """The head of its target branch right after the merge."""
        return self.merge_commit_sha or self.squash_commit_sha or self.sha


class Approval(msgspec.Struct, frozen=True):
    """One approval of a merge request; older versions of GitLab do not report its time."""

    user: User
    approved_at: Moment | None = None


class Approvals(msgspec.Struct, frozen=True):
    """The approvals of a merge request."""

    approved_by: tuple[Approval, ...] = ()


class Diff(msgspec.Struct, frozen=True):
    """A version of a merge request: a head that was pushed. Newer ones have higher ids."""

    id: int
    created_at: Moment
    head_commit_sha: Commit | None


class Status(msgspec.Struct, frozen=True):
    """A commit status, or a job: both are in the list."""

    id: int
    name: str
    status: str
    author: User | None = None
    description: str | None = None
