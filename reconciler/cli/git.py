"""git, as far as commands ask it: which commit, where a branch began, what stood in files then."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from reconciler.errors import InputError

_SECONDS: Final = 120
_LINK: Final = "120000"
_FILES: Final = ("100644", "100755", _LINK)


class Entry(NamedTuple):
    """A file of a commit: its path below the folder, its mode and its object."""

    path: str
    mode: str
    object_id: str


def commit(folder: Path) -> str | None:
    """Return the commit that is checked out, or None where there is no git or no repository."""
    try:
        return _run(folder, "rev-parse", "--verify", "--quiet", "HEAD").decode().strip() or None
    except InputError:
        return None


def prefix(folder: Path) -> str:
    """Return the folder's path from the repository's root, with a slash at its end; empty at the root."""
    return _run(folder, "rev-parse", "--show-prefix").decode(errors="surrogateescape").strip("\n")


def resolved(folder: Path, ref: str) -> str:
    """Return the commit that a branch, tag or commit names. Raises InputError."""
    _run(folder, "rev-parse", "--git-dir", wrong=f"--base needs git, and {folder} is in no repository of it")
    wrong = f'--base: "{ref}" is no commit here'
    hint = f"fetch it first, such as `git fetch origin {ref.removeprefix('origin/')}`"
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return _run(folder, *asked, wrong=wrong, hint=hint).decode().strip()


def merge_base(folder: Path, ref: str, other: str) -> str:
    """Return the commit where what is checked out parted from `other`, called `ref`. Raises InputError."""
    shallow = _run(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
    wrong = f"--base: nothing is known of where this branch parted from {ref}"
    if shallow:
        hint = "the clone is shallow: fetch its history, as `git fetch --unshallow` or `fetch-depth: 0` do"
    else:
        hint = "the two have no commit in common: name another one"
    return _run(folder, "merge-base", "HEAD", other, wrong=wrong, hint=hint).decode().split("\n")[0]


def files(folder: Path, at: str, paths: Iterable[str]) -> list[Entry]:
    """Return the files that a commit has at these paths below the folder, or in folders there."""
    above = prefix(folder)
    wanted = {above if path == "." else f"{above}{path}" for path in paths}
    if not wanted:
        return []
    asked = ["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", at]
    listed = _run(folder, *asked, *([] if "" in wanted else sorted(wanted))).decode(errors="surrogateescape")
    return [entry for line in listed.split("\0") if line and (entry := _entry(line, above))]


def write(folder: Path, entries: Iterable[Entry], into: Path) -> None:
    """Write files of a commit into a folder; what would lead out of it is left out."""
    kept = [entry for entry in entries if _is_inside(entry.path)]
    for entry, content in zip(kept, _contents(folder, kept), strict=True):
        path = into / entry.path
        if os.path.lexists(path):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.mode == _LINK:
            path.symlink_to(content.decode(errors="surrogateescape"))
        else:
            path.write_bytes(content)


def _entry(line: str, above: str) -> Entry | None:
    """Return what a line of ls-tree names, if it is a file below the folder."""
    facts, _, path = line.partition("\t")
    mode, _, object_id = facts.split()
    if mode not in _FILES or not path.startswith(above):
        return None
    return Entry(path.removeprefix(above), mode, object_id)


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and not {"..", ".git"} & set(parts)


def _contents(folder: Path, entries: list[Entry]) -> Iterator[bytes]:
    """Yield what the files hold, in their order."""
    asked = "".join(f"{entry.object_id}\n" for entry in entries).encode()
    answer = _run(folder, "cat-file", "--batch", given=asked)
    at = 0
    for _ in entries:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[2])
        yield answer[end + 1 : end + 1 + size]
        at = end + 2 + size


def _run(folder: Path, *arguments: str, given: bytes = b"", wrong: str = "", hint: str = "") -> bytes:
    """Return what git answers. Raises InputError, with `wrong` or with git's own words."""
    try:
        ran = subprocess.run(  # noqa: S603  no shell; what users name follows --end-of-options or --
            ["git", "-C", str(folder), *arguments],  # noqa: S607  the user's git
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(f"git cannot be run: {error}") from error
    if ran.returncode:
        told = ran.stderr.decode(errors="replace").strip()
        raise InputError(wrong or f"git {arguments[0]} failed: {told or ran.returncode}", hint)
    return ran.stdout
