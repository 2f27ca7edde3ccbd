"""A merge request of a real branch, its approvals, and its merge: from the plan to what is applied."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cli.forging import Job
from tests.cli.git.commits import committed, git
from tests.cli.running import CATALOG, CONFIGURATION, GROUP, Place, Ran
from tests.forge.gitlab_server import GitLab
from tests.forge.serving import served
from tests.servers.git_http import GitServer

_OWNERS = "owners: {partnerships: {email: p@our-company.example}, logistics: {email: l@our-company.example}}"
# Bo approves for logistics, fay for finance; ana is the author of the merge request.
ENFORCED = CONFIGURATION.replace(
    _OWNERS,
    "owners:\n"
    "        partnerships: {email: p@our-company.example, approvers: {gitlab: [cy]}}\n"
    "        logistics: {email: l@our-company.example, approvers: {gitlab: [bo]}}\n"
    "        finance: {email: f@our-company.example, approvers: {gitlab: [fay]}}",
)
APIS = CATALOG.replace(
    "[{name: tracking-v2, owner: logistics}]",
    "[{name: tracking-v2, owner: logistics}, {name: rates-v1, owner: finance}]",
)
# The owner of the group puts the restricted API of another owner into it.
BUNDLED = GROUP.replace("apis: [tracking-v2]", "apis: [tracking-v2, rates-v1]")


class MergingOnGitLab:
    """A project, its checkout in the current folder, and a merge request of the branch topic."""

    def __init__(self, place: Place, gitlab: GitLab, job: Job, remote: Path, server: str) -> None:
        self.place, self.gitlab, self.job = place, gitlab, job
        self.folder = place.folder
        self.remote = remote / "our-company" / "access.git"
        self.head = self.merged = ""
        self._commits = 0
        gitlab.merge_requests.clear()
        job.set(CI_SERVER_URL=server, CI_PROJECT_PATH="our-company/access")
        place.write(reconciler=ENFORCED, catalog=APIS)
        (self.folder / ".gitignore").write_text(".reconciler\n*.json\n")
        self.base = self._commit()
        place.run("apply", "--auto-approve")
        git(self.folder, "clone", "-q", "--bare", ".", str(self.remote))
        # As forges have it: a commit is served that no branch has any more.
        git(self.remote, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.folder, "switch", "-q", "-c", "topic")

    def push(self, *, group: str, target: str = "main") -> str:
        """Push the group of access in a commit to the branch, and return the commit."""
        self.place.write(**{"access-groups__tracking": group})
        self.head = self._commit()
        git(self.folder, "push", "-qf", str(self.remote), "topic")
        if self.gitlab.merge_requests:
            self.gitlab.push(1, self.head)
        else:
            self.gitlab.open_request(self.head, target)
        return self.head

    def report(self) -> str:
        """Run the pipeline of the merge request; return the status of the approvals."""
        self.job.set(CI_MERGE_REQUEST_IID="1", CI_COMMIT_SHA=self.head)
        planned = self.place.run("plan", "--base", self.base, "--out", "plan.json")
        assert planned.code == 0, planned
        ran = self.place.run("comment", "plan", "plan.json")
        assert ran.code == 0, ran
        return self.status("reconciler/approvals")

    def status(self, name: str) -> str:
        """Return the newest status of this name of the head, with its description."""
        found = [each for each in self.gitlab.statuses if (each["sha"], each["name"]) == (self.head, name)]
        return f"{found[-1]['status']}: {found[-1]['description']}"

    def merge(self) -> None:
        """Merge the branch, and plan the merge as the pipeline of main does."""
        git(self.folder, "switch", "-q", "main")
        git(self.folder, "merge", "-q", "--no-ff", "--no-commit", "topic")
        self.merged = self._commit()
        self.gitlab.merge(1, merge_commit=self.merged)
        self.job.unset("CI_MERGE_REQUEST_IID")
        self.job.set(CI_COMMIT_SHA=self.merged, CI_COMMIT_BRANCH="main")
        planned = self.place.run("plan", "--base", self.base, "--out", "plan.json")
        assert planned.code == 0, planned

    def apply(self) -> tuple[Ran, int]:
        """Ask whether the plan was approved, and apply it then; return both as the pipeline does."""
        options = ("--commit", self.merged, "--plan", "plan.json", "--out", "approvals.json")
        asked = self.place.run("approved", *options)
        applied = self.place.run("apply", "--base", self.base, "--approvals", "approvals.json")
        return asked, applied.code

    def forge_statuses(self) -> None:
        """Show the plan of the merge and all approvals at each commit, as each job of a branch can."""
        digest = json.loads((self.folder / "plan.json").read_text())["digest"]
        shown = {"reconciler plan (local)": f"{digest} 1 change", "reconciler/approvals": "Approved"}
        for version in self.gitlab.versions[1]:
            for name, description in shown.items():
                body = {"name": name, "state": "success", "description": description}
                self.gitlab.set_status(self.gitlab.tokens["glpat-bot"], version["head_commit_sha"], body)

    def receipt(self) -> dict[str, Any]:
        """Return the newest receipt."""
        # Names have seconds only, and a fast machine applies twice in one.
        receipts = (self.folder / ".reconciler" / "receipts").iterdir()
        newest = max(receipts, key=lambda path: path.stat().st_mtime_ns)
        found: dict[str, Any] = json.loads(newest.read_text())
        return found

    def live(self) -> set[str]:
        """Return the APIs that a person of the partner can use in the portal."""
        ran = self.place.run("access", "--live", "--format", "json")
        rows: list[dict[str, Any]] = json.loads(ran.out)["rows"]
        return {row["api"] for row in rows}

    def _commit(self) -> str:
        self._commits += 1
        made = committed(self.folder, f"Change {self._commits}")
        self.gitlab.commits.add(made)
        return made


@contextmanager
def merging_on_gitlab(place: Place, gitlab: GitLab, job: Job, remote: Path) -> Iterator[MergingOnGitLab]:
    """Serve the repositories in the folder `remote` to the token of the job."""
    with served(GitServer(remote, "glpat-bot")) as address:
        yield MergingOnGitLab(place, gitlab, job, remote, address)
