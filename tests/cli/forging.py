"""A job on a forge: the environment that it has, which is this process's."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.ci import environment
from reconciler.forge import RetryPolicy, retry_policy

HEAD = "a" * 40
NEWER = "c" * 40
MERGED = "b" * 40
_FORGES = ("GITHUB_", "GITLAB_", "GITEA_", "FORGEJO_", "CI_")


class Job:
    """A job that knows nothing yet, even where these tests run in one themselves."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._environment = monkeypatch
        self.unset(*[name for name in os.environ if name.startswith(_FORGES)])
        monkeypatch.setattr(environment, "retry_policy", _hurried)

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._environment.setenv(name, value)

    def unset(self, *names: str) -> None:
        for name in names:
            self._environment.delenv(name, raising=False)

    def on_github(self, address: str) -> "Job":
        """Let it be one of GitHub's, with the token of Actions."""
        self.set(GITHUB_API_URL=address, GITHUB_REPOSITORY="our-company/access", GITHUB_TOKEN="ghs_actions")
        return self

    def on_gitlab(self, address: str) -> "Job":
        """Let it be one of GitLab's, with the token of a project's bot."""
        self.set(CI_API_V4_URL=f"{address}/api/v4", CI_PROJECT_ID="42", GITLAB_TOKEN="glpat-bot")
        return self

    def event(self, **what: Any) -> None:
        """Let GitHub tell why the job runs."""
        path = self._folder / "event.json"
        path.write_text(json.dumps(what))
        self.set(GITHUB_EVENT_PATH=str(path))

    def reviews(self, number: int = 1, head: str = HEAD) -> None:
        """Let it run for a pull request."""
        self.event(pull_request={"number": number, "head": {"sha": head}})
        self.set(GITHUB_REF_NAME=f"{number}/merge", GITHUB_REF_TYPE="branch")

    def merges(self, commit: str = MERGED, branch: str = "main") -> None:
        """Let it run for a push to a branch."""
        self.event(ref=f"refs/heads/{branch}")
        self.set(GITHUB_SHA=commit, GITHUB_REF_NAME=branch, GITHUB_REF_TYPE="branch")


def _hurried() -> RetryPolicy:
    """Return a policy that does not wait."""

    async def sleep(_seconds: float) -> None:
        pass

    return retry_policy(sleep, lambda: 1.0)
