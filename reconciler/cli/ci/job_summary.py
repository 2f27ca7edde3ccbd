"""The summary of a job on GitHub: Markdown on the page of the run."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from reconciler.cli.console import log
from reconciler.model.printable import printable

# GitHub accepts a mebibyte for each step, and shows nothing of a larger summary.
MAX_LENGTH: Final = 900_000
_BYTES_A_CHARACTER: Final = 4


def write(render: Callable[[int], str], brief: str) -> None:
    """Append the text of `render` for a number of characters, or else `brief`; failures are only logged."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with Path(path).open("ab") as file:
            file.write(f"{_fitting(render, brief)}\n".encode())
    except OSError as error:
        log(f"Warning: the summary of the job could not be written: {printable(str(error.strerror))}")


def _fitting(render: Callable[[int], str], brief: str) -> str:
    for largest in (MAX_LENGTH, MAX_LENGTH // _BYTES_A_CHARACTER):
        rendered = render(largest)
        if len(rendered.encode()) <= MAX_LENGTH:
            return rendered
    return brief
