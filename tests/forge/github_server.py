"""A small GitHub: pull requests, their comments, check runs and permissions, as its REST API documents them.

`python -m tests.forge.github_server --port 8760` serves it. What is no part of GitHub begins with `/_`: GET
`/_state` tells everything, POST `/_pulls` opens a pull request (`{"head": SHA, "base": "main"}`), POST
`/_pulls/N/push` moves its head and `/_pulls/N/merge` merges it (both `{"commit": SHA}`), `/_faults` spoils
answers. The token of Actions is `ghs_actions`.
"""

import argparse
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from tests.forge.faults import Fault, Faults
from tests.forge.github_rules import RefusedError
from tests.forge.github_setup_routes import setup_routes
from tests.forge.github_state import Actor, GitHubState, user_of

REPOSITORY = "our-company/access"
DOCUMENTATION = "https://docs.github.com/rest"
MOST_A_PAGE = 100


class GitHub(Faults):
    """The application; `state` is what it holds, `requests` what it was asked."""

    def __init__(self, repository: str = REPOSITORY) -> None:
        self.state = GitHubState(repository)
        api = [
            Route("/user", self._user),
            Route("/repos/{owner}/{name}/pulls", self._pulls),
            Route("/repos/{owner}/{name}/pulls", self._open_proposal, methods=["POST"]),
            Route("/repos/{owner}/{name}/pulls/{number:int}", self._pull),
            Route("/repos/{owner}/{name}/pulls/{number:int}", self._change_pull, methods=["PATCH"]),
            Route("/repos/{owner}/{name}/pulls/{number:int}/merge", self._merge, methods=["PUT"]),
            Route("/repos/{owner}/{name}/pulls/{number:int}/reviews", self._reviews),
            Route(
                "/repos/{owner}/{name}/pulls/{number:int}/requested_reviewers", self._ask, methods=["POST"]
            ),
            Route("/repos/{owner}/{name}/issues/{number:int}/timeline", self._timeline),
            Route("/repos/{owner}/{name}/issues/{number:int}/events", self._events),
            Route("/orgs/{organization}/teams/{team}/members", self._members),
            Route("/repos/{owner}/{name}/actions/workflows/{file}/runs", self._runs),
            Route("/repos/{owner}/{name}/actions/runs/{run:int}/artifacts", self._artifacts),
            Route("/repos/{owner}/{name}/commits/{sha}/pulls", self._pulls_of),
            Route("/repos/{owner}/{name}/issues/{number:int}/comments", self._comments),
            Route("/repos/{owner}/{name}/issues/{number:int}/comments", self._comment, methods=["POST"]),
            Route("/repos/{owner}/{name}/issues/comments/{id:int}", self._edit, methods=["PATCH", "DELETE"]),
            Route("/repos/{owner}/{name}/issues", self._issues),
            Route("/repos/{owner}/{name}/issues", self._open_issue, methods=["POST"]),
            Route("/repos/{owner}/{name}/issues/{number:int}", self._change_issue, methods=["PATCH"]),
            Route("/repos/{owner}/{name}/commits/{sha}/check-runs", self._check_runs),
            Route("/repos/{owner}/{name}/check-runs", self._check, methods=["POST"]),
            Route("/repos/{owner}/{name}/check-runs/{id:int}", self._recheck, methods=["PATCH"]),
            Route("/repos/{owner}/{name}/check-runs/{id:int}/annotations", self._annotations),
        ]
        api += setup_routes(self)
        control = [
            Route("/_state", self._show),
            Route("/_pulls", self._open, methods=["POST"]),
            Route("/_pulls/{number:int}/{what}", self._move, methods=["POST"]),
            Route("/_faults", self._spoil, methods=["POST"]),
        ]
        # An Enterprise server has its API below a path.
        routes = [*control, Mount("/api/v3", routes=api), *api]
        super().__init__(Starlette(routes=routes, exception_handlers={RefusedError: _refused, 404: _nothing}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; links to further pages name the repository by its number."""
        if scope["type"] == "http":
            path = scope["path"].replace("/repositories/1/", f"/repos/{self.state.repository}/", 1)
            scope = {**scope, "path": path}
        await super().__call__(scope, receive, send)

    async def _user(self, request: Request) -> Response:
        actor = self._actor(request)
        if actor.app:
            raise RefusedError(403, "Resource not accessible by integration")
        return self.answer(request, {"login": actor.login, "id": actor.number, "type": "User"})

    async def _pulls(self, request: Request) -> Response:
        self.allowed(request, "pull_requests:read")
        return self.page(request, self.state.pulls_by(request.query_params))

    async def _open_proposal(self, request: Request) -> Response:
        actor = self.allowed(request, "pull_requests:write")
        made = self.state.open_proposal(user_of(actor), await request.json())
        return self.answer(request, made, 201)

    async def _change_pull(self, request: Request) -> Response:
        self.allowed(request, "pull_requests:write")
        number = request.path_params["number"]
        return self.answer(request, self.state.change_pull(number, await request.json()))

    async def _merge(self, request: Request) -> Response:
        actor = self.allowed(request, "contents:write")
        number, body = request.path_params["number"], await request.json()
        return self.answer(request, self.state.merge_pull(user_of(actor), number, body))

    async def _pull(self, request: Request) -> Response:
        self.allowed(request, "pull_requests:read")
        return self.answer(request, self.state.pull(request.path_params["number"]))

    async def _reviews(self, request: Request) -> Response:
        self.allowed(request, "pull_requests:read")
        reader = self._actor(request).login
        return self.page(request, self.state.reviews_of(request.path_params["number"], reader))

    async def _ask(self, request: Request) -> Response:
        actor = self.allowed(request, "pull_requests:write")
        body = await request.json()
        asked = self.state.request_reviews(actor.login, request.path_params["number"], body)
        return self.answer(request, asked, 201)

    async def _timeline(self, request: Request) -> Response:
        self.allowed(request, "pull_requests:read", "issues:read")
        return self.page(request, self.state.timeline_of(request.path_params["number"]))

    async def _events(self, request: Request) -> Response:
        self.allowed(request, "issues:read")
        return self.page(request, self.state.events_of(request.path_params["number"]))

    async def _members(self, request: Request) -> Response:
        actor = self._actor(request)
        if "members:read" not in actor.permissions:
            raise RefusedError(403, "Resource not accessible by integration" if actor.app else "Forbidden")
        names = (request.path_params["organization"], request.path_params["team"])
        return self.page(request, self.state.members_of("/".join(names)))

    async def _runs(self, request: Request) -> Response:
        self.allowed(request, "actions:read")
        found = self.state.runs_of(request.path_params["file"], request.query_params)
        return self.page(request, found, "workflow_runs")

    async def _artifacts(self, request: Request) -> Response:
        self.allowed(request, "actions:read")
        found = self.state.artifacts_of(request.path_params["run"], request.query_params.get("name"))
        return self.page(request, found, "artifacts")

    async def _pulls_of(self, request: Request) -> Response:
        self.allowed(request, "pull_requests:read")
        return self.page(request, self.state.pulls_of(request.path_params["sha"]))

    async def _comments(self, request: Request) -> Response:
        self.allowed(request, "pull_requests:read", "issues:read")
        return self.page(request, self.state.comments_of(request.path_params["number"]))

    async def _comment(self, request: Request) -> Response:
        actor = self.allowed(request, "pull_requests:write", "issues:write")
        body = await request.json()
        return self.answer(request, self.state.comment(actor, request.path_params["number"], body), 201)

    async def _edit(self, request: Request) -> Response:
        self.allowed(request, "pull_requests:write", "issues:write")
        number = request.path_params["id"]
        if request.method == "DELETE":
            self.state.delete(number)
            return Response(status_code=204)
        return self.answer(request, self.state.edit(number, await request.json()))

    async def _issues(self, request: Request) -> Response:
        self.allowed(request, "issues:read")
        query = request.query_params
        return self.page(request, self.state.issues_of(query.get("state", "open"), query.get("creator")))

    async def _open_issue(self, request: Request) -> Response:
        actor = self.allowed(request, "issues:write")
        return self.answer(request, self.state.open_issue(actor, await request.json()), 201)

    async def _change_issue(self, request: Request) -> Response:
        self.allowed(request, "issues:write")
        number = request.path_params["number"]
        return self.answer(request, self.state.change_issue(number, await request.json()))

    async def _check_runs(self, request: Request) -> Response:
        self.allowed(request, "checks:read")
        query = request.query_params
        found = self.state.check_runs_of(
            request.path_params["sha"],
            query.get("check_name"),
            latest=query.get("filter", "latest") == "latest",
        )
        return self.page(request, found, "check_runs")

    async def _check(self, request: Request) -> Response:
        actor = self.allowed(request, "checks:write")
        return self.answer(request, self.state.check(actor, await request.json()), 201)

    async def _recheck(self, request: Request) -> Response:
        actor = self.allowed(request, "checks:write")
        body = await request.json()
        return self.answer(request, self.state.recheck(actor, request.path_params["id"], body))

    async def _annotations(self, request: Request) -> Response:
        self.allowed(request, "checks:read")
        return self.page(request, self.state.annotations[request.path_params["id"]])

    async def _show(self, _request: Request) -> Response:
        return JSONResponse({**self.state.everything(), "requests": self.requests})

    async def _open(self, request: Request) -> Response:
        return JSONResponse(self.state.open_pull(**await request.json()), 201)

    async def _move(self, request: Request) -> Response:
        number, what = request.path_params["number"], request.path_params["what"]
        commit = (await request.json())["commit"]
        moved = self.state.merge(number, commit) if what == "merge" else self.state.push(number, commit)
        return JSONResponse(moved)

    async def _spoil(self, request: Request) -> Response:
        self.planned.append(msgspec.convert(await request.json(), Fault))
        return Response(status_code=204)

    def _actor(self, request: Request) -> Actor:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        actor = self.state.tokens.get(token) if scheme.lower() in {"bearer", "token"} else None
        if actor is None:
            raise RefusedError(401, "Bad credentials")
        return actor

    def allowed(self, request: Request, *needed: str) -> Actor:
        """Return who asks, where one of these permissions is theirs; writing includes reading."""
        actor = self._actor(request)
        if f"{request.path_params['owner']}/{request.path_params['name']}" != self.state.repository:
            raise RefusedError(404, "Not Found")
        held = (
            {"metadata:read"}
            | actor.permissions
            | {each.replace(":write", ":read") for each in actor.permissions}
        )
        if not held & set(needed):
            # A person sees the classic protection of a branch only as an admin.
            if request.url.path.endswith("/protection") and not actor.app:
                raise RefusedError(404, "Not Found")
            message = (
                "Resource not accessible by integration"
                if actor.app
                else "Must have admin rights to Repository."
            )
            raise RefusedError(403, message)
        return actor

    def page(self, request: Request, items: list[Any], key: str | None = None) -> Response:
        """Return a page of a list, with a link to the next one."""
        size = min(int(request.query_params.get("per_page", "30")), MOST_A_PAGE)
        page = int(request.query_params.get("page", "1"))
        shown = items[(page - 1) * size : page * size]
        body: Any = {"total_count": len(items), key: shown} if key else shown
        answer = self.answer(request, body)
        if page * size < len(items):
            url = request.url.include_query_params(page=page + 1)
            path = url.path.replace(f"/repos/{self.state.repository}/", "/repositories/1/", 1)
            answer.headers["Link"] = f'<{url.replace(path=path)}>; rel="next", <{url}>; rel="last"'
        return answer

    def answer(self, request: Request, body: Any, status: int = 200) -> Response:
        """Return an answer, with what is left of the rate limit."""
        token = request.headers.get("Authorization", "")
        used = self.state.used[token] = self.state.used.get(token, 0) + 1
        limits = {"limit": 1000, "remaining": 1000 - used, "used": used, "reset": 1_795_500_000}
        headers = {f"x-ratelimit-{name}": str(value) for name, value in limits.items()}
        headers |= self.state.headers
        return JSONResponse(body, status, headers)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    body = {"message": error.message, "documentation_url": DOCUMENTATION, "status": str(error.status)}
    return JSONResponse({**body, **({"errors": error.errors} if error.errors else {})}, error.status)


async def _nothing(request: Request, _error: Exception) -> Response:
    return await _refused(request, RefusedError(404, "Not Found"))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Serve a small GitHub on loopback.")
    options.add_argument("--port", type=int, default=8760)
    options.add_argument("--repository", default=REPOSITORY, help="owner/name")
    options.add_argument("--token", action="append", default=[], help="one more token of github-actions")
    chosen = options.parse_args()
    github = GitHub(chosen.repository)
    for extra in chosen.token:
        github.state.tokens[extra] = github.state.tokens["ghs_actions"]
    uvicorn.run(github, port=chosen.port, log_level="warning", lifespan="off", ws="none")
