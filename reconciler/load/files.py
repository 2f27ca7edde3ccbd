"""Which files there are: below the configuration's paths, inside the repository, of a bearable size."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.model.document import KindName
from reconciler.model.finding import Finding, Severity, Source

LARGEST: Final = 5_000_000
_ENDINGS: Final = (".yaml", ".yml")


class File(NamedTuple):
    """A file's path relative to the configuration, its bytes, and the kinds that may stand in it."""

    path: str
    content: bytes
    kinds: tuple[KindName, ...]


class Reader:
    """Reads the files below paths of one folder; what it cannot read becomes a finding."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._real_root = os.path.realpath(root)
        self.findings: list[Finding] = []
        self.unread: set[KindName] = set()

    def read(self, paths: Mapping[str, tuple[KindName, ...]], places: Mapping[str, Source]) -> Iterator[File]:
        """Yield the files in the order of their names; `places` says where each path is configured."""
        kinds: dict[str, tuple[KindName, ...]] = {}
        # The longer path is the more exact one, so it has the last word about a file.
        for path in sorted(paths, key=len):
            for found in self._below(path, places[path], paths[path]):
                kinds[found] = paths[path]
        for found in sorted(kinds):
            content = self._content(found, kinds[found])
            if content is not None:
                yield File(found, content, kinds[found])

    def _below(self, path: str, place: Source, kinds: tuple[KindName, ...]) -> list[str]:
        """Return the files at a path: itself, or all YAML files below it."""
        clean = os.path.normpath(path)
        whole = os.path.join(self._root, clean)
        if os.path.isabs(path) or clean.startswith("..") or self._leads_outside(whole):
            self._refuse(
                place, f'the path "{path}" leads outside the repository', "name a path inside it", kinds
            )
        elif os.path.isdir(whole):
            if clean.endswith(_ENDINGS):
                self._refuse(Source(clean), f"{clean} is a folder where a file is meant", "", kinds)
            else:
                return self._walk("" if clean == "." else clean, whole, kinds)
        elif os.path.lexists(whole):
            return [clean]
        else:
            self._refuse(
                place, f'the path "{path}" does not exist', "make it, or take it out of paths", kinds
            )
        return []

    def _walk(self, folder: str, whole: str, kinds: tuple[KindName, ...]) -> list[str]:
        """Return the YAML files of a folder and of the folders in it; hidden ones are not looked at."""
        found: list[str] = []
        waiting = [(folder, whole)]
        while waiting:
            here, there = waiting.pop()
            for entry in self._entries(here, there, kinds):
                name = f"{here}/{entry.name}" if here else entry.name
                if entry.name.startswith("."):
                    continue
                if entry.is_symlink() and self._leads_outside(entry.path):
                    self._refuse(
                        Source(name), f"{name} is a link that leads outside the repository", "", kinds
                    )
                elif entry.is_dir(follow_symlinks=False):
                    if entry.name.endswith(_ENDINGS):
                        self._refuse(Source(name), f"{name} is a folder where a file is meant", "", kinds)
                    else:
                        waiting.append((name, entry.path))
                elif entry.name.endswith(_ENDINGS):
                    found.append(name)
        return found

    def _entries(self, here: str, there: str, kinds: tuple[KindName, ...]) -> "list[os.DirEntry[str]]":
        try:
            with os.scandir(there) as entries:
                return list(entries)
        except OSError as error:
            self._refuse(Source(here), f"{here} cannot be read: {error.strerror}", "", kinds)
            return []

    def _content(self, name: str, kinds: tuple[KindName, ...]) -> bytes | None:
        try:
            # Not to wait for a pipe that nobody writes to.
            descriptor = os.open(f"{self._root}/{name}", os.O_RDONLY | os.O_NONBLOCK)
            try:
                return self._regular(name, descriptor, kinds)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._refuse(Source(name), f"{name} cannot be read: {error.strerror}", "", kinds)
            return None

    def _regular(self, name: str, descriptor: int, kinds: tuple[KindName, ...]) -> bytes | None:
        """Return what an open file holds, if it is a file and not too large."""
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            self._refuse(Source(name), f"{name} is no file", "", kinds)
            return None
        if status.st_size > LARGEST:
            said = f"{name} has {status.st_size / 1e6:,.0f} MB; at most {LARGEST / 1e6:,.0f} MB are read"
            self._refuse(Source(name), said, "part it into several files", kinds)
            return None
        content = os.read(descriptor, LARGEST)
        # Some file systems give less than there is.
        while len(content) < status.st_size and (more := os.read(descriptor, LARGEST)):
            content += more
        return content

    def _leads_outside(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real != self._real_root and not real.startswith(self._real_root + os.sep)

    def _refuse(self, place: Source, message: str, hint: str, kinds: tuple[KindName, ...]) -> None:
        self.unread.update(kinds)
        self.findings.append(Finding.at(place, "yaml", message, hint, severity=Severity.ERROR))
