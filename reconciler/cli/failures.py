"""What a person sees when something goes wrong: a sentence, never a traceback."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from reconciler.errors import ReconcilerError
from reconciler.model.visible import visible

_LINE: Final = "\n"


def explained(error: ReconcilerError) -> int:
    """Print an expected error with its hint, and return its exit code."""
    click.echo(f"Error: {visible(error.message, keep=_LINE)}", err=True)
    if error.hint:
        click.echo(f"Hint: {visible(error.hint, keep=_LINE)}", err=True)
    return error.exit_code


def crashed(error: BaseException) -> int:
    """Write an unexpected error's details to a file, print one line that names it, and return 1."""
    import tempfile  # noqa: PLC0415  start-up counts
    import traceback  # noqa: PLC0415

    name = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    details = "".join(traceback.format_exception(error))
    where = _written(Path(".reconciler"), name, details) or _written(
        Path(tempfile.gettempdir()), name, details
    )
    said = f"; details: {where}" if where else ""
    click.echo(f"Error: unexpected {type(error).__name__}{said}", err=True)
    return 1


def _written(folder: Path, name: str, details: str) -> Path | None:
    """Write a file that only its owner reads; None where that cannot be done."""
    try:
        if folder.name == ".reconciler":
            folder.mkdir(exist_ok=True)
        path = folder / name
        with open(path, "x", opener=_private, encoding="utf-8") as file:
            file.write(details)
    except OSError:
        return None
    return path


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
