"""What the small GitHub holds of pull requests that programs open, change and merge."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.forge.github_rules import RefusedError, error
from tests.servers.bare_repository import BareRepository

_LONGEST_BODY = 65_536
_ORDERS = {"created", "updated", "popularity", "long-running"}


class Proposing:
    """The pull requests of one repository, whose branches are those of `git`, or listed in `branches`."""

    repository: str
    pulls: dict[int, dict[str, Any]]
    commits: set[str]
    check_runs: list[dict[str, Any]]

    def __init__(self) -> None:
        self.git: BareRepository | None = None
        self.branches: dict[str, str] = {}
        # Checks that must have passed at the head before it is merged.
        self.required: set[str] = set()
        # What happens between the request to merge and its answer.
        self.before_merge: list[Callable[[], object]] = []
        self.allow_merge_commit = self.allow_squash_merge = True

    def open_pull(self, head: str, base: str = "main") -> dict[str, Any]:
        """Open a pull request of a person."""
        raise NotImplementedError

    def merge(self, number: int, commit: str) -> dict[str, Any]:
        """Merge a pull request."""
        raise NotImplementedError

    def pull(self, number: int) -> dict[str, Any]:
        """Return a pull request."""
        raise NotImplementedError

    def pulls_by(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the pull requests that a query names, the newest first unless it says otherwise."""
        state, head, base = query.get("state", "open"), query.get("head"), query.get("base")
        if query.get("sort", "created") not in _ORDERS:
            raise RefusedError(422, "Validation Failed")
        self.follow()
        found = [
            _listed(each)
            for each in self.pulls.values()
            if state in {"all", each["state"]}
            and head in {None, _label(each)}
            and base in {None, each["base"]["ref"]}
        ]
        return found if query.get("direction") == "asc" else found[::-1]

    def open_proposal(self, user: dict[str, Any], body: Any) -> dict[str, Any]:
        """Open a pull request from a branch of this repository."""
        branch, base = body.get("head", ""), body.get("base", "")
        if not body.get("title"):
            raise RefusedError(422, "Validation Failed", [error("missing_field", "title", "")])
        head = self.branch_head(branch)
        if head is None:
            raise RefusedError(422, "Validation Failed", [error("invalid", "head", "")])
        label = f"{self.repository.partition('/')[0]}:{branch}"
        if any(_label(each) == label for each in self.pulls.values() if each["state"] == "open"):
            said = f"A pull request already exists for {label}."
            raise RefusedError(422, "Validation Failed", [error("custom", "", said)])
        made = self.open_pull(head, base)
        made["head"]["ref"] = branch
        made.update(user=user, title=body["title"], body=_body(body))
        return made

    def change_pull(self, number: int, body: Any) -> dict[str, Any]:
        """Change a pull request, or close it."""
        found = self.pull(number)
        if "body" in body:
            found["body"] = _body(body)
        if body.get("state") == "closed":
            found["state"] = "closed"
        return found

    def merge_pull(self, user: dict[str, Any], number: int, body: Any) -> dict[str, Any]:
        """Merge a pull request at a head, if its checks passed."""
        for happens in self.before_merge:
            happens()
        self.follow()
        found = self.pull(number)
        method = body.get("merge_method", "merge")
        if found["state"] != "open":
            raise RefusedError(405, "Pull Request is not mergeable")
        if body.get("sha") not in {None, found["head"]["sha"]}:
            raise RefusedError(409, "Head branch was modified. Review and try the merge again.")
        if not {"merge": self.allow_merge_commit, "squash": self.allow_squash_merge}.get(method, False):
            raise RefusedError(405, f"{method.title()} is not allowed on this repository.")
        passed = {
            each["name"]
            for each in self.check_runs
            if each["head_sha"] == found["head"]["sha"] and each["conclusion"] in {"success", "neutral"}
        }
        if missing := self.required - passed:
            raise RefusedError(405, f'Required status check "{min(missing)}" is expected.')
        commit = f"{number:x}".rjust(40, "e")
        if self.git is not None:
            commit = self.git.merge(found["head"]["ref"], found["base"]["ref"], squash=method == "squash")
        self.merge(number, commit)
        found["merged_by"] = user
        return {"sha": commit, "merged": True, "message": "Pull Request successfully merged"}

    def follow(self) -> None:
        """Let the heads of open pull requests follow their branches."""
        for each in self.pulls.values():
            head = self.branch_head(each["head"]["ref"])
            if each["state"] == "open" and head is not None:
                self.commits.add(head)
                each["head"]["sha"] = head

    def branch_head(self, branch: str) -> str | None:
        """Return the newest commit of a branch."""
        return self.git.head(branch) if self.git else self.branches.get(branch)


def _label(pull: dict[str, Any]) -> str:
    repository = (pull["head"]["repo"] or {}).get("full_name", "")
    return f"{repository.partition('/')[0]}:{pull['head']['ref']}"


def _listed(pull: dict[str, Any]) -> dict[str, Any]:
    """Return a pull request as lists have it: without some of its fields."""
    return {key: value for key, value in pull.items() if key not in {"merged", "merged_by"}}


def _body(body: Any) -> str:
    text = body.get("body") or ""
    if len(text) > _LONGEST_BODY:
        said = f"body is too long (maximum is {_LONGEST_BODY} characters)"
        raise RefusedError(422, "Validation Failed", [error("custom", "body", said)])
    return str(text)
