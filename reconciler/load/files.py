"""Which files there are: below the configuration's paths, inside the repository, of a bearable size."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.load.words import shown
from reconciler.model.document import KindName
from reconciler.model.finding import Finding, Source

LARGEST: Final = 5_000_000
_ENDINGS: Final = (".yaml", ".yml")

Kinds = tuple[KindName, ...]


class File(NamedTuple):
    """A file's path relative to the configuration, its bytes, and the kinds that may stand in it."""

    path: str
    content: bytes
    kinds: Kinds


class Reader:
    """Reads the files below paths of one folder; what it cannot read becomes a finding."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        # The folders seen, each with the name under which it was seen first.
        self._names: dict[str, str] = {}
        self.findings: list[Finding] = []
        self.unread: set[KindName] = set()

    def read(self, paths: Mapping[str, Kinds], places: Mapping[str, Source]) -> Iterator[File]:
        """Yield the files in the order of their names; `places` says where each path is configured."""
        kinds: dict[str, Kinds] = {}
        # The deeper path is the more exact one, so it has the last word about a file.
        for path in sorted(paths, key=lambda each: len(Path(os.path.normpath(each)).parts)):
            kinds.update(dict.fromkeys(self._below(path, places[path], paths[path]), paths[path]))
        for found in sorted(kinds):
            file = self.file(found, kinds[found])
            if file is not None:
                yield file

    def file(self, name: str, kinds: Kinds) -> File | None:
        """Return one file, or None where it cannot be read."""
        if _printable(name) != name:
            self._refuse(Source(name), f"the name of {name} is no UTF-8", "rename it", kinds)
            return None
        try:
            # Not to wait for a pipe that nobody writes to.
            descriptor = os.open(f"{self._root}/{name}", os.O_RDONLY | os.O_NONBLOCK)
            try:
                content = self._content(name, descriptor, kinds)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._refuse(Source(name), f"{name} cannot be read: {error.strerror}", "", kinds)
            return None
        return None if content is None else File(name, content, kinds)

    def _below(self, path: str, place: Source, kinds: Kinds) -> list[str]:
        """Return the files at a path: itself, or all YAML files below it."""
        clean = os.path.normpath(path)
        whole = self._root / clean
        if "\0" in path or Path(clean).parts[:1] == ("..",) or self._leads_outside(whole):
            said = f"the path {shown(path)} leads outside the repository"
            self._refuse(place, said, "name a path inside it", kinds)
        elif whole.is_dir():
            return self._walk(clean, kinds)
        elif os.path.lexists(whole):
            return [clean]
        else:
            said = f"the path {shown(path)} does not exist"
            self._refuse(place, said, "make it, or take it out of paths", kinds)
        return []

    def _walk(self, folder: str, kinds: Kinds) -> list[str]:
        """Return the YAML files of a folder and of the folders in it; hidden ones are not looked at.

        Links to folders come last, so that a folder that is found twice has its own name.
        """
        found: list[str] = []
        waiting, links = [folder], list[str]()
        while waiting or links:
            here = waiting.pop() if waiting else links.pop(0)
            for entry in self._entries(here, kinds):
                name = entry.name if here == "." else f"{here}/{entry.name}"
                if entry.is_symlink() and self._leads_outside(Path(entry.path)):
                    said = f"{name} is a link that leads outside the repository"
                    self._refuse(Source(name), said, "put the file itself here", kinds)
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append(name)
                elif entry.is_symlink() and Path(entry.path).is_dir():
                    links.append(name)
                elif entry.name.endswith(_ENDINGS):
                    found.append(name)
        return found

    def _entries(self, folder: str, kinds: Kinds) -> "list[os.DirEntry[str]]":
        """Return what stands in a folder, in the order of the names; nothing where it is not to be read."""
        first = self._names.setdefault(os.path.realpath(self._root / folder), folder)
        if folder.endswith(_ENDINGS):
            said = f"{folder} is a folder where a file is meant"
            self._refuse(Source(folder), said, "rename it", kinds)
        elif first != folder:
            said = f"{folder} is a link to {first}, which is read already"
            self._refuse(Source(folder), said, "take the link out", kinds)
        else:
            try:
                with os.scandir(self._root / folder) as entries:
                    return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
            except OSError as error:
                self._refuse(Source(folder), f"{folder} cannot be read: {error.strerror}", "", kinds)
        return []

    def _content(self, name: str, descriptor: int, kinds: Kinds) -> bytes | None:
        """Return what an open file holds, if it is a file and not too large."""
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            sort = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            self._refuse(Source(name), f"{name} is {sort} where a file is meant", "", kinds)
            return None
        if status.st_size > LARGEST:
            said = f"{name} has {status.st_size / 1e6:,.0f} MB; at most {LARGEST / 1e6:,.0f} MB are read"
            self._refuse(Source(name), said, "part it into several files", kinds)
            return None
        content = os.read(descriptor, status.st_size + 1)
        # Some file systems give less than there is, or do not say how much that is.
        while len(content) != status.st_size and (more := os.read(descriptor, LARGEST)):
            content += more
        return content

    def _leads_outside(self, path: Path) -> bool:
        return not Path(os.path.realpath(path)).is_relative_to(self._real_root)

    def _refuse(self, place: Source, message: str, hint: str, kinds: Kinds) -> None:
        self.unread.update(kinds)
        readable = Source(_printable(place.file), place.line, place.column)
        self.findings.append(Finding.at(readable, "yaml", _printable(message), hint))


def _printable(text: str) -> str:
    r"""Return a text with those bytes of file names that are no UTF-8 written as `\xff`."""
    return text if text.isascii() else text.encode(errors="surrogateescape").decode(errors="backslashreplace")
