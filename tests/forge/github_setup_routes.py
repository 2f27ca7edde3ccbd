"""What the small GitHub answers about the set-up of its repository, and which right each answer needs."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.forge.github_state import Actor, GitHubState

_REPOSITORY = "/repos/{owner}/{name}"
_ENVIRONMENT = f"{_REPOSITORY}/environments/{{environment}}"
_POLICIES = f"{_ENVIRONMENT}/deployment-branch-policies"


class Server(Protocol):
    """What the routes need of the server."""

    state: GitHubState

    def allowed(self, request: Request, *needed: str) -> Actor:
        """Return who asks, if they have one of these permissions."""

    def page(self, request: Request, items: list[Any], key: str | None = None) -> Response:
        """Return a page of a list."""

    def answer(self, request: Request, body: Any, status: int = 200) -> Response:
        """Return an answer."""


Handler = Callable[[Request], Awaitable[Response]]


def setup_routes(server: Server) -> list[Route]:
    """Return the routes."""
    state = server.state

    def read(right: str, find: Callable[[Any], Any]) -> Handler:
        async def handle(request: Request) -> Response:
            server.allowed(request, *right.split())
            return server.answer(request, find(request.path_params))

        return handle

    def listed(right: str, find: Callable[[Any], list[Any]], key: str | None = None) -> Handler:
        async def handle(request: Request) -> Response:
            server.allowed(request, *right.split())
            return server.page(request, find(request.path_params), key)

        return handle

    def write(change: Callable[[Any, Any], Any], status: int) -> Handler:
        async def handle(request: Request) -> Response:
            server.allowed(request, "administration:write")
            body = await request.json() if await request.body() else {}
            changed = change(request.path_params, body)
            return Response(status_code=204) if status == 204 else server.answer(request, changed, status)

        return handle

    return [
        Route(f"{_REPOSITORY}/rulesets", listed("metadata:read", lambda _: state.rulesets)),
        Route(
            f"{_REPOSITORY}/rulesets/{{id:int}}",
            write(lambda path, body: state.change_ruleset(path["id"], body), 200),
            methods=["PUT"],
        ),
        Route(_REPOSITORY, read("metadata:read", lambda _: _repository(state))),
        Route(_REPOSITORY, write(lambda _, body: _change(state, body), 200), methods=["PATCH"]),
        Route(
            f"{_REPOSITORY}/rules/branches/{{branch}}",
            listed("metadata:read", lambda path: state.rules_of(path["branch"])),
        ),
        Route(
            f"{_REPOSITORY}/branches/{{branch}}/protection",
            read("administration:read", lambda path: state.protection_of(path["branch"])),
        ),
        Route(
            f"{_REPOSITORY}/rulesets", write(lambda _, body: state.add_ruleset(body), 201), methods=["POST"]
        ),
        Route(f"{_REPOSITORY}/actions/permissions", read("administration:read", lambda _: state.actions)),
        Route(
            f"{_REPOSITORY}/actions/permissions",
            write(lambda _, body: state.actions.update(body), 204),
            methods=["PUT"],
        ),
        Route(
            f"{_REPOSITORY}/actions/permissions/workflow",
            read("administration:read", lambda _: state.workflows),
        ),
        Route(
            f"{_REPOSITORY}/actions/permissions/workflow",
            write(lambda _, body: state.workflows.update(body), 204),
            methods=["PUT"],
        ),
        Route(
            f"{_REPOSITORY}/actions/variables",
            listed("variables:read", lambda _: state.variables_in(state.variables), "variables"),
        ),
        Route(
            f"{_REPOSITORY}/actions/organization-variables",
            listed("variables:read", lambda _: state.variables_in(state.organization_variables), "variables"),
        ),
        Route(
            f"{_REPOSITORY}/actions/secrets",
            listed("secrets:read", lambda _: state.secrets_in(""), "secrets"),
        ),
        Route(
            f"{_REPOSITORY}/labels",
            listed("issues:read pull_requests:read", lambda _: [{"name": each} for each in state.labels]),
        ),
        Route(
            f"{_REPOSITORY}/environments",
            listed("actions:read", lambda _: list(state.environments.values()), "environments"),
        ),
        Route(
            _ENVIRONMENT,
            write(lambda path, body: state.set_environment(path["environment"], body), 200),
            methods=["PUT"],
        ),
        Route(
            f"{_ENVIRONMENT}/secrets",
            listed("environments:read", lambda path: state.secrets_in(path["environment"]), "secrets"),
        ),
        Route(
            _POLICIES,
            listed("actions:read", lambda path: state.patterns_of(path["environment"]), "branch_policies"),
        ),
        Route(
            _POLICIES, write(lambda path, body: state.allow(path["environment"], body), 200), methods=["POST"]
        ),
        Route(
            f"{_POLICIES}/{{id:int}}",
            write(lambda path, _: state.forbid(path["environment"], path["id"]), 204),
            methods=["DELETE"],
        ),
    ]


def _repository(state: GitHubState) -> dict[str, Any]:
    methods = {
        "allow_merge_commit": state.allow_merge_commit,
        "allow_squash_merge": state.allow_squash_merge,
    }
    return {"full_name": state.repository, "private": state.private, "default_branch": "main", **methods}


def _change(state: GitHubState, body: dict[str, Any]) -> dict[str, Any]:
    state.private = body["private"]
    return _repository(state)
