"""The checks of `reconciler doctor --forge` of how a repository on GitHub is set up."""

from http import HTTPStatus
from typing import Final

from reconciler.forge.github.branch_rules import BranchRules
from reconciler.forge.github.environments import Environments
from reconciler.forge.github.setup_reader import SetupReader
from reconciler.forge.github.setup_schemas import (
    ActionsPermissions,
    Named,
    Repository,
    Variable,
    WorkflowPermissions,
)
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import Check, CheckResult, failed, ok, warning

_PORTAL: Final = "RECONCILER_PORTAL"
_BASES: Final = "RECONCILER_BASES"
_LABELS: Final = ("new partner", "remove person")
# More variables than this on a page are refused.
_VARIABLES: Final = 30
_READ: Final = "read"


class GitHubSetup:
    """The set-up of one repository, as docs/how-to/run-in-ci.md describes it."""

    def __init__(self, client: HttpClient, path: str, project: str, expected: ExpectedSetup) -> None:
        self._reader = SetupReader(client, path, project)
        self._expected = expected
        self._rules = BranchRules(self._reader, expected)
        self._environments = Environments(self._reader)
        self._portals: str | None = None

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        runs = {
            "repository": self._repository,
            "actions": self._actions,
            "workflows": self._workflows,
            "variables": self._variables,
            "reviews": self._rules.reviews,
            "checks": self._rules.checks,
            "environment-plan": self._environments.plan,
            "environment-apply": self._environments.apply,
            "environment-forms": self._environments.forms,
            "secrets": self._secrets,
            "labels": self._labels,
        }
        return [Check(f"setup-{name}", self._reader.visible(run)) for name, run in runs.items()]

    async def _repository(self) -> CheckResult:
        found = await self._reader.read("", Repository)
        if found.private:
            return ok(f"private, with the default branch {found.default_branch}")
        project = self._reader.project
        options = ("--visibility", "private", "--accept-visibility-change-consequences")
        return failed(
            "everybody can read the repository",
            "plans and logs name people, so make it private",
            self._reader.gh("repo", "edit", project, *options),
        )

    async def _actions(self) -> CheckResult:
        found = await self._reader.read("actions/permissions", ActionsPermissions)
        if found.enabled and found.allowed_actions == "selected":
            return ok("Actions are enabled; only selected ones: allow those of the workflows")
        if found.enabled and found.allowed_actions == "all":
            return ok("Actions are enabled")
        detail = "only actions of this repository are allowed" if found.enabled else "Actions are disabled"
        body = {"enabled": True, "allowed_actions": "all"}
        return failed(
            detail, "the workflows need them", self._reader.call("PUT", "actions/permissions", body)
        )

    async def _workflows(self) -> CheckResult:
        path = "actions/permissions/workflow"
        found = await self._reader.read(path, WorkflowPermissions)
        may_open = found.can_approve_pull_request_reviews
        if found.default_workflow_permissions == _READ:
            opening = "can" if may_open else "cannot"
            return ok(f"a workflow can only read by default, and {opening} open pull requests")
        body = {"default_workflow_permissions": _READ, "can_approve_pull_request_reviews": may_open}
        return warning(
            "a workflow that does not limit its permissions can write",
            "our workflows limit theirs, others may not",
            self._reader.call("PUT", path, body),
        )

    async def _variables(self) -> CheckResult:
        own = await self._variables_at("actions/variables")
        found = await self._variables_of_organization() | own
        self._portals = found.get(_PORTAL) or None
        if self._portals is None:
            call = self._set(_PORTAL, next(iter(self._expected.secrets), "NAME"))
            return failed(f"{_PORTAL} is not set, so that only files are checked", "set it to a portal", call)
        detail = f"{_PORTAL} is {self._portals}"
        bases = found.get(_BASES, "").split()
        if not bases:
            return ok(detail)
        safe = [each for each in bases if await self._rules.is_protected(each)]
        if safe == bases:
            return ok(f"{detail}; {_BASES} are protected: {', '.join(bases)}")
        others = ", ".join(each for each in bases if each not in safe)
        return failed(
            f"{_BASES} has branches that are not protected: {others}",
            "everybody who can push to such a branch decides about rules, portals and approvals",
            self._set(_BASES, " ".join(safe)) if safe else self._unset(_BASES),
        )

    def _set(self, variable: str, value: str) -> str:
        return self._reader.gh("variable", "set", variable, "--body", value, "--repo", self._reader.project)

    def _unset(self, variable: str) -> str:
        return self._reader.gh("variable", "delete", variable, "--repo", self._reader.project)

    async def _variables_of_organization(self) -> dict[str, str]:
        try:
            return await self._variables_at("actions/organization-variables")
        except ApiError as error:
            # The repository of a person has none.
            if error.status == HTTPStatus.NOT_FOUND:
                return {}
            raise

    async def _variables_at(self, path: str) -> dict[str, str]:
        listed = await self._reader.listed(path, Variable, "variables", size=_VARIABLES)
        return {each.name: each.value for each in listed}

    async def _secrets(self) -> CheckResult:
        return await self._environments.secrets(self._expected.secrets_of(self._portals))

    async def _labels(self) -> CheckResult:
        known = {each.name for each in await self._reader.listed("labels", Named)}
        missing = [name for name in _LABELS if name not in known]
        if not missing:
            return ok(f"there are the labels of the forms: {', '.join(_LABELS)}")
        return warning(
            f"missing labels: {', '.join(missing)}",
            "a member adds one to the answers of a form, which then become a pull request",
            " && ".join(
                self._reader.gh("label", "create", name, "--repo", self._reader.project) for name in missing
            ),
        )
