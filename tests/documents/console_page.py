"""Pages whose commands are run, with their output; `python -m tests.documents.console_page` writes them."""

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
PAGES: Final = tuple(
    ROOT / "docs" / f"{name}.md"
    for name in (
        "how-to/capture-changes-of-the-portal",
        "how-to/everyday-changes",
        "how-to/partners-from-a-crm",
        "how-to/take-a-person-out",
        "sources/salesforce",
    )
)
_BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PORTAL: Final = re.compile(r"^<!-- portal: (.*) -->$", re.MULTILINE)
# A block whose text is a file, or the end of one.
_FILE: Final = re.compile(r"^<!-- (write|append): (\S+) -->\n+```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SAMPLE: Final = ("reconciler.yaml", "catalog.yaml", "partners", "access-groups", "schemas")


def page(path: Path, folder: Path, patch: pytest.MonkeyPatch) -> str:
    """Return a page as it should be, its commands run one after another in a copy of the sample.

    If they apply something, the portal already has what the sample asks for. A comment `portal:` in the page
    has a command that changes files as somebody has changed the portal. Below a comment `write: FILE` or
    `append: FILE` is the text of a file.
    """
    written = path.read_text("utf-8")
    for name in _SAMPLE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for way, name, text in _FILE.findall(written):
        _write(folder / name, text, appended=way == "append")
    stop_at(datetime(2026, 11, 24, 12, tzinfo=UTC), patch)
    patch.setenv("NO_COLOR", "1")
    with chdir(folder):
        if "$ reconciler apply" in written:
            _printed("reconciler apply --auto-approve")
            shutil.rmtree(folder / ".reconciler" / "receipts")
        if changed := _PORTAL.search(written):
            _change_portal(changed[1])
        return _BLOCK.sub(lambda block: f"```console\n{''.join(_sessions(block[1]))}```", written)


def _write(path: Path, text: str, *, appended: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if appended else "w", encoding="utf-8") as file:
        file.write(text)


def _change_portal(command: str) -> None:
    """Let the portal have what the files define after a command, and restore the files."""
    texts = {path: path.read_text("utf-8") for path in Path().rglob("*.yaml")}
    subprocess.run(command, shell=True, check=True)  # noqa: S602  a page of ours
    _printed("reconciler apply --auto-approve")
    for path, text in texts.items():
        path.write_text(text, "utf-8")


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
        run([found for each in arguments for found in sorted(map(str, Path().glob(each))) or [each]])
    return _anywhere(shown.getvalue())


def _anywhere(text: str) -> str:
    """Return what was printed without what differs by folder, portal and user."""
    text = text.replace(f"{Path.cwd()}/", "")
    for differing, shown in (
        (r"(sha256:)[0-9a-f]{64}", r"\1…"),
        (r"-[0-9a-f]{12}\.json", "-….json"),
        (r"applied by \S+", "applied by ana@laptop"),
    ):
        text = re.sub(differing, shown, text)
    return text


if __name__ == "__main__":
    for each in PAGES:
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOME", os.fspath(folder))
            each.write_text(page(each, Path(folder), patch), "utf-8")
