"""A pull request of a real branch, its reviews, and its merge: what `reconciler approved` decides about."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cli.forging import Job
from tests.cli.git.commits import committed, git
from tests.cli.running import CONFIGURATION, GROUP, Place, Ran
from tests.forge.github_server import GitHub
from tests.forge.serving import served
from tests.servers.git_http import GitServer

# Bo approves for logistics, and cy for partnerships; ana is the author of pull requests.
ENFORCED = CONFIGURATION.replace(
    "l@our-company.example}", "l@our-company.example, approvers: {github: [bo]}}"
).replace("p@our-company.example}", "p@our-company.example, approvers: {github: [cy]}}")
OFFERED = GROUP.replace("[{type: reseller}]", "[{type: reseller}, {type: contractor}]")
# A new group, and the same one with another name.
PARCELS = GROUP.replace("name: tracking}", "name: parcels}")
RENAMED = PARCELS.replace("displayName: Tracking", "displayName: Parcels")
_OUT = ("--out", "approvals.json")


class Merging:
    """A repository on a forge, its checkout in the current folder, and a pull request of the branch topic."""

    def __init__(
        self, place: Place, github: GitHub, job: Job, remote: Path, server: str, *, configured: str = ENFORCED
    ) -> None:
        self.place, self.state, self.job = place, github.state, job
        self.folder = place.folder
        self.remote = remote / "our-company" / "access.git"
        self.head = self.merged = ""
        self.commits = 0
        self.state.pulls.clear()
        job.set(GITHUB_SERVER_URL=server)
        place.write(reconciler=configured)
        (self.folder / ".gitignore").write_text(".reconciler\n*.json\n")
        self.base = self.commit()
        git(self.folder, "clone", "-q", "--bare", ".", str(self.remote))
        # As forges have it: a commit is served that no branch has any more.
        git(self.remote, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.folder, "switch", "-q", "-c", "topic")

    def push(self, **files: str | None) -> str:
        """Push a commit to the branch, and return it."""
        self.write(**files)
        self.head = self.commit()
        git(self.folder, "push", "-qf", str(self.remote), "topic")
        if self.state.pulls:
            self.state.push(1, self.head)
        else:
            self.state.open_pull(self.head)
        return self.head

    def rewrite(self, **files: str | None) -> str:
        """Push another commit in the place of all commits of the branch."""
        git(self.folder, "reset", "-q", "--hard", "main")
        return self.push(**files)

    def commit(self) -> str:
        """Commit all files, and return the commit."""
        self.commits += 1
        made = committed(self.folder, f"Change {self.commits}")
        self.state.commits.add(made)
        return made

    def write(self, **files: str | None) -> None:
        """Write files; `group__` begins the names of those in the folder of access groups."""
        self.place.write(**{name.replace("group__", "access-groups__"): text for name, text in files.items()})

    def show(self, commit: str, digest: str) -> None:
        """Set the check of a plan at a commit, as each job of a branch can."""
        name, token = "reconciler plan (local)", self.state.tokens["ghs_actions"]
        run = {"name": name, "head_sha": commit, "external_id": digest, "conclusion": "success"}
        self.state.check(token, run)

    def approve(self, login: str = "bo", commit: str | None = "") -> dict[str, Any]:
        """Approve the pull request, for its head or for another commit."""
        made: dict[str, Any] = self.state.review(1, login, "APPROVED", commit)
        return made

    def merge(self, *options: str, **files: str) -> None:
        """Merge the branch, with these files as well, and plan the merge as its job does.

        The head shows the plan of the merge, as its own job reports it, or as somebody forged it.
        """
        git(self.folder, "switch", "-q", "main")
        git(self.folder, "merge", "-q", *(options or ("--no-ff", "--no-commit")), "topic")
        self.write(**files)
        self.merged = self.commit()
        self.state.merge(1, self.merged)
        self.show(self.head, self.plan()["digest"])

    def plan(self) -> dict[str, Any]:
        """Plan what was merged, and return the plan."""
        self.job.merges(self.merged)
        self.place.run("plan", "--base", self.base, "--out", "plan.json")
        return self.read("plan.json")

    def forget(self) -> None:
        """Leave only main in the checkout, as that of a job has it."""
        git(self.folder, "branch", "-qD", "topic")
        git(self.folder, "reflog", "expire", "--expire=now", "--all")
        git(self.folder, "gc", "-q", "--prune=now")

    def approved(self, *options: str) -> Ran:
        """Ask which plan was approved."""
        return self.place.run("approved", "--commit", self.merged, "--plan", "plan.json", *_OUT, *options)

    def read(self, name: str) -> dict[str, Any]:
        """Return a file in JSON."""
        found: dict[str, Any] = json.loads((self.folder / name).read_text())
        return found


@contextmanager
def merging_at(
    place: Place, github: GitHub, job: Job, remote: Path, *, configured: str = ENFORCED
) -> Iterator[Merging]:
    """Serve the repositories in the folder `remote` to the token of the job."""
    with served(GitServer(remote, "ghs_actions")) as address:
        yield Merging(place, github, job, remote, address, configured=configured)
