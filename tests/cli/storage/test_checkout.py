"""Files written without following what a checkout links to."""

import errno
import os
import threading
from pathlib import Path

import pytest

from reconciler.cli.storage import checkout
from reconciler.errors import InputError


def test_a_file_is_written_with_the_folders_that_it_needs(tmp_path: Path) -> None:
    checkout.write(tmp_path / "a" / "b" / "plan.json", b"whole")

    assert [(path.name, path.read_bytes()) for path in (tmp_path / "a" / "b").iterdir()] == [
        ("plan.json", b"whole")
    ]


def test_only_its_owner_reads_a_private_file(tmp_path: Path) -> None:
    (tmp_path / "plan.json").touch(0o644)

    checkout.write(tmp_path / "plan.json", b"")

    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600


def test_any_other_file_keeps_its_mode_or_gets_the_usual_one(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    (tmp_path / "kept").touch()
    (tmp_path / "kept").chmod(0o755)

    for name in ("new", "kept"):
        checkout.write(tmp_path / name, b"", private=False)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"usual": modes["usual"], "new": modes["usual"], "kept": 0o755}


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()

    checkout.write(pipe, b"whole")
    reader.join()

    assert (read, pipe.is_fifo()) == ([b"whole"], True)


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(InputError) as refused:
        checkout.write(tmp_path / "folder", b"")

    assert (refused.value.message, [path.name for path in tmp_path.iterdir()]) == (
        f"{tmp_path}/folder cannot be written: Is a directory",
        ["folder"],
    )


@pytest.mark.parametrize("write", [checkout.write, checkout.create])
def test_on_a_full_disk_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: object
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert callable(write)

    with pytest.raises(InputError, match="No space left on device"):
        write(tmp_path / "plan.json", b"whole")

    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / "bolt.yaml").write_text("old")

    with pytest.raises(InputError, match=r"bolt\.yaml cannot be written: File exists"):
        checkout.create(tmp_path / "bolt.yaml", b"new")

    assert (tmp_path / "bolt.yaml").read_text() == "old"


def test_a_link_that_appears_after_the_look_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "plans").symlink_to("elsewhere")
    monkeypatch.setattr(checkout, "located", lambda path, *_: path)

    with pytest.raises(InputError, match="plans is not a folder"):
        checkout.write(tmp_path / "plans" / "plan.json", b"", tmp_path)

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_links_without_end_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    with pytest.raises(InputError, match="Too many levels of symbolic links"):
        checkout.write(tmp_path / "a" / "plan.json", b"")


@pytest.mark.parametrize(
    ("target", "real"),
    [("inner/deep", "inner/deep"), ("inner/deep/../other", "inner/other"), ("{root}/inner", "inner")],
)
def test_links_elsewhere_are_followed_as_the_system_does(tmp_path: Path, target: str, real: str) -> None:
    (tmp_path / "inner" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(target.format(root=tmp_path))

    found = checkout.located(tmp_path / "link" / "plan.json", tmp_path / "checkout")

    assert found == tmp_path / real / "plan.json"


def test_two_slashes_are_no_way_around_it(tmp_path: Path) -> None:
    (tmp_path / "plans").symlink_to("elsewhere")

    with pytest.raises(InputError, match="is a symbolic link"):
        checkout.located(Path(f"/{tmp_path}/plans/plan.json"), tmp_path)


def test_the_top_level_is_gits_or_else_the_folder_itself(tmp_path: Path) -> None:
    (tmp_path / "git" / "inner").mkdir(parents=True)
    (tmp_path / "git" / ".git").touch()
    (tmp_path / "link").symlink_to("git/inner")

    assert [checkout.top_level(tmp_path / each) for each in ("git/inner", "link", "plain")] == [
        tmp_path / "git",
        tmp_path / "git",
        tmp_path / "plain",
    ]
