"""Whom the secrets of a repository on a real Gitea trust."""

from time import monotonic, sleep
from typing import Final

import pytest

from tests.servers.gitea import GiteaServer, Repository
from tests.servers.gitea_runner import GiteaRunner, Task

pytestmark = [pytest.mark.no_cover, pytest.mark.real, pytest.mark.xdist_group("gitea")]

_START_SECONDS: Final = 60
FOR_REVIEWS: Final = """\
on: pull_request_review
jobs:
  take:
    runs-on: ubuntu-latest
    steps: [{run: env}]
"""


def test_the_fork_of_a_reader_gets_the_secrets_when_its_pull_request_is_reviewed(gitea: GiteaServer) -> None:
    eve, ours = gitea.new_user(), gitea.new_user().new_repository({"README.md": "Ours.\n"})
    ours.ask("PUT", "/actions/secrets/PORTAL_TOKEN", {"data": "of-the-portal"})
    runner = GiteaRunner(ours)
    fork = Repository(eve, ours.ask("POST", "/forks", {}, by=eve)["full_name"])
    fork.commit({".gitea/workflows/take.yml": FOR_REVIEWS}, "topic")
    pull = {"head": f"{eve.login}:topic", "base": "main", "title": "Help"}
    number = ours.ask("POST", "/pulls", pull, by=eve)["number"]
    ours.ask("POST", f"/pulls/{number}/reviews", {"event": "COMMENT", "body": "Nice."}, by=eve)

    assert _started(runner).secrets["PORTAL_TOKEN"] == "of-the-portal"


def _started(runner: GiteaRunner) -> Task:
    end = monotonic() + _START_SECONDS
    while monotonic() < end:
        if (task := runner.next_task()) is not None:
            return task
        sleep(0.1)
    raise RuntimeError("no job has started")
