"""Running the program: in this process, as a process of its own, and on a terminal."""

import errno
import os
import pty
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from time import monotonic
from typing import NamedTuple

import pytest

from reconciler.cli.main import run

TODAY = "2026-11-24"
_LONGEST_SECONDS = 60

CONFIGURATION = """\
    apiVersion: reconciler/v1
    kind: Configuration
    metadata: {name: our-company}
    spec:
      paths: {partners: [Partner], access-groups: [AccessGroup], catalog.yaml: [Catalog]}
      owners: {partnerships: {email: p@our-company.example}, logistics: {email: l@our-company.example}}
      defaultPortal: local
      portals:
        local: {type: embedded, database: .reconciler/portal.db}
        away: {type: embedded, url: "http://127.0.0.1:9", token: {env: PORTAL_TOKEN}}
    """
CATALOG = """\
    apiVersion: reconciler/v1
    kind: Catalog
    metadata: {name: catalog}
    spec:
      apis: [{name: tracking-v2, owner: logistics}]
    """
PARTNER = """\
    apiVersion: reconciler/v1
    kind: Partner
    metadata: {name: acme}
    spec:
      type: reseller
      displayName: Acme
      owner: partnerships
      agreement: MSA-1
      domains: [acme.example]
      access: [tracking]
      teams:
        - name: ops
          admins: [ana@acme.example]
    """
GROUP = """\
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: tracking}
    spec:
      displayName: Tracking
      owner: logistics
      apis: [tracking-v2]
      offers: [{type: reseller}]
    """


class Ran(NamedTuple):
    """What became of a run: its exit code, and what it printed."""

    code: int
    out: str
    err: str = ""


Run = Callable[..., Ran]


class Place:
    """A folder with files, in which the program runs in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def write(self, **texts: str | None) -> "Place":
        """Write files by name, where `__` parts folders: partners__acme; None takes one away."""
        for name, text in texts.items():
            path = self.folder / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(dedent(text))
        return self

    def run(self, *arguments: str) -> Ran:
        """Run the program on the day of the examples."""
        self._capsys.readouterr()
        code = run([*arguments, *(["--today", TODAY] if _has_day(arguments) else [])])
        printed = self._capsys.readouterr()
        return Ran(code, printed.out, printed.err)


def copied(folder: Path, to: Path) -> Path:
    """Copy the content of a folder into another, and return that."""
    return Path(shutil.copytree(folder, to, dirs_exist_ok=True))


def _has_day(arguments: tuple[str, ...]) -> bool:
    command = next((each for each in arguments if not each.startswith("-")), "")
    asked = {"--today", "--help", "-h"}
    return command in {"validate", "plan", "apply", "access", "adopt", "export"} and not asked & set(
        arguments
    )


def process(folder: Path, *arguments: str, **others: Mapping[str, str]) -> Ran:
    """Run the program as a process; `environment` is added to a bare one."""
    ran = subprocess.run(
        [sys.executable, "-m", "reconciler", *arguments],
        cwd=folder,
        env={**_bare(), **others.get("environment", {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def on_terminal(
    folder: Path, *arguments: str, typed: str = "", environment: Mapping[str, str] | None = None
) -> Ran:
    """Run the program on a terminal, where somebody types once a question is asked; `out` is all it shows."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", _ON_TERMINAL, *arguments],
        cwd=folder,
        env={**_bare(), "TERM": "xterm", **(environment or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as running:
        os.close(theirs)
        shown = _shown(ours, typed)
        with suppress(subprocess.TimeoutExpired):
            running.wait(_LONGEST_SECONDS)
        running.kill()
    os.close(ours)
    return Ran(running.returncode, shown.replace("\r\n", "\n"))


def _shown(terminal: int, typed: str) -> str:
    """Return all that is shown until the program ends, or says nothing for long."""
    shown, deadline = b"", monotonic() + _LONGEST_SECONDS
    while monotonic() < deadline:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError as ended:
                if ended.errno != errno.EIO:  # so Linux tells the end
                    raise
                break
        if typed and shown.endswith(b"]: "):
            os.write(terminal, typed.encode())
            typed = ""
    return shown.decode()


# A terminal sends signals to those whose controlling terminal it is.
_ON_TERMINAL = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from reconciler.cli import main
main()
"""


def _bare() -> dict[str, str]:
    """Return the least environment that a process needs; its home folder is the test's."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": os.environ["HOME"]}
