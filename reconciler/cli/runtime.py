"""Day, environment and event loop, as the commands need them."""

import os
import re
from collections.abc import Awaitable
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from reconciler.cli import clock
from reconciler.errors import InputError

_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COLLECTORS: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)
Result = TypeVar("Result")


def today(given: str | None) -> str:
    """Return the given day, or today in UTC, as YYYY-MM-DD."""
    return clock.now().date().isoformat() if given is None else day("--today", given)


def day(option: str, given: str) -> str:
    """Return the day in the value of an option. Raises InputError unless it is a date as YYYY-MM-DD."""
    if not _DAY.fullmatch(given):
        raise InputError(f'{option}: "{given}" is not a valid date', "use YYYY-MM-DD, such as 2026-11-24")
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise InputError(f'{option}: "{given}": this date does not exist', "check month and day") from error


def secret(variable: str) -> str | None:
    """Return the value of an environment variable."""
    return os.environ.get(variable)


def shell() -> str:
    """Return the name of the user's shell; empty where it is not known."""
    return Path(os.environ.get("SHELL", "")).name


def lease_owner(scope: str) -> str:
    """Return the owner of a lease, for those who wait: the configuration, and the CI job or the user."""
    return _printable(f"{scope} ({job_page() or f'{_user()}, process {os.getpid()}'})")


def _user() -> str:
    """Return the user and the machine, or only the machine where the user has no name."""
    import getpass  # noqa: PLC0415  only for apply
    import socket  # noqa: PLC0415  the same

    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return socket.gethostname()


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:200]


def applied_by() -> str:
    """Return who applies, for the receipt: who started the CI job and its page, or user and machine."""
    actors = map(os.environ.get, ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN"))
    if page := job_page():
        return _printable(", ".join(filter(None, (next(filter(None, actors), ""), page))))
    return _printable(_user())


def job_page() -> str:
    """Return the web address of this CI job; empty outside of CI."""
    server, repository = on_server()
    run, number = os.environ.get("GITHUB_RUN_ID"), os.environ.get("GITHUB_RUN_NUMBER")
    if on_gitea() and server and repository and number:
        # Only some versions have the id of a run in its address, and those accept its number like this.
        return f"{server}/{repository}/actions/runs/{number}?by_index=1"
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return os.environ.get("CI_JOB_URL", "")


def on_gitea() -> bool:
    """Whether this is a job of Gitea or Forgejo, or the environment names a repository there."""
    return any(map(os.environ.get, ("GITEA_ACTIONS", "FORGEJO_ACTIONS", "GITEA_REPOSITORY")))


def on_server() -> tuple[str, str]:
    """Return the web address of GitHub or Gitea, and the repository; empty where they are not known."""
    first = ("GITEA", "GITHUB") if on_gitea() else ("GITHUB",)
    server, repository = (
        next(filter(None, (os.environ.get(f"{each}_{name}") for each in first)), "")
        for name in ("SERVER_URL", "REPOSITORY")
    )
    return server.rstrip("/"), repository


def telemetry_enabled() -> bool:
    """Whether the environment configures telemetry."""
    return os.environ.get("OTEL_SDK_DISABLED") != "true" and any(map(os.environ.get, _COLLECTORS))


def link(commit: str | None) -> str:
    """Return the web address of the files of a commit; empty outside of CI."""
    server, repository = on_server()
    if commit and server and repository:
        return f"{server}/{repository}/{'src/commit' if on_gitea() else 'blob'}/{commit}"
    project = os.environ.get("CI_PROJECT_URL")
    return f"{project}/-/blob/{commit}" if commit and project else ""


def run_async(work: Awaitable[Result]) -> Result:
    """Run work on its own event loop and return the result."""
    import asyncio  # noqa: PLC0415  start-up counts

    found: list[Result] = []

    async def run() -> None:
        # Errors after a second interrupt are of no use to anyone.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        # asyncio.run computes the repr of what it returns, which is slow for a big plan.
        found.append(await work)

    asyncio.run(run())
    return found[0]
