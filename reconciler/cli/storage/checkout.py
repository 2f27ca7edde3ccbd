"""Files written in a checkout, without following a link that a branch may have committed."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ELOOP
from pathlib import Path
from secrets import token_hex
from typing import Final

from reconciler.cli.git.top_level import find_top_level
from reconciler.errors import InputError

# Opening a folder only to go on from it needs no right to list it.
_FOLDER: Final = os.O_DIRECTORY | os.O_CLOEXEC | (os.O_PATH if sys.platform == "linux" else os.O_RDONLY)
_MOST_LINKS: Final = 40
_HINT: Final = "a link in a checkout may lead anywhere: remove it, or name a path without one"


def top_level(folder: Path) -> Path:
    """Return the top level of the git checkout around a folder; the folder itself where there is none."""
    return find_top_level(folder) or folder.resolve()


def located(path: Path, *checkouts: Path) -> Path:
    """Return a path whose folder is real, made absolute. Its last component may still be a link.

    Raises InputError for a link in one of the checkouts, and for links without end.
    """
    at, links = Path("/"), 0
    *folders, name = (Path.cwd() / path).parts
    todo = folders[::-1]
    while todo:
        part = todo.pop()
        step = at / part
        if part == "..":
            at = at.parent
        elif part.startswith("/"):
            at = Path("/")
        elif not step.is_symlink():
            at = step
        elif any(at.is_relative_to(each) for each in checkouts):
            raise InputError(f"{path} is not used: {step} is a symbolic link", _HINT)
        elif links == _MOST_LINKS:
            raise InputError(f"{path} is not used: {os.strerror(ELOOP)}")
        else:
            links += 1
            todo += step.readlink().parts[::-1]
    return at / name


def require_no_link(path: Path, *checkouts: Path) -> None:
    """Raise InputError where a path, or anything in a checkout on the way to it, is a link."""
    real = located(path, *checkouts)
    if real.is_symlink() and any(real.is_relative_to(each) for each in checkouts):
        raise InputError(f"{path} is not used: it is a symbolic link", _HINT)


@contextmanager
def opened(path: Path, *checkouts: Path, make: bool = True) -> Iterator[tuple[int, str]]:
    """Open the folder of a path, and give its descriptor and the name in it; `make` it where it is missing.

    Raises InputError for a link, also where one appears meanwhile, and OSError.
    """
    real = located(path, *checkouts)
    here = os.open("/", _FOLDER)
    try:
        for part in real.parent.parts[1:]:
            inside = _entered(here, part, make=make)
            os.close(here)
            here = inside
        yield here, real.name
    finally:
        os.close(here)


def write(path: Path, content: bytes, *checkouts: Path, private: bool = True) -> None:
    """Write a file whole or not at all, with the folders that it needs. Raises InputError.

    Only its owner reads one that is `private`; any other keeps its mode, or gets the usual one. What is no
    file, such as a pipe, is written to.
    """
    try:
        with opened(path, *checkouts) as (folder, name):
            _put(folder, name, content, private=private)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def create(path: Path, content: bytes, *checkouts: Path, private: bool = False) -> None:
    """Write a file that is not there yet, for its owner alone if it is `private`. Raises InputError."""
    try:
        with opened(path, *checkouts) as (folder, name):
            _new(folder, name, content, 0o600 if private else 0o666)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def mode_of(folder: int, name: str) -> int:
    """Return the sort and mode of what a folder has under a name, 0 where there is nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0


def require_own_file(held: os.stat_result) -> None:
    """Raise InputError for what is not a file, and for a file that another user made."""
    if not stat.S_ISREG(held.st_mode):
        raise InputError("it is not a file")
    if held.st_uid != os.geteuid():
        raise InputError("another user made it")


def _entered(folder: int, name: str, *, make: bool) -> int:
    """Open a folder that a folder has under a name. A link is not followed."""
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except NotADirectoryError as error:
        raise NotADirectoryError(error.errno, f"{name} is not a folder") from error
    except FileNotFoundError:
        if not make:
            raise
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=folder)
    return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)


def _put(folder: int, name: str, content: bytes, *, private: bool) -> None:
    mode = mode_of(folder, name)
    if stat.S_ISLNK(mode):
        raise OSError(ELOOP, "it is a symbolic link")
    if mode and not stat.S_ISREG(mode):
        descriptor = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return
    temporary = f".{token_hex(8)}.tmp"
    _new(folder, temporary, content, 0o600 if private else 0o666, 0 if private else mode)
    try:
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(temporary, dir_fd=folder)
        raise


def _new(folder: int, name: str, content: bytes, usual: int, kept: int = 0) -> None:
    """Write a new file with the usual mode, or one that is kept, and wait until it is on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, usual, dir_fd=folder), "wb") as file:
        try:
            if kept:
                os.fchmod(file.fileno(), stat.S_IMODE(kept))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            os.unlink(name, dir_fd=folder)
            raise
