"""The forge, token and pull request of this job, from its environment."""

import asyncio
import os
import random
import re
from pathlib import Path
from typing import Any, Final

import msgspec

from reconciler import forge
from reconciler.cli import runtime
from reconciler.errors import InputError
from reconciler.forge import RetryPolicy
from reconciler.model.forge import ForgeSettings
from reconciler.model.json_input import ANY_JSON, decode_json
from reconciler.model.secret import SecretText

_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9-]+/(?!\.{1,2}$)[A-Za-z0-9._-]+")
_ON_GITEA: Final = re.compile(r"(?!\.{1,2}/)[A-Za-z0-9._-]+/(?!\.{1,2}$)[A-Za-z0-9._-]+")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """The facts about a job.

    `number` and `head` are those of the pull request that it runs for. `commit` is checked out, from `branch`
    if the job runs for a branch. `link` is the address of the job's page, `repository_address` that of the
    repository, from which the token can fetch.
    """

    settings: ForgeSettings
    number: int | None = None
    head: str | None = None
    commit: str | None = None
    branch: str | None = None
    link: str = ""
    repository_address: str = ""


def job(app: str, *, allow_http: bool) -> Job:
    """Return the facts about this job. Raises InputError that names everything that is missing."""
    # Jobs of Gitea have the variables of GitHub's, too.
    if runtime.on_gitea():
        return _on_gitea(allow_http=allow_http)
    if os.environ.get("GITHUB_REPOSITORY"):
        return _on_github(app, allow_http=allow_http)
    if os.environ.get("CI_PROJECT_ID"):
        return _on_gitlab(allow_http=allow_http)
    message = (
        "this is not a job of GitHub, GitLab or Gitea: GITHUB_REPOSITORY, CI_PROJECT_ID and GITEA_REPOSITORY"
        " are not set"
    )
    raise InputError(
        message,
        "elsewhere, set GITHUB_REPOSITORY and GITHUB_TOKEN, CI_PROJECT_ID and GITLAB_TOKEN, or"
        " GITEA_SERVER_URL, GITEA_REPOSITORY and GITEA_TOKEN",
    )


def retry_policy() -> RetryPolicy:
    """Return how requests to a forge are retried."""
    return forge.retry_policy(asyncio.sleep, random.random)


def _on_github(app: str, *, allow_http: bool) -> Job:
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    token = os.environ.get("GITHUB_TOKEN", "").strip()
    lacks = [
        *_invalid("GITHUB_REPOSITORY", repository, _REPOSITORY),
        *([] if token else ["GITHUB_TOKEN is not set"]),
    ]
    if lacks:
        raise InputError("\n".join(lacks), "give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`")
    return _of_event(
        ForgeSettings(
            kind="github",
            address=os.environ.get("GITHUB_API_URL") or "https://api.github.com",
            project=repository,
            token=SecretText(token),
            token_from="GITHUB_TOKEN",  # noqa: S106  the name of a variable
            app=app,
            allow_http=allow_http,
            in_job=os.environ.get("GITHUB_ACTIONS") == "true",
        )
    )


def _on_gitea(*, allow_http: bool) -> Job:
    server, repository = runtime.on_server()
    token_from = "GITEA_TOKEN" if os.environ.get("GITEA_TOKEN") else "GITHUB_TOKEN"
    token = os.environ.get(token_from, "").strip()
    lacks = [
        *([] if server else ["GITEA_SERVER_URL is not set"]),
        *_invalid("GITEA_REPOSITORY", repository, _ON_GITEA),
        *([] if token else ["GITEA_TOKEN is not set"]),
    ]
    if lacks:
        hint = "give the step of a job `env: {GITEA_TOKEN: ${{ github.token }}}`; elsewhere, set all of them"
        raise InputError("\n".join(lacks), hint)
    return _of_event(
        ForgeSettings(
            kind="gitea",
            address=f"{server}/api/v1",
            project=repository,
            token=SecretText(token),
            token_from=token_from,
            allow_http=allow_http,
        )
    )


def _invalid(variable: str, repository: str, form: re.Pattern[str]) -> list[str]:
    valid = form.fullmatch(repository)
    return [] if valid else [f'{variable}: "{repository}" is not valid; use OWNER/NAME']


def _of_event(settings: ForgeSettings) -> Job:
    """Return the job of an event on GitHub or Gitea."""
    pull = _event().get("pull_request")
    number, head = (pull.get("number"), pull.get("head")) if isinstance(pull, dict) else (None, None)
    sha = head.get("sha") if isinstance(head, dict) else None
    on_branch = os.environ.get("GITHUB_REF_TYPE") == "branch" and number is None
    return Job(
        settings=settings,
        number=number if isinstance(number, int) else None,
        head=_commit(sha),
        commit=_commit(os.environ.get("GITHUB_SHA")),
        branch=os.environ.get("GITHUB_REF_NAME") or None if on_branch else None,
        link=runtime.job_page(),
        repository_address=_git_address(*runtime.on_server()),
    )


def _on_gitlab(*, allow_http: bool) -> Job:
    token = os.environ.get("GITLAB_TOKEN", "").strip()
    if not token:
        also = "; CI_JOB_TOKEN cannot write notes" if os.environ.get("CI_JOB_TOKEN") else ""
        hint = "create a project access token with the scope `api` and the role Developer, and mask it"
        raise InputError(f"GITLAB_TOKEN is not set{also}", hint)
    number = os.environ.get("CI_MERGE_REQUEST_IID", "")
    commit = os.environ.get("CI_COMMIT_SHA")
    return Job(
        settings=ForgeSettings(
            kind="gitlab",
            address=os.environ.get("CI_API_V4_URL") or "https://gitlab.com/api/v4",
            project=os.environ.get("CI_PROJECT_ID", ""),
            token=SecretText(token),
            token_from="GITLAB_TOKEN",  # noqa: S106  the name of a variable
            allow_http=allow_http,
        ),
        number=int(number) if number.isascii() and number.isdigit() else None,
        # Where a pipeline runs on the merged result, its commit is a trial merge.
        head=_commit(os.environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or commit) if number else None,
        commit=_commit(commit),
        branch=os.environ.get("CI_COMMIT_BRANCH") or None,
        link=runtime.job_page(),
        repository_address=_git_address(os.environ.get("CI_SERVER_URL"), os.environ.get("CI_PROJECT_PATH")),
    )


def _event() -> dict[str, Any]:
    """Return the event that started a job on GitHub or Gitea; empty where there is none."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        found = decode_json(Path(path).read_bytes(), ANY_JSON)
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"GITHUB_EVENT_PATH: {path} cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def _git_address(server: str | None, project: str | None) -> str:
    return f"{server.rstrip('/')}/{project}.git" if server and project else ""


def _commit(given: Any) -> str | None:
    return given if isinstance(given, str) and _COMMIT.fullmatch(given) else None
