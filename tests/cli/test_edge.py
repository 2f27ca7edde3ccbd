import os
import threading
from pathlib import Path

import pytest

from reconciler.cli import edge
from reconciler.errors import InputError


def test_a_file_is_written_with_the_folders_that_it_needs(tmp_path: Path) -> None:
    edge.write(tmp_path / "a" / "b" / "plan.json", b"whole")

    assert [(path.name, path.read_bytes()) for path in (tmp_path / "a" / "b").iterdir()] == [
        ("plan.json", b"whole")
    ]


def test_a_file_that_is_there_is_replaced_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("old")
    (tmp_path / "link.json").symlink_to("old.json")

    edge.write(tmp_path / "link.json", b"new")

    assert ((tmp_path / "old.json").read_text(), (tmp_path / "link.json").is_symlink()) == ("new", True)


def test_only_its_owner_reads_what_is_written(tmp_path: Path) -> None:
    edge.write(tmp_path / "plan.json", b"")

    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()

    edge.write(pipe, b"whole")
    reader.join()

    assert (read, pipe.is_fifo()) == ([b"whole"], True)


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(InputError) as refused:
        edge.write(tmp_path / "folder", b"")

    assert (refused.value.message, [path.name for path in tmp_path.iterdir()]) == (
        f"{tmp_path}/folder cannot be written: Is a directory",
        ["folder"],
    )
