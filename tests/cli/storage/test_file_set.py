"""Several files are written, or none of them."""

import errno
import os
from pathlib import Path

import pytest

from reconciler.cli.storage.file_set import FileWrite, write_all
from reconciler.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three files."""
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def writes(folder: Path) -> list[FileWrite]:
    """Change a, remove b, create d in a new folder, and change c."""
    return [
        FileWrite(folder / "a", b"a", b"A"),
        FileWrite(folder / "b", b"b", None),
        FileWrite(folder / "new" / "d", None, b"d"),
        FileWrite(folder / "c", b"c", b"C"),
    ]


def held(folder: Path) -> dict[str, bytes]:
    """Return all files, hidden ones included."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


BEFORE = {"a": b"a", "b": b"b", "c": b"c"}


def test_all_files_are_written_and_keep_their_mode(folder: Path) -> None:
    (folder / "a").chmod(0o640)

    write_all(writes(folder), folder)

    assert held(folder) == {"a": b"A", "c": b"C", "new/d": b"d"}
    assert (folder / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("failing", range(4))
def test_if_one_fails_all_stay_as_they_were(
    folder: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    wanted = writes(folder)
    (folder / "a").chmod(0o640)
    broken = wanted[failing].path.name
    for name in ("replace", "unlink", "open"):
        monkeypatch.setattr(os, name, _failing(getattr(os, name), broken))

    with pytest.raises(InputError) as refused:
        write_all(wanted, folder)

    monkeypatch.undo()
    assert (refused.value.message, held(folder)) == (
        f"{wanted[failing].path} cannot be written: No space left on device",
        BEFORE,
    )
    assert (folder / "a").stat().st_mode & 0o777 == 0o640


def _failing(real: object, broken: str) -> object:
    """Return a function of the system that fails once for a name that it would write."""
    failed: list[str] = []

    def function(*arguments: object, **others: object) -> object:
        target = arguments[1] if "src_dir_fd" in others else arguments[0]
        reads = len(arguments) > 1 and isinstance(arguments[1], int) and not arguments[1] & os.O_CREAT
        if target == broken and not reads and not failed:
            failed.append(broken)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        assert callable(real)
        return real(*arguments, **others)

    return function


def test_an_interrupt_leaves_all_as_they_were(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.unlink

    def interrupted(path: str, *, dir_fd: int) -> None:
        real(path, dir_fd=dir_fd)
        if path == "b":
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "unlink", interrupted)

    with pytest.raises(KeyboardInterrupt):
        write_all(writes(folder), folder)

    assert held(folder) == BEFORE


@pytest.mark.parametrize(
    ("name", "content"), [("a", b"other"), ("a", None), ("b", b"other"), ("c", None), ("new/d", b"other")]
)
def test_a_file_that_another_program_changed_is_not_overwritten(
    folder: Path, name: str, content: bytes | None
) -> None:
    wanted = writes(folder)
    (folder / "new").mkdir()
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    before = held(folder)

    with pytest.raises(InputError) as refused:
        write_all(wanted, folder)

    assert (refused.value.message, refused.value.hint, held(folder)) == (
        f"{folder / name} was changed by another program just now",
        "run this again",
        before,
    )


def test_no_link_is_followed(folder: Path) -> None:
    (folder / "a").unlink()
    (folder / "a").symlink_to(folder / "c")

    with pytest.raises(InputError, match="cannot be written"):
        write_all(writes(folder), folder)

    assert held(folder) == {"a": b"c", "b": b"b", "c": b"c"}


def test_what_could_not_be_restored_is_kept_beside_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.replace, list[str]()

    def failing(source: str, target: str, **folders: int) -> None:
        calls.append(target)
        if target == "c" or (target == "a" and calls.count("a") > 1):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(source, target, **folders)

    monkeypatch.setattr(os, "replace", failing)

    with pytest.raises(InputError) as refused:
        write_all(writes(folder), folder)

    kept = next(name for name in held(folder) if name.startswith("."))
    assert held(folder) == {kept: b"a", "a": b"A", "b": b"b", "c": b"c"}
    assert refused.value.message == (
        f"{folder / 'c'} cannot be written: Input/output error\n"
        f"{folder / 'a'} cannot be written: Input/output error, so it was not restored: "
        f"its old content is in {folder / kept}"
    )
