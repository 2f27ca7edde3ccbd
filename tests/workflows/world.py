"""What the workflows run in: a portal, a forge, a repository, and the events that the forge would send."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.forge.github_server import GitHub
from tests.workflows.acting import COMMANDS, TOKEN, WORKFLOWS, Actor, Ran, permissions
from tests.workflows.repository import Files, Repository

REPOSITORY: Final = "halden-freight/access"
OWNER, _, NAME = REPOSITORY.partition("/")


class World(msgspec.Struct, frozen=True, kw_only=True):
    """`portal` is the folder of the portal's database; `tokens` are the portal's, by what they may do."""

    portal: Path
    github: GitHub
    repository: Repository
    actor: Actor
    artifacts: Path
    tokens: dict[str, str]
    portal_name: str = "staging"

    def without_portal(self) -> "World":
        """Return the same, where no variable names a portal."""
        return msgspec.structs.replace(self, portal_name="")

    def propose(self, files: Files, *, repository: str = REPOSITORY) -> tuple[int, Ran]:
        """Open a pull request from a repository, with these files, and run what it starts."""
        number = len(self.github.state.pulls) + 1
        base = self.repository.git("rev-parse", "main")
        head = self.repository.propose(number, files)
        self.github.state.open_pull(head)
        pull = _pull(number, head, base, repository)
        return number, self._run("plan.yml", "pull_request", "read", pull_request=pull)

    def change(self, number: int, files: Files) -> None:
        """Push a further commit to a pull request, and lose what it should have started."""
        self.github.state.push(number, self.repository.change(number, files))

    def merge(self, number: int) -> Ran:
        """Merge a pull request, and run what that starts."""
        before, after = self.repository.merge(number)
        self.github.state.merge(number, after)
        return self._pushed(before, after)

    def push(self, files: Files) -> Ran:
        """Push to main without a pull request, and run what that starts."""
        before, after = self.repository.push(files)
        self.github.state.commits.add(after)
        return self._pushed(before, after)

    def dispatch(self, workflow: str, **inputs: str) -> Ran:
        """Start a workflow by hand."""
        return self._run(workflow, "workflow_dispatch", "admin", ref="refs/heads/main", inputs=inputs)

    def morning(self) -> Ran:
        """Run what the schedule starts."""
        return self._run("daily.yml", "schedule", "admin", schedule="17 4 * * *")

    def kept(self, artifact: str) -> list[str]:
        """Return the files of an artifact of the last run."""
        return sorted(path.name for path in (self.artifacts / artifact).iterdir())

    def artifact(self, name: str) -> Any:
        """Return the JSON of a file in an artifact of the last run."""
        return json.loads((self.artifacts / name).read_text())

    def reconcile(self, *arguments: str) -> str:
        """Run the reconciler beside the portal's database, and return what it prints."""
        return reconcile(self.portal, *arguments, "--portal=local")

    def live(self, *arguments: str) -> list[dict[str, Any]]:
        """Return who reaches what in the portal."""
        printed = self.reconcile("access", "--live", "--format=json", *arguments)
        rows: list[dict[str, Any]] = json.loads(printed)["rows"]
        return rows

    def _pushed(self, before: str, after: str) -> Ran:
        return self._run("apply.yml", "push", "admin", ref="refs/heads/main", before=before, after=after)

    def _run(self, workflow: str, event: str, scope: str, **payload: Any) -> Ran:
        # A token may what the jobs of its run ask for, and nothing else.
        path = WORKFLOWS / workflow
        shutil.rmtree(self.artifacts)
        self.artifacts.mkdir()
        token = self.github.state.tokens[TOKEN]
        self.github.state.tokens[TOKEN] = msgspec.structs.replace(token, permissions=permissions(path))
        repository = {
            "name": NAME,
            "full_name": REPOSITORY,
            "owner": {"login": OWNER},
            "default_branch": "main",
        }
        return self.actor.run(
            path,
            event,
            {**payload, "repository": repository},
            secrets={"GITHUB_TOKEN": TOKEN, "PORTAL_TOKEN": self.tokens[scope]},
            variables={"RECONCILER_PORTAL": self.portal_name},
        )


def reconcile(folder: Path, *arguments: str) -> str:
    """Run the reconciler in a folder, and return what it prints."""
    command = [str(COMMANDS / "reconciler"), *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def _pull(number: int, head: str, base: str, repository: str) -> dict[str, Any]:
    return {
        "number": number,
        "user": {"login": "ana"},
        "head": {"ref": f"change-{number}", "sha": head, "repo": {"full_name": repository}},
        "base": {"ref": "main", "sha": base, "repo": {"full_name": REPOSITORY}},
    }
