from pathlib import Path

import pytest

from reconciler.cli import git


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = git.commit(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert (outside, git.commit(tmp_path)) == (None, None)
