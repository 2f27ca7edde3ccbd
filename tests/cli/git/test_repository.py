"""Which repository holds a folder, and where its configuration lies in it."""

import os
import shutil
from pathlib import Path

import pytest

from reconciler.cli.git import repository
from reconciler.cli.git.repository import Repository, opened
from reconciler.errors import InputError
from tests.security.gits import commit, git


def made(folder: Path, *options: str) -> Path:
    """Return a new repository with a file in the folder `access`, committed."""
    (folder / "access").mkdir(parents=True)
    (folder / "access" / "reconciler.yaml").touch()
    git(folder, "init", "--quiet", "--initial-branch=main", *options)
    commit(folder)
    return folder


def listed(folder: Path) -> tuple[Repository, list[str]]:
    found = opened(folder)
    return found, [entry.path for entry in found.files(found.head(), ["."])]


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = repository.commit(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert (outside, repository.commit(made_without_git(tmp_path))) == (None, None)


def made_without_git(folder: Path) -> Path:
    (folder / ".git").mkdir()
    return folder


@pytest.mark.parametrize("name", ["plain", "with spaces", "co:lon", "ümlaut", "-option", ":(top)"])
@pytest.mark.parametrize("format_of_objects", ["sha1", "sha256"])
def test_a_folder_is_found_in_its_repository(tmp_path: Path, name: str, format_of_objects: str) -> None:
    top = made(tmp_path / name, f"--object-format={format_of_objects}")

    assert listed(top / "access") == (Repository(top, "access/"), ["reconciler.yaml"])


def test_a_worktree_is_a_repository_of_its_own_wherever_it_lies(tmp_path: Path) -> None:
    top = made(tmp_path / "main")
    for place in ("../beside", "inside"):
        git(top, "worktree", "add", "--quiet", "--detach", place)

    assert [listed(folder / "access") for folder in (tmp_path / "beside", top / "inside")] == [
        (Repository(tmp_path / "beside", "access/"), ["reconciler.yaml"]),
        (Repository(top / "inside", "access/"), ["reconciler.yaml"]),
    ]


def test_worktrees_of_a_bare_repository_beside_them_are_read(tmp_path: Path) -> None:
    git(made(tmp_path / "origin"), "clone", "--quiet", "--bare", ".", str(tmp_path / "project" / ".bare"))
    (tmp_path / "project" / ".git").write_text("gitdir: ./.bare\n")
    # A worktree may be called like a folder that the repository has.
    git(tmp_path / "project", "worktree", "add", "--quiet", "--detach", "access")

    top = tmp_path / "project" / "access"
    assert listed(top / "access") == (Repository(top, "access/"), ["reconciler.yaml"])


def test_a_submodule_is_a_repository_of_its_own(tmp_path: Path) -> None:
    inner, outer = made(tmp_path / "inner"), made(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "parts/inner")
    commit(outer)

    top = outer / "parts" / "inner"
    assert listed(top / "access") == (Repository(top, "access/"), ["reconciler.yaml"])


def test_a_clone_in_a_folder_that_the_outer_repository_does_not_track_is_read(tmp_path: Path) -> None:
    outer = made(tmp_path / "outer")
    (outer / ".gitignore").write_text("clones\n")
    top = made(outer / "clones" / "inner")

    assert listed(top / "access") == (Repository(top, "access/"), ["reconciler.yaml"])


def test_an_empty_git_folder_above_is_no_repository(tmp_path: Path) -> None:
    made_without_git(tmp_path)
    top = made(tmp_path / "inner")

    assert opened(top) == Repository(top, "")


def test_a_repository_whose_configuration_names_another_working_tree_is_refused(tmp_path: Path) -> None:
    top, other = made(tmp_path / "top"), tmp_path / "other"
    other.mkdir()
    git(top, "config", "core.worktree", str(other))

    with pytest.raises(InputError) as caught:
        opened(top)

    assert caught.value.message == f"git uses {other} as the top level of the repository at {top}"


def test_a_checkout_of_another_user_is_read_where_the_users_configuration_trusts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = made(tmp_path / "top")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(
        f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec "{shutil.which("git")}" "$@"\n'
    )
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "users-own"))

    with pytest.raises(InputError) as caught:
        opened(top)
    (tmp_path / "users-own").write_text(f'[safe]\ndirectory = "{top}"\n')

    assert "git config --global --add safe.directory" in caught.value.message
    assert opened(top) == Repository(top, "")
