"""The hooks for repositories with access files, run by pre-commit itself."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.workflows.acting import COMMANDS, ROOT
from tests.workflows.repository import copy_sample

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

HOOKS: Final = ROOT / ".pre-commit-hooks.yaml"
SCHEMA: Final = "check schemas of access files"


class Clone:
    """A repository with access files that uses the hooks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "access"
        source = folder / "source"
        source.mkdir()
        shutil.copy(HOOKS, source)
        _git(source, "init", "--quiet")
        _git(source, "add", ".")
        _git(source, "commit", "--quiet", "--message=Hooks")
        copy_sample(self.folder)
        shutil.copytree(ROOT / "schemas", self.folder / "schemas")
        # Without network, the command of the tests is used instead of an installation.
        used = [{"id": each["id"], "language": "system"} for each in yaml.safe_load(HOOKS.read_text())]
        repository = {"repo": str(source), "rev": _git(source, "rev-parse", "HEAD"), "hooks": used}
        (self.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}))
        _git(self.folder, "init", "--quiet")
        _git(self.folder, "add", "--all")
        self._run("pre-commit", "install")
        self.commit()

    def change(self, name: str, text: str | None) -> None:
        """Write or delete a file, and stage it."""
        if text is None:
            (self.folder / name).unlink()
        else:
            (self.folder / name).write_text(text)
        _git(self.folder, "add", "--all")

    def commit(self) -> tuple[int, str]:
        """Commit what is staged; return the exit code, and what is printed."""
        return self._run("git", "commit", "--message=A change")

    def _run(self, *command: str) -> tuple[int, str]:
        environment = _environment() | {
            "PATH": f"{COMMANDS}:{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(self.folder.parent / "cache"),
        }
        ran = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        return ran.returncode, ran.stdout + ran.stderr


def test_commits_with_errors_are_refused(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    assert _git(clone.folder, "log", "--format=%s") == "A change"
    cargolane = (clone.folder / "partners" / "cargolane.yaml").read_text()

    clone.change("partners/cargolane.yaml", cargolane.replace("displayName", "displayname", 1))
    code, printed = clone.commit()
    assert (code, "partners/cargolane.yaml:10:3: error: unknown key" in printed) == (1, True)
    assert SCHEMA in printed.partition("(no files to check)")[0]

    clone.change("partners/cargolane.yaml", cargolane.replace("dispatch", "control", 1))
    assert clone.commit()[0] == 0

    clone.change("partners/cargolane.yaml", cargolane.replace("  type:", "  type:  ", 1))
    code, printed = clone.commit()
    assert (code, "files were modified by this hook" in printed) == (1, True)
    assert (clone.folder / "partners" / "cargolane.yaml").read_text() == cargolane

    clone.change("access-groups/tracking.yaml", None)
    code, printed = clone.commit()
    assert (code, "[unknown-reference]" in printed) == (1, True)

    _git(clone.folder, "reset", "--quiet", "--hard")
    clone.change("schemas/partner.schema.json", "{}")
    code, printed = clone.commit()
    assert (code, "schemas/partner.schema.json is not up to date" in printed) == (1, True)


def test_hooks_run_commands_that_the_package_has() -> None:
    hooks = yaml.safe_load(HOOKS.read_text())

    assert [(each["id"], each["entry"], each["language"]) for each in hooks] == [
        ("reconciler-validate", "reconciler validate", "python"),
        ("reconciler-schema", "reconciler schema --check", "python"),
        ("reconciler-fmt", "reconciler fmt", "python"),
    ]


def _git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(
        ["git", *arguments], cwd=folder, env=_environment(), capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def _environment() -> dict[str, str]:
    names = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ana"), ("EMAIL", "ana@example.com"))
    }
    return {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
