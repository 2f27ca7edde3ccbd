"""A branch commits what git takes for a repository or its configuration, so that git runs a command."""

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.running import PARTNER, Place, Ran
from tests.security.gits import bare, begun, commit, git, leaving, move

COMMANDS = [
    ("plan", "--files-only", "--base", "main"),
    ("plan", "--base", "main"),
    ("validate", "--base", "main"),
    ("access", "--person", "ana@acme.example", "--explain"),
]
HINT = "Hint: a partial clone leaves files out: fetch them with `git fetch --refetch --no-filter`\n"
commands = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
pytestmark = pytest.mark.usefixtures("any_git")


@pytest.fixture
def mark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that is there once a command of the branch was run."""
    return tmp_path_factory.mktemp("marks") / "mark"


@commands
@pytest.mark.parametrize("folder", [".", "access"])
def test_a_branch_cannot_commit_a_bare_repository_beside_the_configuration(
    place: Place, mark: Path, folder: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if folder != ".":
        monkeypatch.chdir(move(place, folder))
    begun(place)
    bare(place.folder / folder, leaving(mark))
    commit(place.folder)

    ran = place.run(*command)

    assert (ran.code, mark.exists()) == (0, False)


@commands
@pytest.mark.parametrize("name", [".git", ".GIT"])
def test_a_branch_cannot_have_a_git_file_followed(
    place: Place, mark: Path, name: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = move(place, "access")
    begun(place)
    bare(place.folder / "other", leaving(mark))
    commit(place.folder)
    # Git refuses to commit and to check out this one; what is unpacked into a checkout can have it.
    (inside / name).write_text("gitdir: ../other\n")
    monkeypatch.chdir(inside)

    ran = place.run(*command)

    assert (refused(ran, place) or ran.code == 0, mark.exists()) == (True, False)


@commands
def test_an_artifact_cannot_unpack_a_repository_over_the_configuration(
    place: Place, mark: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = move(place, "access")
    begun(place)
    bare(inside / ".git", leaving(mark))
    monkeypatch.chdir(inside)

    ran = place.run(*command)

    assert (refused(ran, place) or "access" in command, mark.exists()) == (True, False)


@pytest.mark.parametrize("driver", ["clean", "textconv"])
def test_a_branch_cannot_choose_a_filter_that_the_user_has_configured(
    place: Place, mark: Path, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attribute, section = {"clean": ("filter", "filter"), "textconv": ("diff", "diff")}[driver]
    (place.folder / "users-own").write_text(f'[{section} "pictures"]\n{driver} = "{leaving(mark)} cat"\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(place.folder / "users-own"))
    begun(place)
    (place.folder / ".gitattributes").write_text(f"*.yaml {attribute}=pictures\n")
    place.write(partners__acme=PARTNER.replace("[ana@", "[bo@acme.example, ana@"))

    ran = place.run("access", "--person", "ana@acme.example", "--explain")

    assert (ran.code, "not committed yet" in ran.out, mark.exists()) == (0, True, False)


@pytest.mark.parametrize("folder", ["", ".", "bin"])
def test_a_branch_cannot_commit_a_git_that_a_relative_path_finds(
    place: Place, mark: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(place)
    own = place.folder / folder / "git"
    own.parent.mkdir(exist_ok=True)
    own.write_text(f"#!/bin/sh\n{leaving(mark)}\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    ran = place.run("plan", "--files-only", "--base", "main")

    assert (ran.code, mark.exists()) == (0, False)


def test_the_environment_does_not_name_another_repository_or_configuration(
    place: Place, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(place)
    other = place.folder / "other"
    bare(other, leaving(mark))
    monkeypatch.setenv("GIT_DIR", str(other))
    monkeypatch.setenv("GIT_WORK_TREE", str(place.folder))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / "objects"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.worktree=/'")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.worktree")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "/")

    ran = place.run("plan", "--files-only", "--base", "main")

    assert (ran.code, mark.exists()) == (0, False)


def test_no_variable_that_is_local_to_a_repository_reaches_git(
    place: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(place)
    own = {"GIT_LITERAL_PATHSPECS", "GIT_NO_REPLACE_OBJECTS", "GIT_CONFIG_PARAMETERS"}
    local = set(git(place.folder, "rev-parse", "--local-env-vars").split()) - own
    for name in local:
        monkeypatch.setenv(name, "x")
    seen = tmp_path_factory.mktemp("seen")
    (seen / "git").write_text(f"#!/bin/sh\nenv >> {seen}/environment\n")
    (seen / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{seen}{os.pathsep}{os.environ['PATH']}")

    place.run("plan", "--files-only", "--base", "main")

    names = {line.partition("=")[0] for line in (seen / "environment").read_text().splitlines()}
    assert names & local == set()


@pytest.mark.parametrize("unset", [(), ("GIT_NO_LAZY_FETCH",)], ids=["now", "before 2.39.4"])
def test_nothing_is_fetched_for_a_base_that_is_not_here_in_whole(
    place: Place,
    mark: Path,
    unset: tuple[str, ...],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun(place)
    place.write(partners__acme=PARTNER + "      displayName: Operations\n")
    commit(place.folder)
    git(place.folder, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path_factory.mktemp("clones") / "partial"
    git(place.folder, "clone", "--quiet", "--filter=blob:none", f"file://{place.folder}", str(clone))
    git(clone, "config", "remote.origin.uploadpack", f"{leaving(mark)} git-upload-pack")
    monkeypatch.chdir(clone)
    without(unset, tmp_path_factory.mktemp("commands"), monkeypatch)

    ran = place.run("plan", "--files-only", "--base", "origin/main")
    fetched = mark.exists()
    git(clone, *HINT.split("`")[1].split()[1:])
    again = place.run("plan", "--files-only", "--base", "origin/main")

    base = git(clone, "rev-parse", "origin/main")
    assert (ran, fetched) == (
        Ran(1, "", f"Error: not all files of commit {base[:12]} are in this clone\n{HINT}"),
        False,
    )
    assert again.code == 0


def without(names: tuple[str, ...], commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git not see some variables, as one that does not know them."""
    unset = " ".join(f"-u {name}" for name in names)
    (commands / "git").write_text(f'#!/bin/sh\nexec env {unset} "{shutil.which("git")}" "$@"\n')
    (commands / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")


def refused(ran: Ran, place: Place) -> bool:
    expected = (
        f"Error: {place.folder / 'access'} is a repository inside of the one at {place.folder}, which tracks "
        "its files, too\n"
    )
    return ran.code == 1 and ran.err.startswith(expected)
