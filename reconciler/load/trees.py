"""Where files are read from: a folder of this machine, or another tree of files such as a commit."""

import os
import stat
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Protocol


class TooLargeError(Exception):
    """A file has more bytes than may be read; `size` is their number."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class NotAFileError(Exception):
    """At a path is something else than a file; `what` says what it is."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Entry(Protocol):
    """An entry of a folder."""

    @property
    def name(self) -> str:
        """The name, without the folder."""
        ...

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""
        ...

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        ...


class Tree(Protocol):
    """Files and folders below a root, each by its normal path from there; the root itself is `.`.

    No link is followed.
    """

    def prepare(self, paths: Collection[str], known: Iterable[bytes]) -> None:
        """Make the files at some paths, and in folders there, available before they are read.

        A file whose content is among the `known` ones does not have to be fetched. Raises InputError.
        """
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a file, a folder or a link."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        ...

    def is_link(self, path: str) -> bool:
        """Whether there is a symbolic link."""
        ...

    def entries(self, folder: str) -> Iterable[Entry]:
        """Return what a folder contains, in any order. Raises OSError."""
        ...

    def read(self, path: str, most: int) -> bytes:
        """Return the content of a file of at most this size.

        Raises TooLargeError, NotAFileError and OSError, which has the number ELOOP for a symbolic link.
        """
        ...


class Folder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def prepare(self, paths: Collection[str], known: Iterable[bytes]) -> None:
        """Do nothing: all files are here."""

    def exists(self, path: str) -> bool:
        """Whether there is a file, a folder or a link."""
        return os.path.lexists(self._root / path)

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return (self._root / path).is_dir()

    def is_link(self, path: str) -> bool:
        """Whether there is a symbolic link."""
        return (self._root / path).is_symlink()

    def entries(self, folder: str) -> "list[os.DirEntry[str]]":
        """Return what a folder contains, in any order. Raises OSError."""
        with os.scandir(self._root / folder) as entries:
            return list(entries)

    def read(self, path: str, most: int) -> bytes:
        """Return the content of a file of at most this size. Raises as the protocol says."""
        # Do not block on a pipe, and do not follow a link.
        descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            return _content(descriptor, most)
        finally:
            os.close(descriptor)


def _content(descriptor: int, most: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise NotAFileError("a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device")
    if status.st_size > most:
        raise TooLargeError(status.st_size)
    content = os.read(descriptor, status.st_size + 1)
    # Some file systems return less than requested, or do not know the size.
    while len(content) != status.st_size and (more := os.read(descriptor, most)):
        content += more
    return content
