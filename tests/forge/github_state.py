"""What the small GitHub holds, and what it refuses to hold."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from tests.forge.github_actions import Runs
from tests.forge.github_pulls import Proposing
from tests.forge.github_reviews import Reviewing, account
from tests.forge.github_rules import CONCLUSIONS, STATUSES, RefusedError, check_output, comment_body, error
from tests.forge.github_setup import SetUp

_START = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
_EVERYTHING = frozenset({"pull_requests:write", "issues:write", "checks:write", "contents:read"})

_OF_ADMINS = frozenset(
    {"administration:write", "actions:write", "environments:write", "secrets:write", "variables:write"}
)


class Actor(msgspec.Struct, frozen=True):
    """Whom a token stands for; `app` is the slug of a GitHub App, and empty for a person."""

    login: str
    number: int
    app: str = ""
    permissions: frozenset[str] = _EVERYTHING


class GitHubState(Proposing, Reviewing, SetUp, Runs):
    """One repository with its pull requests, and the tokens that are known."""

    def __init__(self, repository: str) -> None:
        Proposing.__init__(self)
        Reviewing.__init__(self)
        SetUp.__init__(self)
        Runs.__init__(self)
        self.repository = repository
        self.tokens = {
            "ghs_actions": Actor("github-actions[bot]", 41898282, "github-actions"),
            "ghs_fork": Actor(
                "github-actions[bot]",
                41898282,
                "github-actions",
                frozenset({"pull_requests:read", "checks:read"}),
            ),
            "ghs_other": Actor("other-app[bot]", 77, "other-app"),
            "ghs_members": Actor("members-app[bot]", 88, "members-app", _EVERYTHING | {"members:read"}),
            "ghs_bot": Actor(
                "people-bot[bot]", 99, "people-bot", frozenset({"contents:write", "pull_requests:write"})
            ),
            "ghp_ana": Actor("ana", 7),
            "ghp_olga": Actor("olga", 9, permissions=_EVERYTHING | _OF_ADMINS),
        }
        self.pulls: dict[int, dict[str, Any]] = {}
        self.comments: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.check_runs: list[dict[str, Any]] = []
        self.annotations: dict[int, list[dict[str, Any]]] = {}
        self.commits: set[str] = set()
        self.used: dict[str, int] = {}
        self.headers: dict[str, str] = {}
        self.ids = count(1001)

    def everything(self) -> dict[str, Any]:
        """Return all that people and programs may see."""
        held = {"comments": self.comments, "check_runs": self.check_runs, "annotations": self.annotations}
        return {"pulls": list(self.pulls.values()), "issues": self.issues, **held}

    def permit(self, token: str, *permissions: str) -> None:
        """Let a token do this and nothing else."""
        self.tokens[token] = msgspec.structs.replace(self.tokens[token], permissions=frozenset(permissions))

    def open_pull(self, head: str, base: str = "main") -> dict[str, Any]:
        """Open a pull request; its test merge is a commit of its own."""
        number = len(self.pulls) + 1
        self.commits.add(head)
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "user": user_of(self.tokens["ghp_ana"]),
            "body": None,
            "merged": False,
            "merged_at": None,
            "merged_by": None,
            "merge_commit_sha": f"{number:040x}",
            "head": {"sha": head, "ref": f"change-{number}", "repo": {"full_name": self.repository}},
            "base": {"ref": base, "repo": {"full_name": self.repository, "default_branch": "main"}},
            "requested_reviewers": [],
        }
        return self.pulls[number]

    def push(self, number: int, head: str) -> dict[str, Any]:
        """Push a commit to the branch of a pull request."""
        self.commits.add(head)
        self.pulls[number]["head"]["sha"] = head
        return self.pulls[number]

    def merge(self, number: int, commit: str) -> dict[str, Any]:
        """Merge a pull request; `commit` is what its base branch then ends with."""
        self.commits.add(commit)
        by = account("ana")
        merged = {
            "state": "closed",
            "merged": True,
            "merged_by": by,
            "merged_at": self.now(),
            "merge_commit_sha": commit,
        }
        self.pulls[number].update(merged)
        return self.pulls[number]

    def pull(self, number: int) -> dict[str, Any]:
        """Return a pull request."""
        self.follow()
        if number not in self.pulls:
            raise RefusedError(404, "Not Found")
        return self.pulls[number]

    def pulls_of(self, sha: str) -> list[dict[str, Any]]:
        """Return the pull requests that brought a commit, or are about to."""
        if sha not in self.commits:
            raise RefusedError(422, f"No commit found for SHA: {sha}")
        shown = [
            each for each in self.pulls.values() if sha in {each["merge_commit_sha"], each["head"]["sha"]}
        ]
        left_out = {"merged", "merged_by"}
        return [{key: value for key, value in each.items() if key not in left_out} for each in shown]

    def comments_of(self, number: int) -> list[dict[str, Any]]:
        """Return the comments of a pull request, the oldest first."""
        self.pull(number)
        return [each for each in self.comments if each["issue_url"].endswith(f"/issues/{number}")]

    def comment(self, actor: Actor, number: int, body: Any) -> dict[str, Any]:
        """Write a comment."""
        self.pull(number)
        made = {
            "id": next(self.ids),
            "body": comment_body(body),
            "user": user_of(actor),
            "issue_url": f"https://api.github.com/repos/{self.repository}/issues/{number}",
            "created_at": self.now(),
            "updated_at": self.now(),
            "performed_via_github_app": {"slug": actor.app} if actor.app else None,
        }
        self.comments.append(made)
        return made

    def edit(self, number: int, body: Any) -> dict[str, Any]:
        """Change a comment; its author stays."""
        found = self._found(self.comments, number)
        found.update(body=comment_body(body), updated_at=self.now())
        return found

    def delete(self, number: int) -> None:
        """Delete a comment."""
        self.comments.remove(self._found(self.comments, number))

    def issues_of(self, state: str, creator: str | None) -> list[dict[str, Any]]:
        """Return issues, and pull requests among them, the newest first."""
        pulls = [
            {"number": each["number"], "state": each["state"], "user": user_of(self.tokens["ghp_ana"])}
            | {"body": each.get("body"), "pull_request": {}}
            for each in self.pulls.values()
        ]
        return [
            each
            for each in [*pulls, *self.issues][::-1]
            if state in {"all", each["state"]} and creator in {None, each["user"]["login"]}
        ]

    def open_issue(self, actor: Actor, body: Any) -> dict[str, Any]:
        """Open an issue."""
        if not body.get("title"):
            raise RefusedError(422, "Validation Failed", [error("missing_field", "title", "")])
        made = {"number": next(self.ids), "state": "open", "title": body["title"], "user": user_of(actor)}
        self.issues.append({**made, "body": comment_body(body)})
        return self.issues[-1]

    def change_issue(self, number: int, body: Any) -> dict[str, Any]:
        """Change an issue, or close it."""
        found = next((each for each in self.issues if each["number"] == number), None)
        if found is None:
            raise RefusedError(404, "Not Found")
        found.update(body, body=comment_body({**found, **body}))
        return found

    def check_runs_of(self, sha: str, name: str | None, *, latest: bool) -> list[dict[str, Any]]:
        """Return the check runs of a commit, the newest first; `latest` is one for each name and app."""
        if sha not in self.commits:
            raise RefusedError(422, f"No commit found for SHA: {sha}")
        found = [
            each for each in self.check_runs[::-1] if each["head_sha"] == sha and name in {None, each["name"]}
        ]
        newest: dict[tuple[str, str], dict[str, Any]] = {}
        for each in found:
            newest.setdefault((each["name"], each["app"]["slug"]), each)
        return list(newest.values()) if latest else found

    def check(self, actor: Actor, body: Any) -> dict[str, Any]:
        """Make a check run; only apps may."""
        if not actor.app:
            raise RefusedError(403, "You must authenticate via a GitHub App.")
        if body.get("head_sha") not in self.commits:
            raise RefusedError(422, f"No commit found for SHA: {body.get('head_sha')}")
        if not body.get("name"):
            raise RefusedError(422, 'Invalid request.\n\n"name" wasn\'t supplied.')
        made = {
            "id": next(self.ids),
            "name": body["name"],
            "head_sha": body["head_sha"],
            "external_id": "",
            "details_url": "",
            "status": "queued",
            "conclusion": None,
            "started_at": self.now(),
            "completed_at": None,
            "output": {"title": None, "summary": None, "annotations_count": 0},
            "app": {"slug": actor.app, "id": 15368, "name": actor.app},
        }
        self._fill(made, body)
        self.check_runs.append(made)
        return made

    def recheck(self, actor: Actor, number: int, body: Any) -> dict[str, Any]:
        """Change a check run, which only its own app may."""
        found = self._found(self.check_runs, number)
        if found["app"]["slug"] != actor.app:
            raise RefusedError(403, "Invalid app_id: a check run is modified only by the app that created it")
        self._fill(found, body)
        return found

    def _fill(self, run: dict[str, Any], body: Any) -> None:
        output = body.get("output") or {}
        annotations = output.get("annotations", [])
        check_output(output, annotations)
        conclusion = body.get("conclusion")
        if conclusion not in {None, *CONCLUSIONS} or (body.get("status") == "completed" and not conclusion):
            raise RefusedError(422, "Invalid request.\n\nconclusion is missing, or none that there is.")
        if body.get("status") not in {None, *STATUSES}:
            raise RefusedError(422, f"Invalid request.\n\n{body['status']} is not a member of {STATUSES}.")
        held = self.annotations.setdefault(run["id"], [])
        held += annotations
        run.update(
            {key: body[key] for key in ("name", "external_id", "details_url", "status") if key in body}
        )
        if run["status"] != "completed":
            run.update(conclusion=None, completed_at=None)
        if conclusion:
            run.update(status="completed", conclusion=conclusion, completed_at=self.now())
        if output:
            run["output"] = {
                "title": output["title"],
                "summary": output["summary"],
                "annotations_count": len(held),
            }

    def _found(self, items: list[dict[str, Any]], number: int) -> dict[str, Any]:
        found = next((each for each in items if each["id"] == number), None)
        if found is None:
            raise RefusedError(404, "Not Found")
        return found

    def now(self) -> str:
        """Return the time, which passes as things happen."""
        happened = (self.comments, self.check_runs, self.reviews, self.events)
        moment = _START + timedelta(seconds=sum(map(len, happened)))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def user_of(actor: Actor) -> dict[str, Any]:
    return {"login": actor.login, "id": actor.number, "type": "Bot" if actor.app else "User"}
