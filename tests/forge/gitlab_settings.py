"""The settings of the project of a small GitLab; most of them only its maintainers may read."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.forge.gitlab_state import Member, RefusedError

NOBODY = {"id": 1, "access_level": 0, "access_level_description": "No one", "deploy_key_id": None}
MAINTAINERS = {"id": 2, "access_level": 40, "access_level_description": "Maintainers", "deploy_key_id": None}


class Settings:
    """The settings of a project that is set up as it should be, in the free tier."""

    def __init__(self, allowed: Callable[[Request], Member]) -> None:
        self._allowed = allowed
        self.project: dict[str, Any] = {
            "default_branch": "main",
            "visibility": "private",
            "only_allow_merge_if_pipeline_succeeds": True,
            "allow_merge_on_skipped_pipeline": False,
        }
        self.branches: dict[str, dict[str, Any]] = {
            "main": {
                "id": 1,
                "name": "main",
                "push_access_levels": [NOBODY],
                "merge_access_levels": [MAINTAINERS],
                "allow_force_push": False,
            }
        }
        # Only in the paid tiers.
        self.approvals: dict[str, Any] | None = None
        self.variables = [
            variable("PORTAL_TOKEN", "reconciler-plan"),
            variable("PORTAL_TOKEN", "reconciler-apply", protected=True),
            variable("GITLAB_TOKEN", "reconciler-*"),
        ]
        self.job_token = {"inbound_enabled": True, "outbound_enabled": False}
        self.groups = {"reconciler-writes": {"key": "reconciler-writes", "process_mode": "oldest_first"}}
        self.schedules = [{"id": 1, "description": "daily", "ref": "refs/heads/main", "active": True}]

    def routes(self, project: str) -> list[Route]:
        """Return the routes below the path of a project."""
        return [
            Route(f"{project}/protected_branches/{{name}}", self._branch),
            Route(f"{project}/approvals", self._approvals),
            Route(f"{project}/variables", self._variables),
            Route(f"{project}/job_token_scope", self._job_token),
            Route(f"{project}/resource_groups/{{key}}", self._group),
            Route(f"{project}/pipeline_schedules", self._schedules),
        ]

    async def _branch(self, request: Request) -> Response:
        self._maintainer(request)
        return _one(self.branches.get(request.path_params["name"]))

    async def _approvals(self, request: Request) -> Response:
        self._allowed(request)
        return _one(self.approvals)

    async def _variables(self, request: Request) -> Response:
        self._maintainer(request)
        return JSONResponse(self.variables)

    async def _job_token(self, request: Request) -> Response:
        self._maintainer(request)
        return JSONResponse(self.job_token)

    async def _group(self, request: Request) -> Response:
        self._allowed(request)
        return _one(self.groups.get(request.path_params["key"]))

    async def _schedules(self, request: Request) -> Response:
        self._allowed(request)
        return JSONResponse(self.schedules)

    def _maintainer(self, request: Request) -> None:
        if not self._allowed(request).maintainer:
            raise RefusedError(403, {"message": "403 Forbidden"})


def variable(key: str, scope: str, **more: Any) -> dict[str, Any]:
    """Return a variable, with its value."""
    known = {"protected": False, "masked": True, "hidden": False, "raw": False, **more}
    return {
        "key": key,
        "environment_scope": scope,
        "variable_type": "env_var",
        "value": "s3cret-value",
        **known,
    }


def _one(found: dict[str, Any] | None) -> Response:
    if found is None:
        raise RefusedError(404, {"message": "404 Not found"})
    return JSONResponse(found)
