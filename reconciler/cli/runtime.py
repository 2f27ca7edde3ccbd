"""The edge: day, environment, folders and event loop, as the commands need them."""

import os
import re
from collections.abc import Awaitable
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from reconciler.cli import clock
from reconciler.errors import InputError

NAME: Final = "reconciler.yaml"
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COLLECTORS: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)
Result = TypeVar("Result")


def today(given: str | None) -> str:
    """Return the day that was given, or today in UTC, as YYYY-MM-DD."""
    return clock.now().date().isoformat() if given is None else day("--today", given)


def day(option: str, given: str) -> str:
    """Return the day that an option was given. Raises InputError where it is not a date as YYYY-MM-DD."""
    if not _DAY.fullmatch(given):
        raise InputError(f'{option}: "{given}" is not a date', "write it as YYYY-MM-DD, such as 2026-11-24")
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise InputError(f'{option}: "{given}": there is no such date', "check month and day") from error


def secret(variable: str) -> str | None:
    """Return what an environment variable holds."""
    return os.environ.get(variable)


def configuration(given: str | None) -> Path:
    """Return the configuration: the one that was given, or the nearest one here or above.

    Raises InputError for a symbolic link, and for one on the way to it in a checkout of git: there a branch
    chooses where it leads, and so which configuration of its base governs it.
    """
    from reconciler.cli.git.top_level import find_top_level  # noqa: PLC0415  the same
    from reconciler.cli.storage import checkout  # noqa: PLC0415  start-up counts

    path = _nearest() if given is None else Path(given)
    tops = {find_top_level(folder) for folder in (Path.cwd() / path).parents}
    checkout.require_no_link(path, *(top for top in tops if top is not None))
    return path


def _nearest() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        # One that leads nowhere is refused: it does not hide the one above.
        if os.path.lexists(folder / NAME):
            return folder / NAME
    raise InputError(
        f"there is no {NAME} here or in a folder above",
        "change into your repository, or name it with --config",
    )


def who(scope: str) -> str:
    """Return who applies, for those who wait: the configuration, and the CI job or the user and machine."""
    return _printable(f"{scope} ({job_page() or f'{_user()}, process {os.getpid()}'})")


def _user() -> str:
    """Return the user and the machine, or where it has no name for the user the machine alone."""
    import getpass  # noqa: PLC0415  start-up counts
    import socket  # noqa: PLC0415

    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return socket.gethostname()


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:200]


def applied_by() -> str:
    """Return who applies, for the receipt: who started the CI job and its page, or the user and machine."""
    actors = map(os.environ.get, ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN"))
    if page := job_page():
        return _printable(", ".join(filter(None, (next(filter(None, actors), ""), page))))
    return _printable(_user())


def job_page() -> str:
    """Return where a browser shows the CI job that this is; empty where it is none."""
    server, repository, run = (
        os.environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return os.environ.get("CI_JOB_URL", "")


def telemetry_wanted() -> bool:
    """Whether the environment names somewhere to send telemetry to."""
    return os.environ.get("OTEL_SDK_DISABLED") != "true" and any(map(os.environ.get, _COLLECTORS))


def link(commit: str | None) -> str:
    """Return where a browser shows the files of a commit, as a CI job knows it; empty where none does."""
    server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    if commit and server and repository:
        return f"{server}/{repository}/blob/{commit}"
    project = os.environ.get("CI_PROJECT_URL")
    return f"{project}/-/blob/{commit}" if commit and project else ""


def run_async(work: Awaitable[Result]) -> Result:
    """Run work on an event loop of its own and return what comes of it."""
    import asyncio  # noqa: PLC0415  start-up counts

    found: list[Result] = []

    async def run() -> None:
        # What a second interrupt leaves behind is nothing that a person can act on.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        # asyncio.run asks what it returns for its repr, which of a big plan takes long.
        found.append(await work)

    asyncio.run(run())
    return found[0]
