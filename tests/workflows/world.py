"""What the workflows run in: a portal, a forge, a repository, and the events that the forge would send."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.forge.github_server import GitHub
from tests.workflows.acting import COMMANDS, TOKEN, Actor, Ran, permissions
from tests.workflows.repository import Repository

REPOSITORY: Final = "halden-freight/access"
PORTAL: Final = "staging"


class World(msgspec.Struct, frozen=True, kw_only=True):
    """`portal` is the folder of the portal's database; `tokens` are the portal's, by what they may do."""

    portal: Path
    github: GitHub
    repository: Repository
    actor: Actor
    tokens: dict[str, str]

    def propose(self, files: dict[str, str]) -> tuple[int, Ran]:
        """Open a pull request with these files, and run what it starts."""
        number = len(self.github.state.pulls) + 1
        base = self.repository.git("rev-parse", "main")
        head, _ = self.repository.propose(number, files)
        self.github.state.open_pull(head)
        return number, self._run("plan.yml", "pull_request", "read", pull_request=_pull(number, head, base))

    def merge(self, number: int) -> Ran:
        """Merge a pull request, and run what that starts."""
        before, after = self.repository.merge(number)
        self.github.state.merge(number, after)
        return self.pushed(before, after)

    def pushed(self, before: str, after: str) -> Ran:
        """Run what a push to main starts."""
        return self._run("apply.yml", "push", "admin", ref="refs/heads/main", before=before, after=after)

    def dispatch(self, workflow: str, **inputs: str) -> Ran:
        """Start a workflow by hand."""
        return self._run(workflow, "workflow_dispatch", "admin", ref="refs/heads/main", inputs=inputs)

    def morning(self) -> Ran:
        """Run what the schedule starts."""
        return self._run("daily.yml", "schedule", "admin", schedule="17 4 * * *")

    def live(self, *arguments: str) -> list[dict[str, Any]]:
        """Return who reaches what in the portal."""
        command = [
            str(COMMANDS / "reconciler"),
            "access",
            "--live",
            "--portal=local",
            "--format=json",
            *arguments,
        ]
        ran = subprocess.run(command, cwd=self.portal, capture_output=True, text=True, check=True)
        rows: list[dict[str, Any]] = json.loads(ran.stdout)["rows"]
        return rows

    def _run(self, workflow: str, event: str, scope: str, **payload: Any) -> Ran:
        # A token may what the jobs of its run ask for, and nothing else.
        token = self.github.state.tokens[TOKEN]
        self.github.state.tokens[TOKEN] = msgspec.structs.replace(token, permissions=permissions(workflow))
        repository = {
            "full_name": REPOSITORY,
            "default_branch": "main",
            "name": "access",
            "owner": {"login": "halden-freight"},
        }
        return self.actor.run(
            workflow,
            event,
            {**payload, "repository": repository},
            secrets={"GITHUB_TOKEN": TOKEN, "PORTAL_TOKEN": self.tokens[scope]},
            variables={"RECONCILER_PORTAL": PORTAL},
        )


def _pull(number: int, head: str, base: str) -> dict[str, Any]:
    return {
        "number": number,
        "user": {"login": "ana"},
        "head": {"ref": f"change-{number}", "sha": head, "repo": {"full_name": REPOSITORY}},
        "base": {"ref": "main", "sha": base, "repo": {"full_name": REPOSITORY}},
    }
