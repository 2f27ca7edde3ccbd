"""The facts about a job of Gitea or Forgejo, which has the variables of GitHub's jobs, too."""

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import runtime
from reconciler.cli.ci import environment
from reconciler.errors import InputError
from tests.cli.forging import HEAD, MERGED, Job

IN_A_JOB = {
    "GITEA_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://gitea.example/",
    "GITHUB_API_URL": "https://gitea.example/api/v1",
    "GITHUB_REPOSITORY": "our.company/access",
    "GITHUB_RUN_ID": "708",
    "GITHUB_RUN_NUMBER": "12",
    "GITHUB_TOKEN": "of-the-job",
}
ELSEWHERE = {
    "GITEA_SERVER_URL": "https://gitea.example",
    "GITEA_REPOSITORY": "our.company/access",
    "GITEA_TOKEN": "of-a-user",
}
PAGE = "https://gitea.example/our.company/access/actions/runs/12?by_index=1"


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    return Job(tmp_path, monkeypatch)


def found() -> environment.Job:
    return environment.job("github-actions", allow_http=False)


def settings(made: environment.Job) -> tuple[Any, ...]:
    given = made.settings
    return given.kind, given.address, given.project, given.token.reveal(), given.token_from


def test_a_job_for_a_pull_request_knows_its_head(job: Job) -> None:
    job.set(**IN_A_JOB)
    job.reviews(7)
    made = found()

    assert settings(made) == (
        "gitea",
        "https://gitea.example/api/v1",
        "our.company/access",
        "of-the-job",
        "GITHUB_TOKEN",
    )
    assert (made.number, made.head, made.branch, made.link) == (7, HEAD, None, PAGE)


def test_a_job_of_forgejo_for_a_push_knows_its_commit_and_branch(job: Job) -> None:
    job.set(**{**IN_A_JOB, "FORGEJO_ACTIONS": "true", "GITEA_TOKEN": "of-a-user"})
    job.unset("GITEA_ACTIONS")
    job.merges()
    made = found()

    assert (settings(made)[3:], made.number, made.commit, made.branch) == (
        ("of-a-user", "GITEA_TOKEN"),
        None,
        MERGED,
        "main",
    )


def test_a_script_names_the_server_and_the_repository(job: Job) -> None:
    job.set(**ELSEWHERE)
    made = found()

    assert settings(made) == (
        "gitea",
        "https://gitea.example/api/v1",
        "our.company/access",
        "of-a-user",
        "GITEA_TOKEN",
    )
    assert (made.link, runtime.link("9f3")) == ("", "https://gitea.example/our.company/access/src/commit/9f3")


@pytest.mark.parametrize("name", ["..", "../access", "our/..", "our/access/x", "our access/x", ""])
def test_all_that_is_missing_or_wrong_is_named(job: Job, name: str) -> None:
    job.set(GITEA_ACTIONS="true", GITEA_REPOSITORY=name)
    with pytest.raises(InputError) as raised:
        found()

    assert raised.value.message == (
        "GITEA_SERVER_URL is not set\n"
        f"GITEA_REPOSITORY: {json.dumps(name)} is not valid; use OWNER/NAME\n"
        "GITEA_TOKEN is not set"
    )
