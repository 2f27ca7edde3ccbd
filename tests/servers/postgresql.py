"""A throwaway PostgreSQL server, for tests and benchmarks."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(*settings: str) -> Iterator[str | None]:
    """Run a server that listens on a socket in its own folder only; the URL is None if none is installed."""
    programs = _programs()
    if programs is None:
        yield None
        return
    # pytest's own folders are closed to other users, and the server refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-s"]
    options = (
        " ".join(f"-c {each}" for each in ("listen_addresses=''", "fsync=off", *settings)) + f" -k {folder}"
    )
    create = [str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync"]
    try:
        _run([*as_user, *create, "--encoding=UTF8", "--locale=C"])
        _run([*control, "-l", str(folder / "log"), "-o", options, "start"])
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _programs() -> Path | None:
    config = shutil.which("pg_config")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if config:
        told = subprocess.run([config, "--bindir"], check=True, capture_output=True, text=True)
        found.append(Path(told.stdout.strip()))
    usable = [folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return None
    return usable[-1] if usable else None
