"""Find and read the files below the configuration's paths; symbolic links and huge files are rejected."""

import os
from collections.abc import Iterator, Mapping
from errno import ELOOP
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.load.phrases import quote
from reconciler.load.trees import Entry, NotAFileError, TooLargeError, Tree
from reconciler.model.document import KindName
from reconciler.model.file_names import ENDINGS, PEOPLE, may_hold_documents
from reconciler.model.finding import Finding, Source

MAX_FILE_SIZE: Final = 5_000_000
# A row of a person has about 130 bytes, so that nearly 200,000 fit. Forges warn about files of 50 MB.
MAX_PEOPLE_SIZE: Final = 25_000_000
_UNKNOWN_EXTENSION: Final = f"its name does not end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"

Kinds = tuple[KindName, ...]


class File(NamedTuple):
    """A file's path relative to the configuration, its content, and the kinds that it may contain.

    `named` is true if the configuration names the file itself, not only a folder above it.
    """

    path: str
    content: bytes
    kinds: Kinds
    named: bool = False


def max_size(name: str) -> int:
    """Return the largest size of a file; nobody writes people.lock by hand, and it cannot be divided."""
    return MAX_PEOPLE_SIZE if name == PEOPLE else MAX_FILE_SIZE


def too_large(name: str, size: int) -> tuple[str, str]:
    """Return a message and a hint for a file above its limit."""
    sizes = f"{size / 1e6:,.0f} MB, but the limit is {max_size(name) / 1e6:,.0f} MB"
    hint = "use smaller groups" if name == PEOPLE else "split it into several files"
    return f"{name} has {sizes}", hint


class Reader:
    """Reads the files of one tree; a file that cannot be read becomes a finding.

    `ignored` maps each file that was skipped to the reason.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.findings: list[Finding] = []
        self.unread: set[KindName] = set()
        self.ignored: dict[str, str] = {}

    def read(self, paths: Mapping[str, Kinds], places: Mapping[str, Source]) -> Iterator[File]:
        """Yield the files sorted by name; `places` is where each path is configured."""
        configured: dict[str, Kinds] = {}
        for path in paths:
            clean = self._normalize(path, places[path], paths[path])
            if clean is not None:
                configured[clean] = paths[path]
        found: dict[str, Kinds] = {}
        seen: set[str] = set()
        # Outer folders come first, so that each folder is listed once.
        for clean in sorted(configured, key=lambda each: len(Path(each).parts)):
            if self._tree.is_folder(clean):
                found.update(self._walk(clean, configured, seen))
            else:
                found[clean] = configured[clean]
        # It has a place of its own, whatever the paths are.
        found.pop(PEOPLE, None)
        for name in sorted(found):
            file = self.file(name, found[name], named=name in configured)
            if file is not None:
                yield file

    def read_people(self) -> Iterator[File]:
        """Yield the file with the people of directories, if there is one."""
        if self._tree.exists(PEOPLE):
            file = self.file(PEOPLE, ("People",))
            if file is not None:
                yield file

    def file(self, name: str, kinds: Kinds, *, named: bool = False) -> File | None:
        """Return one file, or None if it cannot be read."""
        if _printable(name) != name:
            self._reject(Source(name), f"the file name {name} is not valid UTF-8", "rename the file", kinds)
            return None
        try:
            return File(name, self._tree.read(name, max_size(name)), kinds, named)
        except TooLargeError as error:
            self._reject(Source(name), *too_large(name, error.size), kinds)
        except NotAFileError as error:
            hint = "move it out of the configured paths"
            self._reject(Source(name), f"{name} is {error.what}, not a file", hint, kinds)
        except OSError as error:
            if error.errno == ELOOP:
                self._reject_link(name, kinds)
            else:
                self._reject(Source(name), f"{name} cannot be read: {error.strerror}", "", kinds)
        return None

    def _normalize(self, path: str, place: Source, kinds: Kinds) -> str | None:
        """Return a configured path in normal form, or None if it must not be read."""
        clean = os.path.normpath(path)
        if clean.startswith("/"):
            message = f"the path {quote(path)} is absolute"
            self._reject(place, message, "write it relative to the configuration file", kinds)
        elif "\0" in path or Path(clean).parts[:1] == ("..",):
            message = f"the path {quote(path)} is outside the repository"
            self._reject(place, message, "use a path inside it", kinds)
        elif (link := self._link(clean)) is not None:
            how = "is" if link == clean else f"goes through {link}, which is"
            message = f"the path {quote(path)} {how} a symbolic link, and links are not followed"
            self._reject(place, message, "use the path of its target", kinds)
        elif self._tree.exists(clean):
            return clean
        else:
            message = f"the path {quote(path)} does not exist"
            self._reject(place, message, _missing_hint(clean), kinds)
        return None

    def _link(self, path: str) -> str | None:
        """Return the first symbolic link among a path and its parent folders."""
        parts = Path(path).parts
        prefixes = ("/".join(parts[: number + 1]) for number in range(len(parts)))
        return next((prefix for prefix in prefixes if self._tree.is_link(prefix)), None)

    def _walk(self, folder: str, configured: Mapping[str, Kinds], seen: set[str]) -> dict[str, Kinds]:
        """Return the files below a folder, each with the kinds of the closest configured path.

        Hidden files and folders are skipped, and so are folders in `seen`.
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
                    self._reject_link(name, own)
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append((name, own))
                elif may_hold_documents(entry.name):
                    found[name] = own
                elif name not in configured and name != PEOPLE:
                    self.ignored[_printable(name)] = _UNKNOWN_EXTENSION
        return found

    def _entries(self, folder: str, kinds: Kinds) -> list[Entry]:
        """Return the entries of a folder sorted by name, or nothing if it cannot be read."""
        if may_hold_documents(folder):
            message = f"{folder} is a folder, but its name is that of a file"
            self._reject(Source(folder), message, "rename the folder", kinds)
            return []
        try:
            entries = self._tree.entries(folder)
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
        except OSError as error:
            self._reject(
                Source(folder),
                f"{folder} cannot be read: {error.strerror}",
                "",
                kinds,
            )
            return []

    def _reject_link(self, name: str, kinds: Kinds) -> None:
        """Report a symbolic link: its target has other owners, and can change without a review."""
        hint = "replace the link by a copy of its target"
        self._reject(Source(name), f"{name} is a symbolic link, and links are not followed", hint, kinds)

    def _reject(self, place: Source, message: str, hint: str, kinds: Kinds) -> None:
        self.unread.update(kinds)
        readable = Source(_printable(place.file), place.line, place.column)
        self.findings.append(Finding.at(readable, "yaml", _printable(message), hint))


def _printable(text: str) -> str:
    r"""Return a file name with bytes that are not valid UTF-8 escaped as `\xff`."""
    return text if text.isascii() else text.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _missing_hint(path: str) -> str:
    """Return what to do about a path that does not exist: git keeps no folder whose last file was deleted."""
    if may_hold_documents(path):
        return "create it, or remove it from paths"
    return f"create it with a file that git keeps, such as {path}/.gitkeep, or remove it from paths"
