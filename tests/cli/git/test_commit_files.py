"""The files of a commit, read from git as a folder would be, and no more of them than needed."""

import subprocess
from errno import ELOOP, ENOENT
from pathlib import Path

import pytest

from reconciler.cli.git.commit_files import CommitFiles
from reconciler.cli.git.repository import Entry, Repository, opened
from reconciler.load.trees import Folder, NotAFileError, TooLargeError, Tree
from tests.cli.git.commits import committed, git

PATHS = ["partners", "catalog.yaml", "link", "gone"]


@pytest.fixture
def made(tmp_path: Path) -> CommitFiles:
    """The commit of a repository in whose folder nothing is left."""
    for path, content in {
        "access/partners/acme.yaml": b"acme\r\n",
        "access/partners/deep/er/bolt.yaml": b"bolt",
        "access/partners/deep/core.yaml": b"bolt",
        "access/catalog.yaml": b"catalog",
        "access/elsewhere/other.yaml": b"other",
        "outside.yaml": b"outside",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "access" / "link").symlink_to("partners")
    (tmp_path / "access" / "partners" / "dune.yaml").symlink_to("acme.yaml")
    commit = committed(tmp_path, "Begin")
    git(tmp_path, "rm", "-r", "--quiet", ".")
    (tmp_path / "access").mkdir(parents=True)
    files = CommitFiles(opened(tmp_path / "access"), commit)
    files.prepare(PATHS, ())
    return files


def listed(tree: Tree, folder: str) -> list[tuple[str, bool, bool]]:
    entries = (
        (each.name, each.is_dir(follow_symlinks=False), each.is_symlink()) for each in tree.entries(folder)
    )
    return sorted(entries)


def test_a_commit_has_files_folders_and_links(made: CommitFiles) -> None:
    assert [listed(made, folder) for folder in (".", "partners", "partners/deep", "partners/deep/er")] == [
        [("catalog.yaml", False, False), ("link", False, True), ("partners", True, False)],
        [("acme.yaml", False, False), ("deep", True, False), ("dune.yaml", False, True)],
        [("core.yaml", False, False), ("er", True, False)],
        [("bolt.yaml", False, False)],
    ]
    asked = (".", "partners", "partners/acme.yaml", "link", "gone", "elsewhere")
    assert [(made.exists(each), made.is_folder(each), made.is_link(each)) for each in asked] == [
        (True, True, False),
        (True, True, False),
        (True, False, False),
        (True, False, True),
        (False, False, False),
        (False, False, False),
    ]


def test_content_is_read_as_it_was_committed(made: CommitFiles) -> None:
    paths = ("partners/acme.yaml", "partners/deep/core.yaml", "partners/deep/er/bolt.yaml")

    assert [made.read(path, 6) for path in paths] == [b"acme\r\n", b"bolt", b"bolt"]


def test_what_is_no_file_of_the_allowed_size_is_not_read(made: CommitFiles) -> None:
    with pytest.raises(OSError, match="symbolic links") as link:
        made.read("link", 9)
    with pytest.raises(OSError, match="No such file") as missing:
        made.read("gone", 9)
    with pytest.raises(NotAFileError) as folder:
        made.read("partners", 9)
    with pytest.raises(TooLargeError) as large:
        made.read("partners/acme.yaml", 5)

    assert (link.value.errno, missing.value.errno) == (ELOOP, ENOENT)
    assert (folder.value.what, large.value.size) == ("a folder", 6)


@pytest.mark.parametrize("format_of_objects", ["sha1", "sha256"])
def test_only_files_with_other_contents_than_the_known_ones_are_fetched(
    tmp_path: Path, format_of_objects: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", f"--object-format={format_of_objects}")
    contents = {"a.yaml": b"a: 1\n", "b.yaml": b"b: 1\r\n", "c.yaml": b"", "d.yaml": b"a: 1\n"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    git(tmp_path, "config", "core.autocrlf", "false")
    files = CommitFiles(opened(tmp_path), committed(tmp_path, "Begin"))
    fetched: list[str] = []
    original = Repository.contents

    def contents_of(self: Repository, at: str, entries: list[Entry]) -> object:
        fetched.extend(each.path for each in entries)
        return original(self, at, entries)

    monkeypatch.setattr(Repository, "contents", contents_of)
    files.prepare(["."], [b"a: 1\n", b"", b"b: 1\n"])

    assert (fetched, {name: files.read(name, 9) for name in contents}) == (["b.yaml"], contents)


def test_what_was_prepared_is_not_listed_again(made: CommitFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    made.prepare(PATHS, ())

    assert made.read("catalog.yaml", 9) == b"catalog"


def test_files_below_several_paths_are_there_once(made: CommitFiles) -> None:
    made.prepare(["partners/deep", "."], ())

    assert [name for name, *_ in listed(made, ".")] == ["catalog.yaml", "elsewhere", "link", "partners"]


@pytest.mark.parametrize("path", ["../outside.yaml", "/etc/hosts", "a\0b"])
def test_nothing_outside_of_the_folder_is_listed(made: CommitFiles, path: str) -> None:
    made.prepare([path], ())

    assert (made.exists(path), made.exists("outside.yaml")) == (False, False)


def test_files_of_a_damaged_commit_that_lie_elsewhere_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a")
    committed(tmp_path, "Begin")
    blob = f"100644 blob {git(tmp_path, 'rev-parse', 'HEAD:a.yaml')}"
    inner = tree_of(tmp_path, f"{blob}\tpasswd\n")
    tree = tree_of(tmp_path, f"040000 tree {inner}\t..\n{blob}\tb.yaml\n")
    files = CommitFiles(opened(tmp_path), git(tmp_path, "commit-tree", "-m", "Damage", tree))

    files.prepare(["."], ())

    assert (listed(files, "."), files.exists("../passwd")) == ([("b.yaml", False, False)], False)


def tree_of(folder: Path, entries: str) -> str:
    """Return a tree with these entries, whose names git does not check."""
    ran = subprocess.run(
        ["git", "-C", str(folder), "mktree"], input=entries, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def test_a_folder_and_a_commit_of_it_have_the_same_entries(tmp_path: Path) -> None:
    for path in ("a/b/c.yaml", "a/d.yaml", "e.yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    commit = committed(tmp_path, "Begin")
    files = CommitFiles(opened(tmp_path), commit)
    files.prepare(["."], ())
    folder = Folder(tmp_path)

    without_git = [each for each in listed(folder, ".") if each[0] != ".git"]
    assert [listed(files, each) for each in (".", "a", "a/b")] == [
        without_git,
        *(listed(folder, each) for each in ("a", "a/b")),
    ]
