"""A small GitLab: merge requests, their notes, and commit statuses, as its REST API documents them."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.forge.faults import Faults
from tests.forge.gitlab_requests import Proposing
from tests.forge.gitlab_settings import Settings
from tests.forge.gitlab_state import EVENTS, Member, RefusedError, State

PROJECT = "our-company/access"
LONGEST_NOTE = 1_000_000
LONGEST_DESCRIPTION = 255
MOST_A_PAGE = 100


class GitLab(Proposing, State, Faults):
    """The application and what it holds: one project."""

    def __init__(self) -> None:
        State.__init__(self)
        Proposing.__init__(self)
        self.settings = Settings(self._allowed)
        project = "/api/v4/projects/{project}"
        request = f"{project}/merge_requests/{{iid:int}}"
        commit = f"{project}/repository/commits/{{sha}}"
        routes = [
            Route("/api/v4/user", self._user),
            Route("/api/v4/version", self._version),
            Route("/api/v4/personal_access_tokens/self", self._token),
            Route(project, self._project),
            *self.settings.routes(project),
            Route(f"{project}/merge_requests", self._merge_requests),
            Route(f"{project}/merge_requests", self._open_request, methods=["POST"]),
            Route(f"{request}/merge", self._merge, methods=["PUT"]),
            Route("/api/v4/users", self._users),
            Route(request, self._merge_request),
            Route(request, self._change_merge_request, methods=["PUT"]),
            Route(f"{commit}/merge_requests", self._merge_requests_of),
            Route(f"{request}/approvals", self._approvals),
            Route(f"{request}/versions", self._versions),
            Route(f"{request}/notes", self._notes),
            Route(f"{request}/notes", self._note, methods=["POST"]),
            Route(f"{request}/notes/{{id:int}}", self._edit, methods=["PUT", "DELETE"]),
            Route(f"{project}/issues", self._issues),
            Route(f"{project}/issues", self._issue, methods=["POST"]),
            Route(f"{project}/issues/{{iid:int}}", self._change_issue, methods=["PUT"]),
            Route(f"{commit}/statuses", self._statuses),
            Route(f"{project}/statuses/{{sha}}", self._status, methods=["POST"]),
        ]
        Faults.__init__(
            self, Starlette(routes=routes, exception_handlers={RefusedError: _refused, 404: _nothing})
        )

    async def _user(self, request: Request) -> Response:
        return JSONResponse(self.user(self._member(request).username))

    async def _version(self, request: Request) -> Response:
        self._member(request)
        return JSONResponse({"version": "19.2.1-ee", "revision": "c0ffee"})

    async def _token(self, request: Request) -> Response:
        member = self._member(request)
        return JSONResponse({"id": 1, "scopes": member.scopes, "active": True, "expires_at": member.ends})

    async def _project(self, request: Request) -> Response:
        member = self._allowed(request)
        level = 40 if member.maintainer else 30 if member.developer else 20
        access = {"access_level": level, "notification_level": 3}
        permissions = {"project_access": access, "group_access": None}
        return JSONResponse({"id": 42, **self.settings.project, "permissions": permissions})

    async def _merge_requests(self, request: Request) -> Response:
        self._allowed(request)
        return self._page(request, self.requests_by(request.query_params))

    async def _open_request(self, request: Request) -> Response:
        member = self._developer(request)
        return JSONResponse(self.propose(member, await request.json()), 201)

    async def _merge(self, request: Request) -> Response:
        member, found = self._developer(request), self._request(request)
        return JSONResponse(self.merge_request(member, found, await request.json()))

    async def _merge_request(self, request: Request) -> Response:
        self._allowed(request)
        return JSONResponse(self._request(request))

    async def _change_merge_request(self, request: Request) -> Response:
        member = self._developer(request)
        found = self._request(request)
        body = await request.json()
        if not body:
            raise RefusedError(400, {"error": "at least one parameter must be provided"})
        self.change_request(found, body)
        if "reviewer_ids" not in body:
            return JSONResponse(found)
        if not all(isinstance(each, int) for each in body.get("reviewer_ids", [])):
            raise RefusedError(400, {"error": "reviewer_ids is invalid"})
        self.review(found["iid"], body.get("reviewer_ids", []), member)
        return JSONResponse(found)

    async def _users(self, request: Request) -> Response:
        self._member(request)
        found = self.users.get(request.query_params["username"].casefold())
        return self._page(request, [found] if found else [])

    async def _approvals(self, request: Request) -> Response:
        member = self._allowed(request)
        given = self.approvals[self._request(request)["iid"]]
        fields = ("user", "approved_at") if self.times else ("user",)
        return JSONResponse(
            {
                "user_has_approved": self.user(member.username) in [each["user"] for each in given],
                "user_can_approve": member.developer,
                "approved": bool(given),
                "approved_by": [{field: each[field] for field in fields} for each in given],
            }
        )

    async def _versions(self, request: Request) -> Response:
        self._allowed(request)
        return self._page(request, self.versions[self._request(request)["iid"]][::-1])

    async def _merge_requests_of(self, request: Request) -> Response:
        self._allowed(request)
        sha = self._commit(request)
        commits = ("sha", "merge_commit_sha", "squash_commit_sha")
        found = [each for each in self.merge_requests.values() if sha in map(each.get, commits)]
        return self._page(request, found)

    async def _notes(self, request: Request) -> Response:
        self._allowed(request)
        iid = self._request(request)["iid"]
        found = [each for each in self.notes if each["noteable_iid"] == iid]
        oldest_first = request.query_params.get("sort", "desc") == "asc"
        return self._page(request, found if oldest_first else found[::-1])

    async def _note(self, request: Request) -> Response:
        member = self._allowed(request)
        body = await _note_body(request)
        return JSONResponse(self.write_note(member, self._request(request)["iid"], body), 201)

    async def _edit(self, request: Request) -> Response:
        member = self._allowed(request)
        found = next((each for each in self.notes if each["id"] == request.path_params["id"]), None)
        if found is None:
            raise RefusedError(404, {"message": "404 Note Not Found"})
        if found["author"]["id"] != member.id:
            raise RefusedError(403, {"message": "403 Forbidden"})
        if request.method == "DELETE":
            self.notes.remove(found)
            return Response(status_code=204)
        found["body"] = await _note_body(request)
        return JSONResponse(found)

    async def _issues(self, request: Request) -> Response:
        self._allowed(request)
        query = request.query_params
        found = [
            each
            for each in self.issues[::-1]
            if query.get("state", "all") in {"all", each["state"]}
            and query.get("author_id") in {None, str(each["author"]["id"])}
        ]
        return self._page(request, found)

    async def _issue(self, request: Request) -> Response:
        member = self._allowed(request)
        body = await request.json()
        return JSONResponse(self.open_issue(member, body["title"], body["description"]), 201)

    async def _change_issue(self, request: Request) -> Response:
        self._allowed(request)
        found = next((each for each in self.issues if each["iid"] == request.path_params["iid"]), None)
        if found is None:
            raise RefusedError(404, {"message": "404 Issue Not Found"})
        body = await request.json()
        found.update(body, **({"state": "closed"} if body.get("state_event") == "close" else {}))
        return JSONResponse(found)

    async def _statuses(self, request: Request) -> Response:
        self._allowed(request)
        sha, name = self._commit(request), request.query_params.get("name")
        found = [each for each in self.statuses if each["sha"] == sha and name in {None, each["name"]}]
        newest = {each["name"]: each for each in found}
        return self._page(
            request, found if request.query_params.get("all") == "true" else list(newest.values())
        )

    async def _status(self, request: Request) -> Response:
        member = self._allowed(request)
        if not member.developer:
            raise RefusedError(403, {"message": "403 Forbidden"})
        body = await request.json()
        if body.get("state") not in EVENTS:
            raise RefusedError(400, {"error": "state does not have a valid value"})
        if len(body.get("description") or "") > LONGEST_DESCRIPTION:
            said = f"is too long (maximum is {LONGEST_DESCRIPTION} characters)"
            raise RefusedError(400, {"message": {"description": [said]}})
        return JSONResponse(self.set_status(member, self._commit(request), body), 201)

    def _member(self, request: Request) -> Member:
        member = self.tokens.get(request.headers.get("PRIVATE-TOKEN", ""))
        if member is None:
            raise RefusedError(401, {"message": "401 Unauthorized"})
        return member

    def _allowed(self, request: Request) -> Member:
        if request.path_params["project"] != "42":
            raise RefusedError(404, {"message": "404 Project Not Found"})
        return self._member(request)

    def _developer(self, request: Request) -> Member:
        member = self._allowed(request)
        if not member.developer:
            raise RefusedError(403, {"message": "403 Forbidden"})
        return member

    def _request(self, request: Request) -> dict[str, Any]:
        self.follow()
        if request.path_params["iid"] not in self.merge_requests:
            raise RefusedError(404, {"message": "404 Not found"})
        return self.merge_requests[request.path_params["iid"]]

    def _commit(self, request: Request) -> str:
        sha: str = request.path_params["sha"]
        if sha not in self.commits:
            raise RefusedError(404, {"message": "404 Commit Not Found"})
        return sha

    def _page(self, request: Request, items: list[Any]) -> Response:
        size = min(int(request.query_params.get("per_page", "20")), MOST_A_PAGE)
        page = int(request.query_params.get("page", "1"))
        following = str(page + 1) if page * size < len(items) else ""
        headers = {"X-Page": str(page), "X-Per-Page": str(size), "X-Next-Page": following}
        return JSONResponse(items[(page - 1) * size : page * size], headers=headers)


async def _note_body(request: Request) -> str:
    body = (await request.json()).get("body")
    if not body:
        raise RefusedError(400, {"error": "body is missing"})
    if len(body) > LONGEST_NOTE:
        said = f"is too long (maximum is {LONGEST_NOTE} characters)"
        raise RefusedError(400, {"message": {"note": [said]}})
    return str(body)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return JSONResponse(error.said, error.status)


async def _nothing(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "404 Not Found"}, 404)
