"""What a small GitLab holds, and what people do there: each event is a minute after the one before."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec

OPEN_STATES = ("pending", "running")
# The states that each event may begin in, and what GitLab calls it in a refusal.
EVENTS = {
    "pending": ("enqueue", ("created",)),
    "running": ("run", ("created", "pending")),
    "success": ("success", ("created", "pending", "running")),
    "failed": ("drop", ("created", "pending", "running")),
    "canceled": ("cancel", ("created", "pending", "running")),
    "skipped": ("skip", ("created", "pending")),
}


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
    maintainer: bool = False
    scopes: tuple[str, ...] = ("api",)
    ends: str | None = None


class State:
    """One project."""

    def __init__(self) -> None:
        self.tokens = {
            "glpat-bot": Member(100, "project_42_bot"),
            "glpat-ana": Member(7, "ana"),
            "glpat-owner": Member(6, "olga", maintainer=True),
            "glpat-reporter": Member(100, "project_42_bot", developer=False),
            "glpat-reader": Member(
                100, "project_42_bot", scopes=("read_api", "self_rotate"), ends="2099-03-31"
            ),
        }
        self.merge_requests: dict[int, dict[str, Any]] = {}
        self.approvals: dict[int, list[dict[str, Any]]] = {}
        self.versions: dict[int, list[dict[str, Any]]] = {}
        self.notes: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self.commits: set[str] = set()
        self.users: dict[str, dict[str, Any]] = {}
        # People without a role in the project, which is private.
        self.strangers: set[str] = set()
        self.now = datetime(2026, 11, 24, 8, tzinfo=UTC)
        # Only the paid tiers allow several reviewers, and only newer versions report when somebody approved.
        self.premium, self.times, self.resets_on_push = False, True, False
        self._ids = count(501)
        self._user_ids = count(8)
        for member in self.tokens.values():
            self.user(member.username, id=member.id)

    def user(self, username: str, **more: Any) -> dict[str, Any]:
        """Return a user, who is created where there is none."""
        made: dict[str, Any] = {
            "username": username,
            "name": username.title(),
            "state": "active",
            "web_url": f"https://gitlab.example/{username}",
        }
        known = self.users.get(username.casefold())
        if known is None:
            made["id"] = more.pop("id", None) or next(self._user_ids)
            known = self.users[username.casefold()] = made
        known.update(more)
        return known

    def open_request(self, sha: str, target: str = "main", author: str = "ana") -> int:
        """Open a merge request."""
        iid = len(self.merge_requests) + 1
        self.merge_requests[iid] = {
            "id": 9000 + iid,
            "iid": iid,
            "state": "opened",
            "title": "A change",
            "description": None,
            "source_branch": f"change-{iid}",
            "source_project_id": 42,
            "target_project_id": 42,
            "target_branch": target,
            "merge_user": None,
            "author": self.user(author),
            "reviewers": [],
            "merge_commit_sha": None,
            "squash_commit_sha": None,
            "web_url": f"https://gitlab.example/our-company/access/-/merge_requests/{iid}",
        }
        self.merge_requests[iid]["sha"] = sha
        self.versions[iid], self.approvals[iid] = [], []
        self.push(iid, sha)
        return iid

    def push(self, iid: int, sha: str) -> None:
        """Push a head, new or one that was the head before."""
        self.commits.add(sha)
        self.merge_requests[iid]["sha"] = sha
        version = {"id": next(self._ids), "head_commit_sha": sha, "created_at": self._tick()}
        self.versions[iid].append(version)
        if self.resets_on_push:
            self.approvals[iid].clear()

    def retarget(self, iid: int, target: str, *, deleted: bool = False) -> None:
        """Change the target branch, as a person does, or as GitLab does for a branch that is deleted."""
        old, sha = self.merge_requests[iid]["target_branch"], self.merge_requests[iid]["sha"]
        self.merge_requests[iid]["target_branch"] = target
        said = f"changed target branch from `{old}` to `{target}`"
        if deleted:
            said = f"deleted the `{old}` branch. This merge request now targets the `{target}` branch"
        self._system_note(iid, self.user("ana"), said)
        version = {"id": next(self._ids), "head_commit_sha": sha, "created_at": self._tick()}
        self.versions[iid].append(version)

    def approve(self, iid: int, username: str) -> None:
        """Approve; GitLab writes its note a moment later."""
        user = self.user(username)
        if any(each["user"] is user for each in self.approvals[iid]):
            raise RefusedError(401, {"message": "401 Unauthorized"})
        self.approvals[iid].append({"user": user, "approved_at": self._tick()})
        self.now += timedelta(seconds=2)
        self._system_note(iid, user, "approved this merge request", tick=False)

    def unapprove(self, iid: int, username: str) -> None:
        """Withdraw an approval."""
        user = self.user(username)
        self.approvals[iid] = [each for each in self.approvals[iid] if each["user"] is not user]
        self._system_note(iid, user, "unapproved this merge request")

    def review(self, iid: int, ids: list[int], by: Member) -> None:
        """Set the reviewers: GitLab ignores who cannot read the project, and in the free tier all but one."""
        merge_request = self.merge_requests[iid]
        wanted = ids if self.premium else ids[:1]
        users = {each["id"]: each for each in self.users.values()}
        new = [
            users[each] for each in wanted if each in users and users[each]["username"] not in self.strangers
        ]
        added = [each for each in new if each not in merge_request["reviewers"]]
        removed = [each for each in merge_request["reviewers"] if each not in new]
        merge_request["reviewers"] = new
        said = [
            f"{verb} {_sentence(['@' + each['username'] for each in people])}"
            for verb, people in (("requested review from", added), ("removed review request for", removed))
            if people
        ]
        if said:
            self._system_note(iid, self.user(by.username), " and ".join(said))

    def merge(self, iid: int, *, merge_commit: str | None = None, squash_commit: str | None = None) -> None:
        """Merge a merge request; without commits its branch is only moved forward."""
        self.commits |= {each for each in (merge_commit, squash_commit) if each}
        self.merge_requests[iid].update(
            state="merged", merge_commit_sha=merge_commit, squash_commit_sha=squash_commit
        )

    def write_note(self, member: Member, iid: int, body: str, *, system: bool = False) -> dict[str, Any]:
        """Write a note."""
        return self._add_note(iid, self.user(member.username), body, system=system)

    def set_status(self, member: Member, sha: str, body: dict[str, Any]) -> dict[str, Any]:
        """Set a status: one that waits or runs goes on, any other is begun anew and is the newest."""
        name, state = body.get("name", "default"), body["state"]
        found = next((each for each in self.statuses if _is_open(each, sha, name, member)), None)
        event, sources = EVENTS[state]
        if found is not None and found["status"] not in sources:
            reason = f'Status cannot transition via "{event}"'
            said = f"Cannot transition status via :{event} from :{found['status']} (Reason(s): {reason})"
            raise RefusedError(400, {"message": said})
        if found is None:
            found = {"id": next(self._ids), "sha": sha, "name": name, "author": {"id": member.id}}
            self.statuses.append(found)
        found.update(status=state, description=body.get("description"))
        return found

    def open_issue(self, member: Member, title: str, description: str) -> dict[str, Any]:
        """Open an issue."""
        made = {"iid": next(self._ids), "state": "opened", "title": title}
        self.issues.append({**made, "author": self.user(member.username), "description": description})
        return self.issues[-1]

    def _system_note(self, iid: int, user: dict[str, Any], body: str, *, tick: bool = True) -> None:
        self._add_note(iid, user, body, system=True, tick=tick)

    def _add_note(
        self, iid: int, user: dict[str, Any], body: str, *, system: bool, tick: bool = True
    ) -> dict[str, Any]:
        made = {"id": next(self._ids), "body": body, "author": user, "system": system, "noteable_iid": iid}
        self.notes.append({**made, "created_at": self._tick() if tick else stamp(self.now)})
        return self.notes[-1]

    def _tick(self) -> str:
        self.now += timedelta(minutes=1)
        return stamp(self.now)


def stamp(moment: datetime) -> str:
    """Return a time as GitLab writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sentence(names: list[str]) -> str:
    few = 2
    return " and ".join(names) if len(names) <= few else f"{', '.join(names[:-1])}, and {names[-1]}"


def _is_open(status: dict[str, Any], sha: str, name: str, member: Member) -> bool:
    mine = status["author"]["id"] == member.id
    return mine and (status["sha"], status["name"]) == (sha, name) and status["status"] in OPEN_STATES
