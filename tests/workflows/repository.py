"""A git repository of the sample at a forge: a bare one, and a working copy that pushes to it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from tests.workflows.acting import ROOT

SAMPLE: Final = (
    "reconciler.yaml",
    "catalog.yaml",
    "partners",
    "access-groups",
    "action.yml",
    ".github/problem-matchers",
    "requirements.lock",
)
# Installs the command of the tests, without network; .ci/install has tests of its own.
INSTALL: Final = """\
#!/bin/sh
mkdir -p "$1/commands"
ln -s '{command}' "$1/commands/reconciler"
"""
WRITTEN: Final = "http://127.0.0.1:8750"
# What stands where; None deletes a file.
Files: TypeAlias = Mapping[str, str | None]


class Repository(msgspec.Struct, frozen=True):
    """`folder` is a working copy whose main is the forge's, `origin` is what the forge holds."""

    folder: Path
    origin: Path

    def git(self, *arguments: str) -> str:
        """Run git in the working copy, and return what it prints."""
        return _git(self.folder, *arguments)

    def head(self) -> str:
        """Return the commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    def commit(self, files: Files) -> str:
        """Write files and commit them."""
        for name, text in files.items():
            place = self.folder / name
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(exist_ok=True, parents=True)
                place.write_text(text)
        # Also what is ignored: nothing hinders anybody from committing it.
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message=A change")
        return self.head()

    def propose(self, number: int, files: Files) -> str:
        """Push a branch with these files and check out its test merge; return the branch's commit."""
        self.git("branch", f"change-{number}", "main")
        return self.propose_more(number, files)

    def propose_more(self, number: int, files: Files) -> str:
        """Push one more commit to a branch, as propose does the first."""
        self.git("checkout", "--quiet", f"change-{number}")
        head = self.commit(files)
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/change-{number}")
        self.merge_on_trial(number)
        return head

    def merge_on_trial(self, number: int) -> None:
        """Check out the test merge of a branch, and push it."""
        self._merged(number)
        self.git("push", "--quiet", "origin", f"+HEAD:refs/pull/{number}/merge")

    def push(self, files: Files) -> tuple[str, str]:
        """Push a commit to main; return main's commits before and after."""
        self.git("checkout", "--quiet", "main")
        before, after = self.head(), self.commit(files)
        self.git("push", "--quiet", "origin", "main")
        return before, after

    def merge(self, number: int) -> tuple[str, str]:
        """Merge a branch into main; return main's commits before and after."""
        before = self.git("rev-parse", "main")
        after = self._merged(number)
        self.git("checkout", "--quiet", "main")
        self.git("reset", "--quiet", "--hard", after)
        self.git("push", "--quiet", "origin", "main")
        return before, after

    def _merged(self, number: int) -> str:
        self.git("checkout", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--message=Merge", f"change-{number}")
        return self.head()


def sample(folder: Path, url: str) -> Repository:
    """Return a repository with the sample on main, whose staging portal is served at a URL."""
    origin, copy = folder / "origin.git", folder / "copy"
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    # As forges do, give out any commit that is asked for by its name.
    _git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    _git(folder, "clone", "--quiet", origin.as_uri(), str(copy))
    copy_sample(copy)
    configuration = copy / "reconciler.yaml"
    configuration.write_text(configuration.read_text().replace(WRITTEN, url))
    repository = Repository(copy, origin)
    repository.git("checkout", "--quiet", "-B", "main")
    install = copy / ".ci" / "install"
    install.parent.mkdir()
    install.write_text(INSTALL.format(command=folder / "commands" / "reconciler"))
    install.chmod(0o755)
    repository.commit({".gitignore": ".reconciler/\n"})
    repository.git("push", "--quiet", "origin", "main")
    return repository


def copy_sample(folder: Path) -> None:
    """Copy the sample, and what an action of it needs."""
    folder.mkdir(exist_ok=True)
    for name in SAMPLE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)


def _git(folder: Path, *arguments: str) -> str:
    person = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ana"), ("EMAIL", "ana@example.com"))
    }
    alone = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    ran = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **person, **alone},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()
