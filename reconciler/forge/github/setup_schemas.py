"""The fields that the checks of the set-up read from GitHub's responses; all others are ignored."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Repository(msgspec.Struct, frozen=True):
    """The repository."""

    private: bool
    default_branch: str


class ActionsPermissions(msgspec.Struct, frozen=True):
    """Whether Actions are enabled; `allowed_actions` is all, local_only or selected."""

    enabled: bool
    allowed_actions: str = "all"


class WorkflowPermissions(msgspec.Struct, frozen=True):
    """What the token of a workflow may do that does not say it itself: read or write."""

    default_workflow_permissions: str
    can_approve_pull_request_reviews: bool = False


class Named(msgspec.Struct, frozen=True):
    """A label, a secret, a ruleset or a branch pattern; `id` is that of one of the last two."""

    name: str
    id: int = 0


class Variable(msgspec.Struct, frozen=True):
    """A variable."""

    name: str
    value: str


class BranchPolicy(msgspec.Struct, frozen=True):
    """Which branches can use an environment."""

    protected_branches: bool
    custom_branch_policies: bool


class Environment(msgspec.Struct, frozen=True):
    """An environment; without a policy, all branches can use it."""

    name: str
    deployment_branch_policy: BranchPolicy | None = None


class RequiredCheck(msgspec.Struct, frozen=True):
    """The name of a check that must pass."""

    context: str


class RuleParameters(msgspec.Struct, frozen=True):
    """The parameters of the rules `pull_request` and `required_status_checks`."""

    require_code_owner_review: bool = False
    require_last_push_approval: bool = False
    required_status_checks: tuple[RequiredCheck, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """A rule of a ruleset for a branch; the parameters depend on the type."""

    type: str
    parameters: Mapping[str, Any] = {}


class RequiredReviews(msgspec.Struct, frozen=True):
    """What a protected branch requires of reviews."""

    require_code_owner_reviews: bool = False
    require_last_push_approval: bool = False


class RequiredChecks(msgspec.Struct, frozen=True):
    """The names of the checks that a protected branch requires."""

    contexts: tuple[str, ...] = ()


class Protection(msgspec.Struct, frozen=True):
    """The classic protection of a branch."""

    required_pull_request_reviews: RequiredReviews | None = None
    required_status_checks: RequiredChecks | None = None
