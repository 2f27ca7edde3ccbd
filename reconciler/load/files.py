"""Which files there are: below the configuration's paths, without links, of a bearable size."""

import os
import stat
from collections.abc import Iterator, Mapping
from errno import ELOOP
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.load.phrases import shown
from reconciler.model.document import KindName
from reconciler.model.file_names import ENDINGS, may_hold_documents
from reconciler.model.finding import Finding, Source

LARGEST: Final = 5_000_000
_OTHER_NAME: Final = f"its name does not end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"

Kinds = tuple[KindName, ...]


class File(NamedTuple):
    """A file's path relative to the configuration, its bytes, and the kinds that may stand in it.

    `named` says that the configuration names the file itself, not only a folder above it.
    """

    path: str
    content: bytes
    kinds: Kinds
    named: bool = False


class Reader:
    """Reads the files below paths of one folder; what it cannot read becomes a finding.

    `ignored` are the files that are not read, each with why.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.findings: list[Finding] = []
        self.unread: set[KindName] = set()
        self.ignored: dict[str, str] = {}

    def read(self, paths: Mapping[str, Kinds], places: Mapping[str, Source]) -> Iterator[File]:
        """Yield the files in the order of their names; `places` says where each path is configured."""
        configured: dict[str, Kinds] = {}
        for path in paths:
            clean = self._clean(path, places[path], paths[path])
            if clean is not None:
                configured[clean] = paths[path]
        found: dict[str, Kinds] = {}
        seen: set[str] = set()
        # What is above comes first, so that each folder is looked at once.
        for clean in sorted(configured, key=lambda each: len(Path(each).parts)):
            if (self._root / clean).is_dir():
                found.update(self._walk(clean, configured, seen))
            else:
                found[clean] = configured[clean]
        for name in sorted(found):
            file = self.file(name, found[name])
            if file is not None:
                yield file._replace(named=name in configured)

    def file(self, name: str, kinds: Kinds) -> File | None:
        """Return one file, or None where it cannot be read."""
        if _printable(name) != name:
            self._refuse(Source(name), f"the name of {name} is no UTF-8", "rename it", kinds)
            return None
        try:
            # Not to wait for a pipe that nobody writes to, and not to follow a link.
            descriptor = os.open(f"{self._root}/{name}", os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
            try:
                content = self._content(name, descriptor, kinds)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno == ELOOP:
                self._refuse_link(name, kinds)
            else:
                self._refuse(Source(name), f"{name} cannot be read: {error.strerror}", "", kinds)
            return None
        return None if content is None else File(name, content, kinds)

    def _clean(self, path: str, place: Source, kinds: Kinds) -> str | None:
        """Return a path of the configuration without detours; None where nothing may be read at it."""
        clean = os.path.normpath(path)
        if clean.startswith("/"):
            said = f"the path {shown(path)} is absolute"
            self._refuse(place, said, "write it relative to the configuration", kinds)
        elif "\0" in path or Path(clean).parts[:1] == ("..",):
            said = f"the path {shown(path)} leads outside the repository"
            self._refuse(place, said, "name a path inside it", kinds)
        elif (link := self._link(clean)) is not None:
            how = "is" if link == clean else f"goes through {link}, which is"
            said = f"the path {shown(path)} {how} a symbolic link, and no link is followed"
            self._refuse(place, said, "name what it leads to", kinds)
        elif os.path.lexists(self._root / clean):
            return clean
        else:
            said = f"the path {shown(path)} does not exist"
            self._refuse(place, said, "make it, or take it out of paths", kinds)
        return None

    def _link(self, path: str) -> str | None:
        """Return the first link on the way to a path, itself included."""
        parts = Path(path).parts
        ways = ("/".join(parts[: number + 1]) for number in range(len(parts)))
        return next((way for way in ways if (self._root / way).is_symlink()), None)

    def _walk(self, folder: str, configured: Mapping[str, Kinds], seen: set[str]) -> dict[str, Kinds]:
        """Return the files of a folder and of those in it, each with the kinds of the deepest path above.

        Hidden files and folders are not looked at, nor are folders that were `seen`.
        """
        found: dict[str, Kinds] = {}
        waiting = [] if folder in seen else [(folder, configured[folder])]
        while waiting:
            here, kinds = waiting.pop()
            seen.add(here)
            for entry in self._entries(here, kinds):
                name = entry.name if here == "." else f"{here}/{entry.name}"
                own = configured.get(name, kinds)
                if entry.is_symlink():
                    self._refuse_link(name, own)
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append((name, own))
                elif may_hold_documents(entry.name):
                    found[name] = own
                elif name not in configured:
                    self.ignored[_printable(name)] = _OTHER_NAME
        return found

    def _entries(self, folder: str, kinds: Kinds) -> "list[os.DirEntry[str]]":
        """Return what stands in a folder, in the order of the names; nothing where it is not to be read."""
        if may_hold_documents(folder):
            said = f"{folder} is a folder where a file is meant"
            self._refuse(Source(folder), said, "rename it", kinds)
            return []
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

    def _refuse_link(self, name: str, kinds: Kinds) -> None:
        """Refuse a link: what it leads to has owners of its own, and may change without the link."""
        hint = "put what it leads to in its place"
        self._refuse(Source(name), f"{name} is a symbolic link, and no link is followed", hint, kinds)

    def _refuse(self, place: Source, message: str, hint: str, kinds: Kinds) -> None:
        self.unread.update(kinds)
        readable = Source(_printable(place.file), place.line, place.column)
        self.findings.append(Finding.at(readable, "yaml", _printable(message), hint))


def _printable(text: str) -> str:
    r"""Return a text with those bytes of file names that are no UTF-8 written as `\xff`."""
    return text if text.isascii() else text.encode(errors="surrogateescape").decode(errors="backslashreplace")
