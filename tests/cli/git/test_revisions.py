"""What a REF names, where it could be a branch, a tag, a hash, or counted from one."""

from pathlib import Path

import pytest

from reconciler.cli.git.revisions import Revision, resolve
from tests.security.gits import commit, git


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone on the branch `topic`, one commit ahead of `main`, which has two."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=main")
    commit(origin)
    commit(origin)
    git(origin, "tag", "--annotate", "--message=First", "v1")
    git(origin, "update-ref", "refs/pull/12/head", "main")
    git(tmp_path, "clone", "--quiet", str(origin), "clone")
    clone = tmp_path / "clone"
    git(clone, "switch", "--quiet", "--create", "topic", "--track", "main")
    commit(clone)
    git(clone, "fetch", "--quiet", "origin", "refs/pull/12/head:refs/pull/12/head")
    return clone


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("origin/main", "refs/remotes/origin/main"),
        ("origin", "refs/remotes/origin/HEAD"),
        ("origin/HEAD", "refs/remotes/origin/HEAD"),
        ("remotes/origin/main", "refs/remotes/origin/main"),
        ("main", "refs/heads/main"),
        ("heads/main", "refs/heads/main"),
        ("refs/heads/main", "refs/heads/main"),
        ("v1", "refs/tags/v1"),
        ("v1^{}", "refs/tags/v1"),
        ("v1^{commit}", "refs/tags/v1"),
        ("tags/v1", "refs/tags/v1"),
        ("pull/12/head", "refs/pull/12/head"),
        ("FETCH_HEAD", "FETCH_HEAD"),
        ("HEAD~1", "HEAD"),
        ("HEAD^1", "HEAD"),
        ("HEAD^", "HEAD"),
        ("@~1", "HEAD"),
        ("topic~1", "refs/heads/topic"),
        ("topic@{1}", "refs/heads/topic"),
        ("@{u}", "refs/heads/main"),
        ("topic@{upstream}", "refs/heads/main"),
        ("@{-1}", "refs/heads/main"),
    ],
)
def test_a_ref_names_one_commit(clone: Path, ref: str, name: str) -> None:
    assert resolve(clone, ref) == Revision(git(clone, "rev-parse", "main"), name)


@pytest.mark.parametrize("length", [7, 40])
@pytest.mark.parametrize("spelled", [str.lower, str.upper])
@pytest.mark.parametrize("steps", ["", "^{commit}", "~0"])
def test_a_hash_names_its_commit(clone: Path, length: int, spelled: type[str], steps: str) -> None:
    main = git(clone, "rev-parse", "main")
    ref = spelled(main[:length])

    found = resolve(clone, f"{ref}{steps}")

    assert found == Revision(main, ref if length == 40 else main)


def test_an_entry_of_the_current_branchs_log_names_its_commit(clone: Path) -> None:
    main = git(clone, "rev-parse", "main")

    assert resolve(clone, "@{1}") == Revision(main, main)


@pytest.mark.parametrize(
    "ref",
    [
        *("", "~1", "^main", "main..topic", "main...topic", "main:", "main:partners", "nowhere", "nowhere~1"),
        *(
            "--help",
            "--all",
            "-h",
            ":/Change",
            "main^{tree}",
            "main~9",
            "m*in",
            "ma?n",
            "[m]ain",
            "main/",
            "/",
        ),
        *("f" * 40, "dead" * 3, "\0", "main\n", " main", "@{", "@{9}", "@{u}@{u}", "ORIG_HEAD", "main\\"),
    ],
)
def test_anything_else_is_not_a_commit(clone: Path, ref: str) -> None:
    assert resolve(clone, ref) is None
