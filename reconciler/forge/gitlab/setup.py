"""The checks of `reconciler doctor --forge` of how a project on GitLab is set up."""

import shlex
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from reconciler.forge.check_runs import unreadable, visible
from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitlab.members import unable_to_approve
from reconciler.forge.gitlab.roles import MAINTAINER
from reconciler.forge.gitlab.setup_schemas import (
    ApprovalSettings,
    JobTokenScope,
    Member,
    ProjectSettings,
    ProtectedBranch,
    ResourceGroup,
    Schedule,
    Variable,
)
from reconciler.forge.gitlab.variables import variable_problems
from reconciler.http.client import HttpClient
from reconciler.http.errors import ApiError
from reconciler.http.lists import read_items
from reconciler.http.pagination import PageHeader
from reconciler.http.request import Request
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import Check, CheckResult, failed, ok, skipped, warning

_APPROVALS: Final = msgspec.json.Decoder(ApprovalSettings)
_BRANCH: Final = msgspec.json.Decoder(ProtectedBranch)
_GROUP: Final = msgspec.json.Decoder(ResourceGroup)
_MEMBERS: Final = PageHeader(msgspec.json.Decoder(tuple[Member, ...]), PAGE_SIZE)
_PROJECT: Final = msgspec.json.Decoder(ProjectSettings)
_SCHEDULES: Final = PageHeader(msgspec.json.Decoder(tuple[Schedule, ...]), PAGE_SIZE)
_SCOPE: Final = msgspec.json.Decoder(JobTokenScope)
_VARIABLES: Final = PageHeader(msgspec.json.Decoder(tuple[Variable, ...]), PAGE_SIZE)
_RESOURCE_GROUP: Final = "reconciler-writes"
_ORDER: Final = "oldest_first"
_PUBLIC_HOST: Final = "gitlab.com"
Found = TypeVar("Found")


class GitLabSetup:
    """The set-up of one project, as docs/gitlab.md describes it."""

    def __init__(self, client: HttpClient, path: str, expected: ExpectedSetup) -> None:
        self._client = client
        self._path = path
        self._expected = expected
        self._project: ProjectSettings | None = None

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        runs = {
            "visibility": self._visibility,
            "branch": self._branch,
            "merge-checks": self._merge_checks,
            "approvals": self._approvals,
            "code-owners": self._code_owners,
            "approvers": self._approvers,
            "variables": self._variables,
            "job-token": self._job_token,
            "order": self._order,
            "schedule": self._schedule,
        }
        return [
            Check(f"setup-{name}", visible(run, (HTTPStatus.FORBIDDEN,), _hidden))
            for name, run in runs.items()
        ]

    async def _visibility(self) -> CheckResult:
        visibility = (await self._settings()).visibility
        if visibility == "private":
            return ok("the project is private")
        fix = self._api("PUT", "", visibility="private")
        return failed(f"the project is {visibility}", "plans and logs name people, so make it private", fix)

    async def _branch(self) -> CheckResult:
        name = (await self._settings()).default_branch
        levels = {"push_access_level": "0", "merge_access_level": f"{MAINTAINER}"}
        protect = self._api("POST", "protected_branches", name=name, **levels)
        branch = await self._protected_branch()
        if branch is None:
            return failed(f"{name} is not protected", "nobody may push to it", protect)
        again = f"{self._api('DELETE', self._branch_path(name))} && {protect}"
        if not all(each.is_nobody for each in branch.push_access_levels):
            return failed(f"{name} can be pushed to", "only merge requests may change it", again)
        if any(0 < (each.access_level or 0) < MAINTAINER for each in branch.merge_access_levels):
            return warning(f"developers can merge into {name}", "let only maintainers merge", again)
        return ok(f"{name} is protected, and nobody can push to it")

    async def _merge_checks(self) -> CheckResult:
        project = await self._settings()
        if not project.only_allow_merge_if_pipeline_succeeds:
            fix = self._api("PUT", "", only_allow_merge_if_pipeline_succeeds="true")
            return failed("pipelines need not succeed before a merge", "require it", fix)
        if project.allow_merge_on_skipped_pipeline:
            fix = self._api("PUT", "", allow_merge_on_skipped_pipeline="false")
            return failed("a skipped pipeline counts as successful", "do not let it", fix)
        return ok("the pipeline of a merge request must succeed")

    async def _approvals(self) -> CheckResult:
        found = await _found(self._client.fetch(self._at("approvals"), _APPROVALS))
        if found is None:
            return skipped("approval settings are a feature of GitLab Premium")
        if not found.merge_requests_author_approval and found.merge_requests_disable_committers_approval:
            return ok("neither authors nor committers can approve their own merge requests")
        changes = {
            "merge_requests_author_approval": "false",
            "merge_requests_disable_committers_approval": "true",
        }
        return warning(
            "authors or committers can approve their own merge requests",
            "the approval of an author never counts here, but that of a committer does",
            self._api("POST", "approvals", **changes),
        )

    async def _code_owners(self) -> CheckResult:
        branch = await self._protected_branch()
        if branch is None or branch.code_owner_approval_required is None:
            return skipped("approvals of code owners are a feature of GitLab Premium, for protected branches")
        if branch.code_owner_approval_required:
            return ok("code owners must approve")
        fix = self._api("PATCH", self._branch_path(branch.name), code_owner_approval_required="true")
        return warning("code owners need not approve", "let them approve .gitlab-ci.yml at least", fix)

    async def _approvers(self) -> CheckResult:
        if not self._expected.approvers:
            return ok("the configuration names no approvers on GitLab")
        request = self._at("members/all")
        members = [each async for each in read_items(self._client, request, _MEMBERS)]
        unable = unable_to_approve(self._expected.approvers, members)
        if unable:
            detail = "; ".join(f"{login} {reason}" for login, reason in unable.items())
            return warning(detail, "only active members with the role Developer at least can approve")
        return ok("all approvers can approve")

    async def _variables(self) -> CheckResult:
        request = self._at("variables")
        found = [each async for each in read_items(self._client, request, _VARIABLES)]
        wrong, absent = variable_problems(found, self._expected.secrets_of(None))
        problems = [*wrong, *absent]
        if not problems:
            return ok("the tokens are masked, and each is limited to its environments")
        detail = "; ".join(each.problem for each in problems)
        fix = " && ".join(dict.fromkeys(self._glab(*words) for each in problems for words in each.calls))
        if wrong:
            return failed(detail, "the calls ask for the value of each variable", fix)
        return warning(f"{detail}, unless a group has them", "the calls ask for the values", fix)

    async def _job_token(self) -> CheckResult:
        if (await self._client.fetch(self._at("job_token_scope"), _SCOPE)).inbound_enabled:
            return ok("job tokens of other projects have no access")
        fix = self._api("PATCH", "job_token_scope", enabled="true")
        return failed("job tokens of all projects have access", "limit it to this project", fix)

    async def _order(self) -> CheckResult:
        path = f"resource_groups/{_RESOURCE_GROUP}"
        found = await _found(self._client.fetch(self._at(path), _GROUP))
        fix = self._api("PUT", path, process_mode=_ORDER)
        if found is None:
            return warning("no job has written yet", "the call works after the first job of `apply`", fix)
        if found.process_mode == _ORDER:
            return ok("jobs that write wait in their order")
        return warning("jobs that write do not wait in their order", "let the oldest be first", fix)

    async def _schedule(self) -> CheckResult:
        branch = (await self._settings()).default_branch
        request = self._at("pipeline_schedules")
        async for each in read_items(self._client, request, _SCHEDULES):
            if each.active and each.ref.removeprefix("refs/heads/") == branch:
                return ok(f"a schedule runs on {branch}")
        fix = self._api("POST", "pipeline_schedules", description="daily", ref=branch, cron="30 4 * * *")
        return warning(f"no schedule is active on {branch}", "it removes what has ended", fix)

    async def _settings(self) -> ProjectSettings:
        if self._project is None:
            self._project = await self._client.fetch(Request(path=self._path), _PROJECT)
        return self._project

    async def _protected_branch(self) -> ProtectedBranch | None:
        name = (await self._settings()).default_branch
        return await _found(self._client.fetch(self._at(self._branch_path(name)), _BRANCH))

    def _branch_path(self, name: str) -> str:
        return f"protected_branches/{quote(name, safe='')}"

    def _at(self, path: str) -> Request:
        return Request(path=f"{self._path}/{path}")

    def _api(self, method: str, path: str, **fields: str) -> str:
        """Return a call of the API below the project."""
        given = [word for name, value in fields.items() for word in ("--field", f"{name}={value}")]
        return self._glab("api", "--method", method, f"{self._path}/{path}".rstrip("/"), *given)

    def _glab(self, *words: str) -> str:
        """Return a call of glab, for the host of this forge."""
        host = urlsplit(self._client.endpoint.address).netloc
        prefix = "" if host == _PUBLIC_HOST else f"GITLAB_HOST={shlex.quote(host)} "
        return f"{prefix}{shlex.join(['glab', *words])}"


async def _found(reading: Awaitable[Found]) -> Found | None:
    """Return what is read; None if it does not exist."""
    try:
        return await reading
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise


def _hidden(error: ApiError) -> CheckResult:
    return skipped(unreadable(error), "a token of a maintainer can, in GITLAB_TOKEN")
