"""The settings of a project that we read from GitLab's responses; all others are ignored."""

import msgspec


class ProjectSettings(msgspec.Struct, frozen=True):
    """The settings of a project."""

    default_branch: str
    visibility: str
    only_allow_merge_if_pipeline_succeeds: bool = False
    allow_merge_on_skipped_pipeline: bool | None = None


class AccessLevel(msgspec.Struct, frozen=True):
    """Who may push or merge: a role, or in the paid tiers a user, group or key."""

    access_level: int | None = None
    user_id: int | None = None
    group_id: int | None = None
    deploy_key_id: int | None = None

    @property
    def is_nobody(self) -> bool:
        """Whether it allows nobody."""
        return self.access_level == 0 and (self.user_id, self.group_id, self.deploy_key_id) == (None,) * 3


class ProtectedBranch(msgspec.Struct, frozen=True):
    """A protected branch; only the paid tiers have approvals of code owners."""

    name: str
    push_access_levels: tuple[AccessLevel, ...]
    merge_access_levels: tuple[AccessLevel, ...]
    code_owner_approval_required: bool | None = None


class ApprovalSettings(msgspec.Struct, frozen=True):
    """Who may not approve a merge request."""

    merge_requests_author_approval: bool = True
    merge_requests_disable_committers_approval: bool = False


class Variable(msgspec.Struct, frozen=True):
    """A variable of a project, without its value. The value of a hidden one cannot be read any more."""

    key: str
    environment_scope: str = "*"
    protected: bool = False
    masked: bool = False
    hidden: bool = False


class JobTokenScope(msgspec.Struct, frozen=True):
    """Whether the job tokens of other projects are kept out."""

    inbound_enabled: bool


class ResourceGroup(msgspec.Struct, frozen=True):
    """How jobs wait for one another."""

    process_mode: str


class Schedule(msgspec.Struct, frozen=True):
    """A schedule of pipelines."""

    ref: str
    active: bool


class Member(msgspec.Struct, frozen=True):
    """A member of a project, or of a group that has access to it."""

    username: str
    access_level: int
    state: str = "active"
