"""What the small GitLab holds of merge requests that programs open, change and merge."""

from collections.abc import Mapping
from typing import Any

from tests.forge.gitlab_state import Member, RefusedError, State
from tests.servers.bare_repository import BareRepository


class Proposing(State):
    """The merge requests of one project, whose branches are those of `git`, or listed in `branches`."""

    def __init__(self) -> None:
        self.git: BareRepository | None = None
        self.branches: dict[str, str] = {}
        # Statuses that must have passed at the head before it is merged.
        self.required: set[str] = set()

    def requests_by(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the merge requests that a query names, the newest first unless it says otherwise."""
        self.follow()
        fields = ("source_branch", "target_branch", "state")
        wanted = {key: query[key] for key in fields if query.get(key, "all") != "all"}
        found = [
            each
            for each in self.merge_requests.values()
            if wanted.items() <= {k: each[k] for k in fields}.items()
        ]
        return found if query.get("sort") == "asc" else found[::-1]

    def propose(self, member: Member, body: Any) -> dict[str, Any]:
        """Open a merge request from a branch of this project."""
        for name in ("title", "source_branch", "target_branch"):
            if not body.get(name):
                raise RefusedError(400, {"error": f"{name} is missing"})
        branch = body["source_branch"]
        opened = [each for each in self.merge_requests.values() if each["state"] == "opened"]
        for each in opened:
            if (each["source_branch"], each["target_branch"]) == (branch, body["target_branch"]):
                said = f"Another open merge request already exists for this source branch: !{each['iid']}"
                raise RefusedError(409, {"message": [said]})
        head = self.branch_head(branch)
        if head is None:
            raise RefusedError(400, {"message": ["Source branch does not exist"]})
        iid = self.open_request(head, body["target_branch"], member.username)
        text = {"title": body["title"], "description": body.get("description")}
        self.merge_requests[iid].update(text, source_branch=branch)
        return self.merge_requests[iid]

    def change_request(self, found: dict[str, Any], body: Any) -> None:
        """Change a merge request, or close it."""
        if "description" in body:
            found["description"] = body["description"]
        if body.get("state_event") == "close":
            found["state"] = "closed"

    def merge_request(self, member: Member, found: dict[str, Any], body: Any) -> dict[str, Any]:
        """Merge a merge request at a head, if its pipeline passed."""
        if found["state"] != "opened":
            raise RefusedError(405, {"message": "405 Method Not Allowed"})
        if body.get("sha") not in {None, found["sha"]}:
            said = f"SHA does not match HEAD of source branch: {found['sha']}"
            raise RefusedError(409, {"message": said})
        statuses = [each for each in self.statuses if each["sha"] == found["sha"]]
        if self.required - {each["name"] for each in statuses if each["status"] == "success"}:
            raise RefusedError(405, {"message": "405 Method Not Allowed"})
        commit = f"{found['iid']:x}".rjust(40, "e")
        if self.git is not None:
            commit = self.git.merge(found["source_branch"], found["target_branch"])
        self.merge(found["iid"], merge_commit=commit)
        found["merge_user"] = self.user(member.username)
        return found

    def follow(self) -> None:
        """Let the heads of open merge requests follow their branches."""
        for iid, each in self.merge_requests.items():
            head = self.branch_head(each["source_branch"])
            if each["state"] == "opened" and head not in {None, each["sha"]}:
                self.push(iid, str(head))

    def branch_head(self, branch: str) -> str | None:
        """Return the newest commit of a branch."""
        return self.git.head(branch) if self.git else self.branches.get(branch)
