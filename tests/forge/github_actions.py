"""What the small GitHub holds of Actions: the runs of its workflows, and what they kept."""

from collections.abc import Iterator, Mapping
from typing import Any


class Runs:
    """The runs of the workflows of one repository, and their artifacts."""

    ids: Iterator[int]

    def __init__(self) -> None:
        self.runs: list[dict[str, Any]] = []
        self.artifacts: list[dict[str, Any]] = []

    def started(self, workflow: str, head: str, repository: str, event: str = "pull_request") -> int:
        """Start a run of a workflow for the head of a repository, and return its number."""
        number = next(self.ids)
        run = {"id": number, "path": f".github/workflows/{workflow}", "event": event, "head_sha": head}
        source = {"full_name": repository}
        self.runs.append({**run, "head_repository": source, "status": "in_progress", "conclusion": None})
        return number

    def kept(self, run: int, name: str, *, expired: bool = False) -> None:
        """Keep an artifact of a run; a later one takes the place of one of the same name."""
        self.artifacts = [each for each in self.artifacts if (each["run"], each["name"]) != (run, name)]
        self.artifacts.append({"id": next(self.ids), "run": run, "name": name, "expired": expired})

    def runs_of(self, workflow: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the runs of a workflow, the newest first."""
        return [
            each
            for each in self.runs[::-1]
            if each["path"].endswith(f"/{workflow}")
            and query.get("head_sha") in {None, each["head_sha"]}
            and query.get("event") in {None, each["event"]}
        ]

    def artifacts_of(self, run: int, name: str | None) -> list[dict[str, Any]]:
        """Return what a run kept."""
        found = [each for each in self.artifacts if each["run"] == run and name in {None, each["name"]}]
        return [{key: value for key, value in each.items() if key != "run"} for each in found]
