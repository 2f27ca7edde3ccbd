"""The edge: clock, environment, folders, event loop and progress, as the commands need them."""

import os
import sys
from collections.abc import Awaitable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, TypeVar

import click

from reconciler.errors import InputError

NAME: Final = "reconciler.yaml"
Result = TypeVar("Result")


def now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)


def today(given: str | None) -> str:
    """Return the day that was given, or today in UTC, as YYYY-MM-DD."""
    if given is None:
        return now().date().isoformat()
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise InputError(
            f'--today: "{given}" is no day', "write it as YYYY-MM-DD, such as 2026-11-24"
        ) from error


def secret(variable: str) -> str | None:
    """Return what an environment variable holds."""
    return os.environ.get(variable)


def configuration(given: str | None) -> Path:
    """Return the configuration: the one that was given, or the nearest one here or above."""
    if given is not None:
        return Path(given)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    raise InputError(
        f"there is no {NAME} here or in a folder above",
        "change into your repository, or name it with --config",
    )


def commit(folder: Path) -> str | None:
    """Return the git commit that is checked out, or None where there is no git or no repository."""
    import subprocess  # noqa: PLC0415  start-up counts

    try:
        ran = subprocess.run(  # noqa: S603  no shell, and nothing that a user wrote but the folder
            ["git", "-C", str(folder), "rev-parse", "--verify", "--quiet", "HEAD"],  # noqa: S607  the user's git
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ran.stdout.strip() or None


def colored(no_color: bool) -> bool:  # noqa: FBT001  it is what the option says
    """Whether to colour what goes to stdout."""
    return not no_color and not os.environ.get("NO_COLOR") and sys.stdout.isatty()


def width() -> int:
    """Return how wide stdout's terminal is; 100 where it is none."""
    if not sys.stdout.isatty():
        return 100
    return max(60, min(160, os.get_terminal_size(sys.stdout.fileno()).columns))


def require_terminal(hint: str) -> None:
    """Raise InputError where there is nobody to ask."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InputError("there is no terminal to ask on; nothing was written", hint)


def loop(work: Awaitable[Result]) -> Result:
    """Run work on an event loop of its own and return what comes of it."""
    import asyncio  # noqa: PLC0415  start-up counts

    found: list[Result] = []

    async def run() -> None:
        # asyncio.run asks what it returns for its repr, which of a big plan takes long.
        found.append(await work)

    asyncio.run(run())
    return found[0]


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises InputError."""
    import tempfile  # noqa: PLC0415  start-up counts

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


class Watch:
    """Progress on stderr's terminal, on one line that is written over; none in a pipe."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._last = ""

    def __call__(self, what: str, count: int, total: int | None) -> None:
        """Show how far what is being done has come."""
        if not self._shown:
            return
        line = f"{what}: {count:,} of {total:,}" if total is not None else f"{what}: {count:,}"
        if line != self._last:
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)
            self._last = line

    def done(self) -> None:
        """Take the line away."""
        if self._last:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._last = ""
