"""The checks of `reconciler doctor` of whether a project on GitLab is set up as its pipeline needs it."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from shlex import quote as shell_quote
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec

from reconciler.forge.endpoint import PAGE_SIZE
from reconciler.forge.gitlab.schemas import (
    ApprovalSettings,
    JobTokenScope,
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
from reconciler.model.health import Check, CheckResult, failed, ok, skipped, warning

_APPROVALS: Final = msgspec.json.Decoder(ApprovalSettings)
_BRANCH: Final = msgspec.json.Decoder(ProtectedBranch)
_GROUP: Final = msgspec.json.Decoder(ResourceGroup)
_PROJECT: Final = msgspec.json.Decoder(ProjectSettings)
_SCHEDULES: Final = PageHeader(msgspec.json.Decoder(tuple[Schedule, ...]), PAGE_SIZE)
_SCOPE: Final = msgspec.json.Decoder(JobTokenScope)
_VARIABLES: Final = PageHeader(msgspec.json.Decoder(tuple[Variable, ...]), PAGE_SIZE)
_RESOURCE_GROUP: Final = "reconciler-writes"
_MAINTAINER: Final = 40
_ORDER: Final = "oldest_first"
_UNREADABLE: Final = "the token may not read this; a token of a maintainer can"

Found = TypeVar("Found")


class GitLabSetup:
    """The settings of one project. What the token may not read is skipped."""

    def __init__(self, client: HttpClient, path: str) -> None:
        self._client = client
        self._path = path
        self._project: ProjectSettings | None = None

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        return [
            _check("visibility", self._visibility),
            _check("branch", self._branch),
            _check("merge-checks", self._merge_checks),
            _check("approvals", self._approvals),
            _check("code-owners", self._code_owners),
            _check("variables", self._variables),
            _check("job-token", self._job_token),
            _check("order", self._order),
            _check("schedule", self._schedule),
        ]

    async def _visibility(self) -> CheckResult:
        visibility = (await self._settings()).visibility
        if visibility == "private":
            return ok("the project is private")
        detail = self._client.endpoint.redact(f"the project is {visibility}, and plans and logs name people")
        return failed(detail, self._put("visibility=private"))

    async def _branch(self) -> CheckResult:
        name = (await self._settings()).default_branch
        branch = await self._protected_branch()
        protect = (
            f"glab api --method POST {self._path}/protected_branches --field {shell_quote(f'name={name}')}"
            f" --field push_access_level=0 --field merge_access_level={_MAINTAINER}"
        )
        if branch is None:
            return failed(f"{name} is not protected", protect)
        again = (
            f"glab api --method DELETE {self._path}/protected_branches/{quote(name, safe='')} && {protect}"
        )
        if any(not each.is_nobody for each in branch.push_access_levels):
            return failed(f"people or keys can push to {name}, without a merge request", again)
        if any(0 < (each.access_level or 0) < _MAINTAINER for each in branch.merge_access_levels):
            return warning(f"developers can merge into {name}", again)
        return ok(f"{name} is protected, and nobody can push to it")

    async def _merge_checks(self) -> CheckResult:
        project = await self._settings()
        if not project.only_allow_merge_if_pipeline_succeeds:
            return failed(
                "a merge request can be merged although its pipeline has not succeeded",
                self._put("only_allow_merge_if_pipeline_succeeds=true"),
            )
        if project.allow_merge_on_skipped_pipeline:
            return failed(
                "a skipped pipeline counts as successful", self._put("allow_merge_on_skipped_pipeline=false")
            )
        return ok("the pipeline of a merge request must succeed")

    async def _approvals(self) -> CheckResult:
        found = await _found(self._client.fetch(self._at("approvals"), _APPROVALS))
        if found is None:
            return skipped("approval settings are a feature of GitLab Premium")
        if found.merge_requests_author_approval or not found.merge_requests_disable_committers_approval:
            return warning(
                "authors or committers can approve their own merge requests",
                f"glab api --method POST {self._path}/approvals --field merge_requests_author_approval=false"
                " --field merge_requests_disable_committers_approval=true",
            )
        return ok("neither authors nor committers can approve their own merge requests")

    async def _code_owners(self) -> CheckResult:
        branch = await self._protected_branch()
        if branch is None or branch.code_owner_approval_required is None:
            return skipped("approvals of code owners are a feature of GitLab Premium, for protected branches")
        if branch.code_owner_approval_required:
            return ok("code owners must approve")
        place = f"{self._path}/protected_branches/{quote(branch.name, safe='')}"
        return warning(
            "approvals of code owners are not required",
            f"glab api --method PATCH {place} --field code_owner_approval_required=true",
        )

    async def _variables(self) -> CheckResult:
        request = self._at("variables")
        found = [each async for each in read_items(self._client, request, _VARIABLES)]
        wrong, absent = variable_problems(found)
        problems = [*wrong, *absent]
        detail = self._client.endpoint.redact("; ".join(each.problem for each in problems))
        hint = self._client.endpoint.redact("; ".join(dict.fromkeys(each.hint for each in problems)))
        if wrong:
            return failed(detail, hint)
        if absent:
            return warning(f"{detail}, unless a group defines them", hint)
        return ok("the tokens are masked, and each is limited to its environments")

    async def _job_token(self) -> CheckResult:
        if (await self._client.fetch(self._at("job_token_scope"), _SCOPE)).inbound_enabled:
            return ok("job tokens of other projects have no access")
        return failed(
            "job tokens of all projects have access",
            f"glab api --method PATCH {self._path}/job_token_scope --field enabled=true",
        )

    async def _order(self) -> CheckResult:
        path = f"resource_groups/{_RESOURCE_GROUP}"
        found = await _found(self._client.fetch(self._at(path), _GROUP))
        hint = f"glab api --method PUT {self._path}/{path} --field process_mode={_ORDER}"
        if found is None:
            return warning(
                f"{_RESOURCE_GROUP} does not exist before the first job", f"after that job: {hint}"
            )
        if found.process_mode == _ORDER:
            return ok("jobs that write wait in their order")
        return warning("jobs that write do not wait in their order", hint)

    async def _schedule(self) -> CheckResult:
        branch = (await self._settings()).default_branch
        request = self._at("pipeline_schedules")
        async for each in read_items(self._client, request, _SCHEDULES):
            if each.active and each.ref.removeprefix("refs/heads/") == branch:
                return ok(f"a schedule runs on {branch}")
        return warning(
            f"no schedule is active on {branch}, so nothing removes what has ended",
            f"glab api --method POST {self._path}/pipeline_schedules --field description=daily"
            f" --field {shell_quote(f'ref={branch}')} --field cron='30 4 * * *'",
        )

    async def _settings(self) -> ProjectSettings:
        if self._project is None:
            self._project = await self._client.fetch(Request(path=self._path), _PROJECT)
        return self._project

    async def _protected_branch(self) -> ProtectedBranch | None:
        name = quote((await self._settings()).default_branch, safe="")
        return await _found(self._client.fetch(self._at(f"protected_branches/{name}"), _BRANCH))

    def _at(self, path: str) -> Request:
        return Request(path=f"{self._path}/{path}")

    def _put(self, field: str) -> str:
        return f"glab api --method PUT {self._path} --field {field}"


def _check(name: str, run: Callable[[], Awaitable[CheckResult]]) -> Check:
    """Return a check that is skipped if the token may not read what it needs."""

    async def checked() -> CheckResult:
        try:
            return await run()
        except ApiError as error:
            if error.status == HTTPStatus.FORBIDDEN:
                return skipped(_UNREADABLE)
            raise

    return Check(f"setup-{name}", checked, ("account", "right-read"))


async def _found(reading: Awaitable[Found]) -> Found | None:
    """Return what is read; None if it does not exist."""
    try:
        return await reading
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise
