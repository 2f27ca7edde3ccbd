import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.portal_server import reset
from tests.portal_server.driver import Portal


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each sort that the portal runs on."""
    if request.param == "sqlite":
        return str(tmp_path / "portal.db")
    url = str(request.getfixturevalue("postgresql"))
    reset(url)
    return url


@pytest.fixture
def portal(database: str) -> Iterator[Portal]:
    with Portal(database) as opened:
        yield opened


@pytest.fixture
def sqlite_portal(tmp_path: Path) -> Iterator[Portal]:
    """For what does not depend on the database."""
    with Portal(str(tmp_path / "portal.db")) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A throwaway server that listens on a socket in its own folder only."""
    programs = _postgresql_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here")
    # pytest's own folders are closed to other users, and the server refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-s"]
    options = f"-c listen_addresses='' -c fsync=off -k {folder}"
    try:
        _run(
            [
                *as_user,
                str(programs / "initdb"),
                "-D",
                str(data),
                "-A",
                "trust",
                "-U",
                "postgres",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
            ]
        )
        _run([*control, "-l", str(folder / "log"), "-o", options, "start"])
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _postgresql_programs() -> Path | None:
    config = shutil.which("pg_config")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if config:
        told = subprocess.run([config, "--bindir"], check=True, capture_output=True, text=True)
        found.append(Path(told.stdout.strip()))
    usable = [folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return None
    return usable[-1] if usable else None
