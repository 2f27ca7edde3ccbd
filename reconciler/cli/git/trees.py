"""Trees of git, made without a working tree: from files of a folder, and from merges."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.cli.git.process import run
from reconciler.cli.git.repository import Repository
from reconciler.errors import InputError
from reconciler.model.file_names import STATE_FOLDER

_MODE: Final = "100644"
_GONE: Final = "0"
_NO_FILES: Final = frozenset({".git", STATE_FOLDER})


class Edit(NamedTuple):
    """A file of a tree by its path from the top: its new mode and object, without which it is removed."""

    path: str
    mode: str = _GONE
    object_id: str = ""


def edited(top: Path, tree: str, edits: Iterable[Edit]) -> str:
    """Return a tree in which these files are other ones, as a new object of the repository at `top`."""
    run(top, "read-tree", tree)
    zeros = "0" * len(tree)
    lines = (f"{each.mode} {each.object_id or zeros}\t{each.path}\0" for each in edits)
    run(top, "update-index", "-z", "--index-info", given=os.fsencode("".join(lines)))
    return run(top, "write-tree").decode().strip()


def tree_of(top: Path, commit: str) -> str:
    """Return the tree of a commit."""
    return run(top, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}").decode().strip()


def tree_with_files(repository: Repository, at: str, folder: Path, paths: Iterable[str]) -> str:
    """Return the tree of a commit with the files that a folder has now at these paths, or in folders there.

    `folder` is that of the repository's prefix, in another working tree. Links are left as they are.
    """
    paths = list(paths)
    known = {each.path: each for each in repository.files(at, paths)}
    present = {path for each in paths for path in _files(folder, each)}
    written = sorted(path for path in present if not (folder / path).is_symlink())
    objects = _hashed(repository.top, [folder / path for path in written])
    edits = [
        Edit(f"{repository.prefix}{path}", known[path].mode if path in known else _MODE, object_id)
        for path, object_id in zip(written, objects, strict=True)
    ]
    edits += [Edit(f"{repository.prefix}{path}") for path in known.keys() - present]
    return edited(repository.top, tree_of(repository.top, at), edits)


def changed_files(top: Path, before: str, after: str) -> dict[str, str]:
    """Return the files in which two trees or commits differ, each with its new mode and object."""
    options = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev")
    fields = os.fsdecode(run(top, "diff-tree", *options, before, after)).split("\0")
    return {
        path: " ".join((facts.split()[1], facts.split()[3]))
        for facts, path in zip(fields[::2], fields[1::2], strict=False)
    }


def _files(folder: Path, path: str) -> Iterator[str]:
    """Yield the files at a path, or in the folder there, by their paths from the folder."""
    start = folder / path
    if start.is_symlink() or not start.is_dir():
        yield from [path] if os.path.lexists(start) else []
        return
    for found, folders, names in os.walk(start):
        folders[:] = [each for each in folders if each not in _NO_FILES]
        yield from ((Path(found) / name).relative_to(folder).as_posix() for name in names)


def _hashed(top: Path, files: Iterable[Path]) -> list[str]:
    """Write files into the repository as they are, and return their objects."""
    names = [os.fsencode(each) for each in files]
    if strange := [name for name in names if b"\n" in name]:
        raise InputError(f"{os.fsdecode(strange[0])!r}: the name of a file cannot contain a line feed")
    given = b"".join(b"%s\n" % name for name in names)
    return run(top, "hash-object", "-w", "--no-filters", "--stdin-paths", given=given).decode().split()
