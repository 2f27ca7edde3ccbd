"""Repositories that a branch has filled for git to run something, and the versions of git that meet them."""

import os
import shlex
import subprocess
from pathlib import Path

from tests.cli.running import Place

# Folders that have a git each, beside the one in PATH; separated as in PATH.
OTHERS = [folder for folder in os.environ.get("RECONCILER_TEST_GITS", "").split(os.pathsep) if folder]
_NOWHERE = "1" * 40


def git(folder: Path, *arguments: str) -> str:
    settings = (
        "-c",
        "user.name=Ana",
        "-c",
        "user.email=ana@our-company.example",
        "-c",
        "commit.gpgsign=false",
    )
    ran = subprocess.run(
        ["git", "-C", folder, *settings, *arguments], capture_output=True, text=True, check=True
    )
    return ran.stdout.removesuffix("\n")


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "Change")
    return git(folder, "rev-parse", "HEAD")


def begun(place: Place) -> Place:
    """Commit the files to main, and check out a branch."""
    (place.folder / ".gitignore").write_text(".reconciler\n")
    git(place.folder, "init", "--quiet", "--initial-branch=main")
    commit(place.folder)
    git(place.folder, "switch", "--quiet", "--create", "topic")
    return place


def move(place: Place, folder: str) -> Path:
    """Move the files of a repository into a folder of it."""
    inside = place.folder / folder
    inside.mkdir(parents=True)
    for name in ("partners", "access-groups", "catalog.yaml", "reconciler.yaml"):
        (place.folder / name).rename(inside / name)
    return inside


def bare(folder: Path, command: str) -> None:
    """Lay a folder out as a bare repository, whose configuration names a command wherever git runs one.

    All that it holds can be committed, as a branch would.
    """
    for kept in ("objects/info/kept", "objects/pack/kept", "refs/heads/kept", "refs/tags/kept"):
        (folder / kept).parent.mkdir(parents=True, exist_ok=True)
        (folder / kept).touch()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "packed-refs").write_text(f"{_NOWHERE} refs/heads/main\n{_NOWHERE} refs/remotes/origin/main\n")
    quoted = command.replace('"', '\\"')
    (folder / "config").write_text(
        f"""[core]
            repositoryFormatVersion = 1
            bare = false
            worktree = {folder}
            sshCommand = "{quoted}"
            fsmonitor = "{quoted}"
            pager = "{quoted}"
            hooksPath = {folder}/hooks
            gitProxy = "{quoted}"
            askPass = "{quoted}"
        [extensions]
            partialClone = origin
        [remote "origin"]
            url = ssh://our-company.example/access
            promisor = true
            uploadpack = "{quoted}"
        [alias]
            rev-parse = "!{quoted}"
        [diff "driver"]
            textconv = "{quoted}"
            command = "{quoted}"
        [filter "driver"]
            clean = "{quoted}"
            smudge = "{quoted}"
        [pager]
            blame = "{quoted}"
        [credential]
            helper = "!{quoted}"
"""
    )
    (folder / ".gitattributes").write_text("* diff=driver filter=driver\n")


def leaving(mark: Path) -> str:
    """Return a command that leaves a file."""
    return f"touch {shlex.quote(str(mark))};"
