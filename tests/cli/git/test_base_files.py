"""The base of a branch, and commits that are judged without being checked out."""

from pathlib import Path

import pytest

from reconciler.cli.git.base_files import compared_with
from reconciler.cli.git.checked_commit import checked_commit
from reconciler.cli.git.repository import opened
from reconciler.errors import InputError
from reconciler.model.branch_base import Base
from reconciler.workflow.validate import check
from tests.cli.git.commits import committed, git

TODAY = "2026-11-24"
CONFIGURATION = "apiVersion: reconciler/v1\nkind: Configuration\nmetadata: {name: us}\nspec: {paths: {}}\n"
WRONG = CONFIGURATION.replace("{paths: {}}", "{paths: 1}")
MISTAKE = "reconciler.yaml:4: spec.paths must be a mapping, not the number 1"


def made(folder: Path, *texts: str | None) -> tuple[Path, list[str]]:
    """Commit configurations one after another; return the file, which has the last one, and the commits."""
    path, commits = folder / "reconciler.yaml", []
    for number, text in enumerate(texts):
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)
        commits.append(committed(folder, str(number)))
    return path, commits


def test_a_name_of_several_refs_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, (commit,) = made(tmp_path, CONFIGURATION)
    git(tmp_path, "tag", "main")

    base = compared_with(path, "main").base

    assert (base, capsys.readouterr().err) == (
        Base(ref="main", commit=commit),
        'Warning: --base: "main" is ambiguous: refs/heads/main is used, not refs/tags/main\n',
    )


@pytest.mark.parametrize(
    ("before", "problem"),
    [
        (None, "has no configuration"),
        (
            WRONG,
            "has errors in its files (reconciler.yaml:4: spec.paths must be a mapping, not the number 1)",
        ),
    ],
)
def test_only_a_bootstrap_continues_without_a_governing_configuration(
    tmp_path: Path, before: str | None, problem: str
) -> None:
    path, _ = made(tmp_path, before, CONFIGURATION)

    with pytest.raises(InputError) as refused:
        check(path, TODAY, compared_with(path, "main~1"))
    found = check(path, TODAY, compared_with(path, "main~1", bootstrap=True)).base

    assert refused.value.message == f"--base: main~1 {problem}"
    assert found is not None
    assert (found.configuration, found.repository, found.problem) == (None, None, f"main~1 {problem}")


def test_a_merge_base_without_a_configuration_has_no_files(tmp_path: Path) -> None:
    path, (first, _) = made(tmp_path, None, CONFIGURATION)
    git(tmp_path, "switch", "--quiet", "--create", "topic", first)
    path.write_text(CONFIGURATION)

    base = check(path, TODAY, compared_with(path, "main")).base

    assert base is not None
    assert (base.configuration is None, base.repository, base.problem) == (
        False,
        None,
        f"{first[:12]} has no configuration",
    )


def test_a_commit_is_judged_with_its_own_files(tmp_path: Path) -> None:
    path, (first, second, last) = made(tmp_path, CONFIGURATION, CONFIGURATION.replace("us", "them"), None)

    checked = checked_commit(opened(tmp_path), path.name, second, first, TODAY)
    with pytest.raises(InputError) as missing:
        checked_commit(opened(tmp_path), path.name, last, first, TODAY)

    assert [each.rule for each in checked.findings] == ["owner-label-changes"]
    assert missing.value.message == f"commit {last[:12]} has no configuration: reconciler.yaml"
