"""Commits of people with a day."""

import subprocess
from pathlib import Path

ANA, BO = ("Ana", "2026-10-01T12:00:00Z"), ("Bo", "2026-11-01T12:00:00Z")


def git(folder: Path, *arguments: str, who: tuple[str, str] = ANA) -> str:
    name, moment = who
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": "x@acme.example",
        "GIT_AUTHOR_DATE": moment,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": "x@acme.example",
        "GIT_COMMITTER_DATE": moment,
    }
    ran = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def committed(folder: Path, message: str, who: tuple[str, str] = ANA) -> str:
    """Commit all there is, in a repository that is made where there is none, and return the commit."""
    git(folder, "init", "-q", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, who=who)
    return git(folder, "rev-parse", "HEAD")
