"""A real Gitea whose workflows run: its own events, tokens and secrets, with act as the runner."""

import os
from typing import Any

import msgspec
import yaml

from tests.servers.gitea import Repository, User
from tests.servers.gitea_runner import GiteaRunner, Task
from tests.workflows.acting import Actor, Ran
from tests.workflows.place import Place
from tests.workflows.repository import Files


class GiteaWorld(msgspec.Struct, frozen=True, kw_only=True):
    """A place, a repository on Gitea with its content, and who runs its jobs."""

    place: Place
    repository: Repository
    runner: GiteaRunner

    def open(self, files: Files, *, by: User) -> int:
        """Open a pull request with these files."""
        git = self.place.repository.git
        git("checkout", "--quiet", "-B", f"change-{os.urandom(4).hex()}", "main")
        self.place.repository.commit(files)
        self.push("HEAD", by=by)
        return self.repository.open_pull(git("branch", "--show-current"), by=by)

    def push(self, what: str, *, by: User) -> None:
        """Push a branch as a user."""
        self.place.repository.git("push", "--quiet", self.repository.address_of(by), what)

    def head(self, number: int) -> str:
        """Return the newest commit of a pull request."""
        return str(self.pull(number)["head"]["sha"])

    def pull(self, number: int) -> Any:
        """Return a pull request."""
        return self.repository.ask("GET", f"/pulls/{number}")

    def merge(self, number: int) -> str:
        """Merge a pull request, and return the commit that it made."""
        commit = self.repository.merge(number)
        self.place.repository.git("fetch", "--quiet", self.repository.address, "main")
        self.place.repository.git("branch", "--force", "main", "FETCH_HEAD")
        return commit

    def work(self, commit: str) -> Ran:
        """Run all jobs until those of a commit have ended."""
        logs = []

        def do(task: Task) -> str:
            ran = self._act(task)
            logs.append(ran.log)
            # Whatever act does not even start is not skipped.
            return ran.jobs.get(task.name, "failure" if "Error: " in ran.log else "skipped")

        return Ran(self.runner.run(do, commit), "".join(logs))

    def _act(self, task: Task) -> Ran:
        place, context = self.place, task.context
        place.repository.git("fetch", "--quiet", self.repository.address, context["sha"])
        # act takes the commit that is checked out for the one of the event.
        place.repository.git("checkout", "--quiet", "--detach", context["sha"])
        workflow = place.artifacts.parent / "workflow.yml"
        workflow.write_text(_known_to_act(task))
        environment = {
            "GITHUB_API_URL": context["api_url"],
            # act would not recognize the actions of others with the slash at its end.
            "GITHUB_SERVER_URL": context["server_url"].removesuffix("/"),
            "GITHUB_REPOSITORY": context["repository"],
            "GITHUB_RUN_ID": context["run_id"],
            "GITHUB_RUN_NUMBER": context["run_number"],
            "GITHUB_RUN_ATTEMPT": context["run_attempt"],
            "GITEA_ACTIONS": "true",
            "STAND_IN_ORIGIN": self.repository.address,
            "STAND_IN_ARTIFACTS": str(place.artifacts),
        }
        actor = Actor(place.repository.folder, environment)
        return actor.run(workflow, context["event_name"], context["event"], task.secrets, task.variables)


def _known_to_act(task: Task) -> str:
    """Return the workflow of a job; Gitea sends numbers as texts, which act refuses."""
    workflow = yaml.safe_load(task.workflow)
    job = workflow["jobs"][task.name]
    job["timeout-minutes"] = int(job["timeout-minutes"])
    return yaml.safe_dump(workflow)
