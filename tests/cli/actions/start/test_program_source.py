"""Pipelines of a new repository install the version that is running, from where it came."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.cli.git.settings import web_address

PACKAGE = Path(__file__).parents[4] / "reconciler"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ASK = """
from reconciler.cli.actions.start.program_source import program_source
found = program_source(None, {!r})
print(found.url, found.revision)
"""
UNKNOWN = f"https://github.com/OWNER/reconciler v{__version__}"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with a copy of the package."""
    shutil.copytree(PACKAGE, tmp_path / "reconciler", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def asked(folder: Path, ci: str = "github") -> str:
    """Return what the program in a folder takes for its source."""
    ran = subprocess.run(
        [sys.executable, "-c", ASK.format(ci)],
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def install(folder: Path, name: str, **record: object) -> None:
    """Write what pip writes beside an installed package."""
    info = folder / f"{name}-{__version__}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {__version__}\n")
    (info / "direct_url.json").write_text(json.dumps(record))


def test_an_installation_from_git_is_known_by_what_pip_recorded(copied: Path) -> None:
    version = {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"}
    install(
        copied, "reconciler", url="https://ana:secret@git.example/tools/it/reconciler.git", vcs_info=version
    )

    assert asked(copied, "gitlab") == f"https://git.example/tools/it/reconciler {COMMIT}"
    # GitHub has no actions below such a path.
    assert asked(copied) == UNKNOWN


def test_a_checkout_is_known_by_its_remote_repository_and_its_commit(copied: Path) -> None:
    def git(*arguments: str) -> str:
        alone = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        person = ("-c", "user.name=Ana", "-c", "user.email=ana@halden.example")
        command = ["git", *person, *arguments]
        return subprocess.run(
            command, cwd=copied, env={**os.environ, **alone}, capture_output=True, text=True, check=True
        ).stdout.strip()

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "One")
    assert asked(copied) == UNKNOWN

    git("remote", "add", "origin", "git@github.com:halden/reconciler.git")
    assert asked(copied) == f"https://github.com/halden/reconciler {git('rev-parse', 'HEAD')}"


def test_a_copy_of_unknown_origin_gets_a_placeholder(copied: Path) -> None:
    install(copied, "reconciler", url="file:///srv/reconciler", dir_info={})

    assert asked(copied) == UNKNOWN


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/halden/access.git", "https://github.com/halden/access"),
        ("https://x-access-token:ghs_1@github.com/halden/access", "https://github.com/halden/access"),
        ("http://git.example:3000/halden/access/", "http://git.example:3000/halden/access"),
        ("git@github.com:halden/access.git", "https://github.com/halden/access"),
        ("ssh://git@git.example:2222/halden/access.git", "https://git.example/halden/access"),
        ("git.example:halden/access", "https://git.example/halden/access"),
        ("/srv/git/access.git", None),
        ("../access", None),
        ("file:///srv/git/access", None),
        ("", None),
    ],
)
def test_the_web_address_of_a_remote_has_no_user_and_no_password(remote: str, address: str | None) -> None:
    assert web_address(remote) == address
