"""Write files in a checkout without following links, which a branch could have committed."""

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
from reconciler.model.file_names import IGNORE_ALL, STATE_FOLDER

# A folder that is only passed through need not be readable.
_FOLDER: Final = os.O_DIRECTORY | os.O_CLOEXEC | (os.O_PATH if sys.platform == "linux" else os.O_RDONLY)
_MOST_LINKS: Final = 40
_HINT: Final = "a link in a checkout could lead anywhere: remove it, or use a path without links"


def top_level(folder: Path) -> Path:
    """Return the top level of the git checkout around a folder; the folder itself where there is none."""
    return find_top_level(folder) or folder.resolve()


def located(path: Path, *checkouts: Path) -> Path:
    """Return an absolute path without links, except for its last component.

    Raises InputError for a link in one of the checkouts, and for circular links.
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
    """Raise InputError where a path, or a folder of a checkout in it, is a link."""
    real = located(path, *checkouts)
    if real.is_symlink() and any(real.is_relative_to(each) for each in checkouts):
        raise InputError(f"{path} is not used: it is a symbolic link", _HINT)


@contextmanager
def opened(path: Path, *checkouts: Path, make: bool = True) -> Iterator[tuple[int, str]]:
    """Open the folder of a path, and give its descriptor and the name in it; `make` creates missing folders.

    Raises InputError for a link, also for one that appears meanwhile, and OSError.
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
    """Write a file completely or not at all, and create missing folders. Raises InputError.

    Only the owner can read a `private` file; others keep their mode, or get the default one. A pipe or device
    is written to directly.
    """
    try:
        with opened(path, *checkouts) as (folder, name):
            _put(folder, name, content, private=private)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def create(path: Path, content: bytes, *checkouts: Path, private: bool = False) -> None:
    """Write a new file, which only its owner can read if it is `private`. Raises InputError."""
    try:
        with opened(path, *checkouts) as (folder, name):
            create_in(folder, name, content, 0o600 if private else 0o666)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def create_in(
    folder: int, name: str, content: bytes, usual: int, kept: int = 0, *, synced: bool = True
) -> None:
    """Write a new file in an open folder, with the default mode or a `kept` one, and `synced` to the disk.

    Raises OSError; then there is no such file.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, usual, dir_fd=folder), "wb") as file:
        try:
            if kept:
                os.fchmod(file.fileno(), stat.S_IMODE(kept))
            file.write(content)
            file.flush()
            if synced:
                os.fsync(file.fileno())
        except BaseException:
            os.unlink(name, dir_fd=folder)
            raise


def temporary_name() -> str:
    """Return a new name for a hidden file, which is not read as a document."""
    return f".{token_hex(8)}.tmp"


def mode_of(folder: int, name: str) -> int:
    """Return type and mode of an entry of a folder; 0 where there is none."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0


def require_own_file(held: os.stat_result) -> None:
    """Raise InputError unless this is a file of the current user."""
    if not stat.S_ISREG(held.st_mode):
        raise InputError("it is not a file")
    if held.st_uid != os.geteuid():
        raise InputError("it belongs to another user")


def _entered(folder: int, name: str, *, make: bool) -> int:
    """Open a folder inside of a folder, without following a link."""
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except NotADirectoryError as error:
        raise NotADirectoryError(error.errno, f"{name} is not a folder") from error
    except FileNotFoundError:
        if not make:
            raise
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=folder)
        if name == STATE_FOLDER:
            _keep_out_of_git(folder, name)
    return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)


def _keep_out_of_git(folder: int, name: str) -> None:
    """Write the .gitignore of a new state folder."""
    inside = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    try:
        create_in(inside, ".gitignore", IGNORE_ALL.encode(), 0o666)
    finally:
        os.close(inside)


def _put(folder: int, name: str, content: bytes, *, private: bool) -> None:
    mode = mode_of(folder, name)
    if stat.S_ISLNK(mode):
        raise OSError(ELOOP, "it is a symbolic link")
    if mode and not stat.S_ISREG(mode):
        descriptor = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return
    temporary = temporary_name()
    create_in(folder, temporary, content, 0o600 if private else 0o666, 0 if private else mode)
    try:
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(temporary, dir_fd=folder)
        raise
