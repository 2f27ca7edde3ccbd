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
        self.members = [
            {"id": 8, "username": "bo", "state": "active", "access_level": 30},
            {"id": 9, "username": "Cy", "state": "active", "access_level": 50},
        ]
        self.job_token = {"inbound_enabled": True, "outbound_enabled": False}
        self.groups = {"reconciler-writes": {"key": "reconciler-writes", "process_mode": "oldest_first"}}
        self.schedules = [{"id": 1, "description": "daily", "ref": "refs/heads/main", "active": True}]

    def routes(self, project: str) -> list[Route]:
        """Return the routes below the path of a project."""
        return [
            Route(project, self._change_project, methods=["PUT"]),
            Route(f"{project}/protected_branches", self._protect, methods=["POST"]),
            Route(f"{project}/protected_branches/{{name}}", self._branch),
            Route(f"{project}/protected_branches/{{name}}", self._change_branch, methods=["PATCH", "DELETE"]),
            Route(f"{project}/approvals", self._approvals),
            Route(f"{project}/approvals", self._change_approvals, methods=["POST"]),
            Route(f"{project}/members/all", self._members),
            Route(f"{project}/variables", self._variables),
            Route(f"{project}/variables", self._set_variable, methods=["POST"]),
            Route(f"{project}/variables/{{key}}", self._change_variable, methods=["PUT", "DELETE"]),
            Route(f"{project}/job_token_scope", self._job_token),
            Route(f"{project}/job_token_scope", self._change_job_token, methods=["PATCH"]),
            Route(f"{project}/resource_groups/{{key}}", self._group),
            Route(f"{project}/resource_groups/{{key}}", self._change_group, methods=["PUT"]),
            Route(f"{project}/pipeline_schedules", self._schedules),
            Route(f"{project}/pipeline_schedules", self._add_schedule, methods=["POST"]),
        ]

    async def _change_project(self, request: Request) -> Response:
        self._maintainer(request)
        self.project |= _known(await request.json(), self.project)
        return JSONResponse(self.project)

    async def _branch(self, request: Request) -> Response:
        self._maintainer(request)
        return _one(self.branches.get(request.path_params["name"]))

    async def _protect(self, request: Request) -> Response:
        self._maintainer(request)
        body = await request.json()
        if body["name"] in self.branches:
            raise RefusedError(409, {"message": f"Protected branch '{body['name']}' already exists"})
        push, merge = (int(body.get(f"{verb}_access_level", 40)) for verb in ("push", "merge"))
        made = {
            "id": 7,
            "name": body["name"],
            "push_access_levels": [{**NOBODY, "access_level": push}],
            "merge_access_levels": [{**NOBODY, "access_level": merge}],
            "allow_force_push": False,
        }
        self.branches[body["name"]] = made
        return JSONResponse(made, 201)

    async def _change_branch(self, request: Request) -> Response:
        self._maintainer(request)
        name = request.path_params["name"]
        if request.method == "DELETE":
            del self.branches[name]
            return Response(status_code=204)
        self.branches[name] |= _known(await request.json(), self.branches[name])
        return JSONResponse(self.branches[name])

    async def _approvals(self, request: Request) -> Response:
        self._allowed(request)
        return _one(self.approvals)

    async def _change_approvals(self, request: Request) -> Response:
        self._maintainer(request)
        self.approvals = {**(self.approvals or {}), **_known(await request.json(), self.approvals or {})}
        return JSONResponse(self.approvals, 201)

    async def _members(self, request: Request) -> Response:
        self._allowed(request)
        return JSONResponse(self.members)

    async def _variables(self, request: Request) -> Response:
        self._maintainer(request)
        return JSONResponse(self.variables)

    async def _set_variable(self, request: Request) -> Response:
        self._maintainer(request)
        body = await request.json()
        if any(_named(each, body["key"], body["environment_scope"]) for each in self.variables):
            raise RefusedError(400, {"message": {"key": [f"({body['key']}) has already been taken"]}})
        self.variables.append({**variable(body["key"], body["environment_scope"]), **body})
        return JSONResponse(self.variables[-1], 201)

    async def _change_variable(self, request: Request) -> Response:
        self._maintainer(request)
        key, scope = request.path_params["key"], request.query_params["filter[environment_scope]"]
        found = [each for each in self.variables if _named(each, key, scope)]
        if not found:
            raise RefusedError(404, {"message": "404 Variable Not Found"})
        if request.method == "DELETE":
            self.variables.remove(found[0])
            return Response(status_code=204)
        found[0].update(await request.json())
        return JSONResponse(found[0])

    async def _job_token(self, request: Request) -> Response:
        self._maintainer(request)
        return JSONResponse(self.job_token)

    async def _change_job_token(self, request: Request) -> Response:
        self._maintainer(request)
        self.job_token["inbound_enabled"] = _value((await request.json())["enabled"])
        return Response(status_code=204)

    async def _group(self, request: Request) -> Response:
        self._allowed(request)
        return _one(self.groups.get(request.path_params["key"]))

    async def _change_group(self, request: Request) -> Response:
        self._maintainer(request)
        found = self.groups.get(request.path_params["key"])
        if found is not None:
            found |= _known(await request.json(), found)
        return _one(found)

    async def _schedules(self, request: Request) -> Response:
        self._allowed(request)
        return JSONResponse(self.schedules)

    async def _add_schedule(self, request: Request) -> Response:
        self._allowed(request)
        body = await request.json()
        self.schedules.append(
            {"id": 2, **{key: body[key] for key in ("description", "ref", "cron")}, "active": True}
        )
        return JSONResponse(self.schedules[-1], 201)

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


def _known(body: dict[str, str], fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that a body changes; GitLab refuses those that it does not know."""
    if not body.keys() <= fields.keys():
        raise RefusedError(400, {"error": f"{', '.join(body.keys() - fields.keys())} is invalid"})
    return {key: _value(value) for key, value in body.items()}


def _value(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _named(found: dict[str, Any], key: str, scope: str) -> bool:
    return (found["key"], found["environment_scope"]) == (key, scope)
