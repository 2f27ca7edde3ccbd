"""A small GitLab: merge requests, their notes, and commit statuses, as its REST API documents them."""

from itertools import count
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.forge.faults import Faults

PROJECT = "our-company/access"
LONGEST_NOTE = 1_000_000
LONGEST_DESCRIPTION = 255
MOST_A_PAGE = 100
STATES = {"pending", "running", "success", "failed", "canceled", "skipped"}


class RefusedError(Exception):
    """A refusal; `said` is its body."""

    def __init__(self, status: int, said: Any) -> None:
        super().__init__(str(said))
        self.status, self.said = status, said


class Member(msgspec.Struct, frozen=True):
    """Whom a token stands for, and what that one may do."""

    id: int
    username: str
    developer: bool = True
    scopes: tuple[str, ...] = ("api",)
    ends: str | None = None


class GitLab(Faults):
    """The application and what it holds: one project."""

    def __init__(self) -> None:
        self.tokens = {
            "glpat-bot": Member(100, "project_42_bot"),
            "glpat-ana": Member(7, "ana"),
            "glpat-reporter": Member(100, "project_42_bot", developer=False),
            "glpat-reader": Member(
                100, "project_42_bot", scopes=("read_api", "self_rotate"), ends="2099-03-31"
            ),
        }
        self.merge_requests: dict[int, dict[str, Any]] = {}
        self.approvers: dict[int, list[str]] = {}
        self.versions: dict[int, list[dict[str, Any]]] = {}
        self.notes: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self.commits: set[str] = set()
        self._ids = count(501)
        project = "/api/v4/projects/{project}"
        request = f"{project}/merge_requests/{{iid:int}}"
        commit = f"{project}/repository/commits/{{sha}}"
        routes = [
            Route("/api/v4/user", self._user),
            Route("/api/v4/version", self._version),
            Route("/api/v4/personal_access_tokens/self", self._token),
            Route(project, self._project),
            Route(f"{project}/merge_requests", self._merge_requests),
            Route(request, self._merge_request),
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
        super().__init__(Starlette(routes=routes, exception_handlers={RefusedError: _refused, 404: _nothing}))

    def open_request(self, sha: str, target: str = "main") -> int:
        """Open a merge request."""
        iid = len(self.merge_requests) + 1
        self.commits.add(sha)
        commits = {"sha": sha, "merge_commit_sha": None, "squash_commit_sha": None}
        author = {"id": 7, "username": "ana"}
        self.merge_requests[iid] = {"iid": iid, "state": "opened", "target_branch": target, "author": author}
        self.merge_requests[iid] |= commits
        self.versions[iid] = [{"id": iid, "head_commit_sha": sha, "created_at": "2026-11-24T08:00:00.000Z"}]
        return iid

    def merge(self, iid: int, *, merge_commit: str | None = None, squash_commit: str | None = None) -> None:
        """Merge a merge request; without commits its branch is only moved forward."""
        self.commits |= {each for each in (merge_commit, squash_commit) if each}
        self.merge_requests[iid].update(
            state="merged", merge_commit_sha=merge_commit, squash_commit_sha=squash_commit
        )

    def write_note(self, member: Member, iid: int, body: str, *, system: bool = False) -> dict[str, Any]:
        """Write a note."""
        author = {"id": member.id, "username": member.username}
        made = {"id": next(self._ids), "body": body, "author": author, "system": system, "noteable_iid": iid}
        self.notes.append(made)
        return made

    def set_status(self, member: Member, sha: str, body: dict[str, Any]) -> dict[str, Any]:
        """Set a status: one that waits or runs goes on, any other is begun anew and is the newest."""
        name = body.get("name", "default")
        found = next((each for each in self.statuses if _open(each, sha, name, member)), None)
        if found is None:
            found = {"id": next(self._ids), "sha": sha, "name": name, "author": {"id": member.id}}
            self.statuses.append(found)
        found.update(status=body["state"], description=body.get("description"))
        return found

    def open_issue(self, member: Member, title: str, description: str) -> dict[str, Any]:
        """Open an issue."""
        author = {"id": member.id, "username": member.username}
        made = {"iid": next(self._ids), "state": "opened", "title": title, "author": author}
        self.issues.append({**made, "description": description})
        return self.issues[-1]

    async def _user(self, request: Request) -> Response:
        member = self._member(request)
        return JSONResponse({"id": member.id, "username": member.username})

    async def _version(self, request: Request) -> Response:
        self._member(request)
        return JSONResponse({"version": "18.5.1-ee", "revision": "c0ffee"})

    async def _token(self, request: Request) -> Response:
        member = self._member(request)
        return JSONResponse({"id": 1, "scopes": member.scopes, "active": True, "expires_at": member.ends})

    async def _project(self, request: Request) -> Response:
        access = {"access_level": 30 if self._allowed(request).developer else 20, "notification_level": 3}
        return JSONResponse({"id": 42, "permissions": {"project_access": access, "group_access": None}})

    async def _merge_requests(self, request: Request) -> Response:
        self._allowed(request)
        return self._page(request, list(self.merge_requests.values())[::-1])

    async def _merge_request(self, request: Request) -> Response:
        self._allowed(request)
        return JSONResponse(self._request(request))

    async def _approvals(self, request: Request) -> Response:
        self._allowed(request)
        names = self.approvers.get(self._request(request)["iid"], [])
        return JSONResponse({"approved_by": [{"user": {"username": name}} for name in names]})

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
        if body.get("state") not in STATES:
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

    def _request(self, request: Request) -> dict[str, Any]:
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


def _open(status: dict[str, Any], sha: str, name: str, member: Member) -> bool:
    mine = status["author"]["id"] == member.id
    return (
        mine
        and status["sha"] == sha
        and status["name"] == name
        and status["status"] in {"pending", "running"}
    )


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return JSONResponse(error.said, error.status)


async def _nothing(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "404 Not Found"}, 404)
