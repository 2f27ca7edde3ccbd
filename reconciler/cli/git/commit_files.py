"""The files of a commit that is not checked out, read from git without writing them anywhere."""

import hashlib
import posixpath
from collections.abc import Collection, Iterable
from errno import ELOOP, ENOENT
from os import strerror
from typing import Final, NamedTuple

from reconciler.cli.git.repository import LINK, Entry, Repository
from reconciler.load.trees import NotAFileError, TooLargeError

_SHA256: Final = 64
_ROOT: Final = "."
# Git adds no folders with these names, but a damaged commit can have them.
_OUTSIDE: Final = frozenset({"..", ".git"})


class _Named(NamedTuple):
    """What a folder contains under a name."""

    name: str
    is_folder: bool
    is_link: bool

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""
        return self.is_link

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002  links lead nowhere
        """Whether it is a folder."""
        return self.is_folder


class CommitFiles:
    """The tree of a commit below the folder of a repository; it has only what was prepared.

    Git converts nothing: content is read as it was committed. Submodules are not there.
    """

    def __init__(self, repository: Repository, commit: str) -> None:
        self._repository = repository
        self._commit = commit
        self._prepared: set[str] = set()
        self._files: dict[str, Entry] = {}
        self._folders: dict[str, dict[str, _Named]] = {_ROOT: {}}
        self._contents: dict[str, bytes] = {}

    def prepare(self, paths: Collection[str], known: Iterable[bytes]) -> None:
        """List the files at some paths, and get those from git that are not `known`. Raises InputError."""
        new = inside(paths) - self._prepared
        self._prepared |= new
        listed = self._repository.files(self._commit, new) if new else []
        found = [each for each in listed if _is_inside(each.path)]
        for entry in found:
            if entry.path not in self._files:
                self._add(entry)
        self._fetch(found, known)

    def exists(self, path: str) -> bool:
        """Whether there is a file, a folder or a link."""
        return path in self._files or path in self._folders

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return path in self._folders

    def is_link(self, path: str) -> bool:
        """Whether there is a symbolic link."""
        return path in self._files and self._files[path].mode == LINK

    def entries(self, folder: str) -> Iterable[_Named]:
        """Return what a folder contains."""
        return self._folders[folder].values()

    def read(self, path: str, most: int) -> bytes:
        """Return the content of a file of at most this size. Raises as the protocol says."""
        if self.is_link(path):
            raise OSError(ELOOP, strerror(ELOOP))
        if self.is_folder(path):
            raise NotAFileError("a folder")
        if path not in self._files:
            raise OSError(ENOENT, strerror(ENOENT))
        content = self._contents[self._files[path].object_id]
        if len(content) > most:
            raise TooLargeError(len(content))
        return content

    def _add(self, entry: Entry) -> None:
        self._files[entry.path] = entry
        folder, name = _split(entry.path)
        named = _Named(name, is_folder=False, is_link=entry.mode == LINK)
        while folder not in self._folders:
            self._folders[folder] = {named.name: named}
            folder, name = _split(folder)
            named = _Named(name, is_folder=True, is_link=False)
        self._folders[folder].setdefault(named.name, named)

    def _fetch(self, entries: Iterable[Entry], known: Iterable[bytes]) -> None:
        """Keep the contents of files, by their objects: the known ones, and all others from git."""
        wanted = {each.object_id: each for each in entries if each.mode != LINK}
        algorithm = "sha256" if len(self._commit) == _SHA256 else "sha1"
        contents = {_object_id(each, algorithm): each for each in known} if wanted else {}
        self._contents |= {each: contents[each] for each in wanted.keys() & contents.keys()}
        missing = [entry for each, entry in wanted.items() if each not in self._contents]
        fetched = self._repository.contents(self._commit, missing) if missing else ()
        self._contents |= {each.object_id: content for each, content in zip(missing, fetched, strict=True)}


def inside(paths: Iterable[str]) -> set[str]:
    """Return the paths that are inside a repository; readers of its files refuse all others."""
    return {path for path in map(posixpath.normpath, paths) if _leads_inside(path)}


def _leads_inside(path: str) -> bool:
    return "\0" not in path and not path.startswith("/") and path.split("/", maxsplit=1)[0] != ".."


def _is_inside(path: str) -> bool:
    """Whether the path of a file in a commit is below the folder."""
    return not path.startswith("/") and _OUTSIDE.isdisjoint(path.split("/"))


def _split(path: str) -> tuple[str, str]:
    """Return the folder that a path is in, and its name there."""
    folder, _, name = path.rpartition("/")
    return folder or _ROOT, name


def _object_id(content: bytes, algorithm: str) -> str:
    """Return the name that git gives to a file with this content."""
    found = hashlib.new(algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
    found.update(content)
    return found.hexdigest()
