"""A runner of a repository on Gitea: fetches the jobs that events start, as Gitea's own runner does."""

from base64 import b64decode
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any, Final

import httpx2
import yaml
from msgspec import Struct

from tests.servers.gitea import Repository

_LABEL: Final = "ubuntu-latest"
# Gitea starts the jobs of a push in the background.
_START_SECONDS: Final = 60


class Task(Struct, frozen=True, kw_only=True):
    """A job as Gitea describes it to a runner: a workflow with this job alone, and all that it knows."""

    id: str
    name: str
    workflow: str
    context: dict[str, Any]
    secrets: dict[str, str]
    variables: dict[str, str]


class GiteaRunner:
    """A runner that belongs to one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._ended: set[int] = set()
        token = repository.ask("POST", "/actions/runners/registration-token")["token"]
        self._headers: dict[str, str] = {}
        runner = self._call("Register", {"name": "tests", "token": token, "labels": [_LABEL]})["runner"]
        self._headers = {"x-runner-uuid": runner["uuid"], "x-runner-token": runner["token"]}

    def run(self, do: Callable[[Task], str], commit: str) -> dict[str, str]:
        """Do all jobs until new runs of a commit have ended; return the result of each of their jobs."""
        end = monotonic() + _START_SECONDS
        while monotonic() < end:
            if (task := self.next_task()) is not None:
                self.finish(task, do(task))
                end = monotonic() + _START_SECONDS
                continue
            runs = [run for run in self._runs() if self._is_new(run, commit)]
            if runs and all(run["status"] == "completed" for run in runs):
                self._ended.update(run["id"] for run in runs)
                jobs = [job for run in runs for job in self._list(f"/actions/runs/{run['id']}/jobs", "jobs")]
                return {job["name"]: job["conclusion"] for job in jobs}
            sleep(0.1)
        known = [(run["event"], run["head_sha"], run["status"]) for run in self._runs()]
        raise RuntimeError(f"no jobs of {commit} have ended: {known}")

    def _is_new(self, run: dict[str, Any], commit: str) -> bool:
        return run["head_sha"] == commit and run["id"] not in self._ended

    def next_task(self) -> Task | None:
        """Return a job that nobody runs yet; it is then expected from this runner."""
        found = self._call("FetchTask", {}).get("task")
        if found is None:
            return None
        workflow = b64decode(found["workflowPayload"]).decode()
        [name] = yaml.safe_load(workflow)["jobs"]
        return Task(
            id=found["id"],
            name=name,
            workflow=workflow,
            context=found["context"],
            secrets=found.get("secrets", {}),
            variables=found.get("vars", {}),
        )

    def finish(self, task: Task, result: str) -> None:
        """Report the result of a job: success, failure, or skipped."""
        self._call("UpdateTask", {"state": {"id": task.id, "result": f"RESULT_{result.upper()}"}})

    def _runs(self) -> list[dict[str, Any]]:
        return self._list("/actions/runs", "workflow_runs")

    def _list(self, path: str, key: str) -> list[dict[str, Any]]:
        return list(self._repository.ask("GET", path)[key])

    def _call(self, method: str, body: Any) -> Any:
        url = f"{self._repository.owner.server.url}/api/actions/runner.v1.RunnerService/{method}"
        response = httpx2.post(url, json=body, headers=self._headers, trust_env=False, timeout=60)
        return response.raise_for_status().json()
