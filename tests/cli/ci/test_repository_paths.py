"""Where files stand for a forge."""

import subprocess
from pathlib import Path

import pytest

from reconciler.cli.ci import repository_paths


def git(folder: Path, *arguments: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    ran = subprocess.run(
        ["git", "-C", folder, *arguments],
        capture_output=True,
        check=True,
        text=True,
        errors="surrogateescape",
    )
    return ran.stdout.removesuffix("\n")


@pytest.mark.parametrize("folder", ["", "access", "a b/ä", "a/b"])
def test_a_configuration_stands_where_git_says(tmp_path: Path, folder: str) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)

    prefix = git(tmp_path / folder, "rev-parse", "--show-prefix")

    assert repository_paths.from_root(tmp_path / folder / "reconciler.yaml") == f"{prefix}reconciler.yaml"


def test_a_link_to_its_folder_leads_to_where_it_stands(tmp_path: Path) -> None:
    git(tmp_path / "repository", "init", "--quiet")
    (tmp_path / "repository" / "access").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "repository" / "access")

    assert repository_paths.from_root(tmp_path / "here" / "reconciler.yaml") == "access/reconciler.yaml"


def test_the_innermost_repository_counts(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path / "inner", "init", "--quiet")

    assert repository_paths.from_root(tmp_path / "inner" / "eu" / "reconciler.yaml") == "eu/reconciler.yaml"


@pytest.mark.usefixtures("place")
def test_without_a_repository_it_has_its_name_alone() -> None:
    assert (repository_paths.configuration(None), repository_paths.configuration("eu/other.yaml")) == (
        "reconciler.yaml",
        "other.yaml",
    )


def test_without_a_configuration_the_usual_name_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert (repository_paths.configuration(None), repository_paths.here(None)) == ("reconciler.yaml", "")


def test_a_link_leads_to_the_folder_of_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI_PROJECT_URL", raising=False)
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example")
    monkeypatch.setenv("GITHUB_REPOSITORY", "our/access")

    assert [
        repository_paths.link("9f3", "reconciler.yaml"),
        repository_paths.link("9f3", "e u/reconciler.yaml"),
        repository_paths.link(None, "eu/reconciler.yaml"),
    ] == ["https://git.example/our/access/blob/9f3", "https://git.example/our/access/blob/9f3/e%20u", ""]
