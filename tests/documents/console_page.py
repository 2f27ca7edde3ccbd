"""A page whose commands are run, with what they print; `python -m tests.documents.console_page` writes it."""

import io
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from reconciler.cli.main import run
from tests.clocks import stop_at

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "how-to" / "everyday-changes.md"
_BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SAMPLE: Final = ("reconciler.yaml", "catalog.yaml", "partners", "access-groups", "schemas")


def page(folder: Path, patch: pytest.MonkeyPatch) -> str:
    """Return the page as it should be, its commands run one after another in a copy of the sample."""
    for name in _SAMPLE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    stop_at(datetime(2026, 11, 24, 12, tzinfo=UTC), patch)
    patch.setenv("NO_COLOR", "1")
    with chdir(folder):
        return _BLOCK.sub(
            lambda block: f"```console\n{''.join(_sessions(block[1]))}```", PAGE.read_text("utf-8")
        )


def _sessions(text: str) -> Iterator[str]:
    """Yield each command with what it prints."""
    for command in re.findall(r"^\$ (.*(?:\\\n.*)*)", text, re.MULTILINE):
        yield f"$ {command}\n{_printed(command.replace(chr(92) + chr(10), ''))}"


def _printed(command: str) -> str:
    program, *arguments = shlex.split(command)
    if program != "reconciler":
        return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout  # noqa: S602  a page of ours
    shown = io.StringIO()
    with redirect_stdout(shown), redirect_stderr(shown):
        run(arguments)
    return shown.getvalue()


if __name__ == "__main__":
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", os.fspath(folder))
        PAGE.write_text(page(Path(folder), patch), "utf-8")
