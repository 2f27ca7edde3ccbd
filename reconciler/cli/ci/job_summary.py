"""The summary of a job on GitHub: Markdown on the page of its run, for those who look there."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from reconciler.cli.console import log
from reconciler.model.printable import printable

# GitHub takes a mebibyte a step, and shows nothing of more.
MAX_LENGTH: Final = 900_000
_BYTES_A_CHARACTER: Final = 4


def write(render: Callable[[int], str], brief: str) -> None:
    """Append what `render` returns for a number of characters, or else `brief`; nothing fails over it."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with Path(path).open("ab") as file:
            file.write(f"{_fitting(render, brief)}\n".encode())
    except OSError as error:
        log(f"Warning: the job's summary is not written: {printable(str(error.strerror))}")


def _fitting(render: Callable[[int], str], brief: str) -> str:
    for largest in (MAX_LENGTH, MAX_LENGTH // _BYTES_A_CHARACTER):
        rendered = render(largest)
        if len(rendered.encode()) <= MAX_LENGTH:
            return rendered
    return brief
