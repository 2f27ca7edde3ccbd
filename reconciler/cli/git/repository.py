"""The repository of the configuration: its commits, and their files."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.cli.git import revisions
from reconciler.cli.git.process import run
from reconciler.cli.git.revisions import Revision
from reconciler.cli.git.top_level import find_top_level, repositories_above
from reconciler.errors import InputError

LINK: Final = "120000"
_FILES: Final = ("100644", "100755", LINK)
# A command line has a limited length.
_PATHS_AT_ONCE: Final = 1000
# What git evaluates in a revision, which no branch or tag has in its name.
_OPERATORS: Final = frozenset("~^@:")


class Entry(NamedTuple):
    """A file of a commit: its path below the folder, its mode and its object."""

    path: str
    mode: str
    object_id: str


class Repository(NamedTuple):
    """A repository by its top level, and a folder in it by its path from there, with a slash at its end."""

    top: Path
    prefix: str

    def head(self) -> str:
        """Return the commit that is checked out. Raises InputError where there is none."""
        return revisions.head(self.top)

    def resolve(self, ref: str) -> Revision:
        """Return the commit that a branch, tag or hash names. Raises InputError."""
        found = revisions.resolve(self.top, ref)
        if found is None:
            fetch = f"fetch it first, such as `git fetch origin {ref.removeprefix('origin/')}`"
            hint = "name a branch, a tag or a hash" if set(ref) & _OPERATORS else fetch
            raise InputError(f'--base: "{ref}" is not a commit here', hint)
        return found

    def merge_base(self, ref: str, other: str) -> str:
        """Return the merge base of the checked-out commit and `other`, called `ref`. Raises InputError."""
        if self.is_shallow():
            hint = (
                "the clone is shallow: fetch its history, as `git fetch --unshallow` or `fetch-depth: 0` do"
            )
        else:
            hint = "they have no commit in common: give another one"
        unknown = InputError(f"--base: no merge base of this branch and {ref} was found", hint)
        return self.common_ancestor(self.head(), other, unknown)

    def is_shallow(self) -> bool:
        """Whether the history of commits is incomplete."""
        return run(self.top, "rev-parse", "--is-shallow-repository").strip() == b"true"

    def has(self, commit: str) -> bool:
        """Whether a commit is here, by its full hash."""
        return revisions.is_known(self.top, commit)

    def common_ancestor(self, one: str, other: str, failure: InputError) -> str:
        """Return the merge base of two commits. Raises `failure` if there is none."""
        return run(self.top, "merge-base", one, other, failure=failure).decode().split("\n")[0]

    def files(self, at: str, paths: Iterable[str]) -> list[Entry]:
        """Return the files that a commit has at these paths below the folder, or in folders there."""
        wanted = sorted({self.prefix if path == "." else f"{self.prefix}{path}" for path in paths})
        if "" in wanted:
            return list(self._listed(at, []))
        chunks = (wanted[n : n + _PATHS_AT_ONCE] for n in range(0, len(wanted), _PATHS_AT_ONCE))
        return [entry for chunk in chunks for entry in self._listed(at, chunk)]

    def tracked(self, *paths: str) -> list[str]:
        """Return the files in the index at these paths below the folder. Raises InputError."""
        asked = (f"{self.prefix}{path}" for path in paths)
        listed = os.fsdecode(run(self.top, "ls-files", "-z", "--", *asked))
        return [each.removeprefix(self.prefix) for each in listed.split("\0") if each]

    def contents(self, at: str, entries: list[Entry]) -> Iterator[bytes]:
        """Yield the contents of files of a commit, in their order. Raises InputError."""
        asked = "".join(f"{entry.object_id}\n" for entry in entries).encode()
        answer = run(self.top, "cat-file", "--batch", given=asked, failure=_incomplete(at))
        start = 0
        for _ in entries:
            end = answer.index(b"\n", start)
            _, *facts = answer[start:end].split()
            if len(facts) != 2:  # noqa: PLR2004  type and size; of a missing object just that
                raise _incomplete(at)
            size = int(facts[1])
            yield answer[end + 1 : end + 1 + size]
            start = end + 2 + size

    def messages(self, commits: Iterable[str]) -> dict[str, str]:
        """Return the messages of commits; those that are not in this clone are left out."""
        asked = sorted(set(commits))
        answer = run(self.top, "cat-file", "--batch", given="".join(f"{each}\n" for each in asked).encode())
        found, start = {}, 0
        for commit in asked:
            end = answer.index(b"\n", start)
            _, *facts = answer[start:end].split()
            start = end + 1
            if len(facts) == 2:  # noqa: PLR2004  type and size; of a missing object just that
                _, _, message = answer[start : start + int(facts[1])].partition(b"\n\n")
                found[commit] = message.decode(errors="replace")
                start += int(facts[1]) + 1
        return found

    def parents(self, at: str) -> dict[str, list[str]]:
        """Return the parents of a commit and of all its ancestors."""
        listed = run(self.top, "rev-list", "--parents", "--end-of-options", at).decode()
        return {commit: parents for commit, *parents in map(str.split, listed.splitlines())}

    def blame(self, at: str, path: str, lines: Iterable[int]) -> str:
        """Return git's porcelain blame of lines of a file, as a commit has it. Raises InputError."""
        ranges = [f"-L{line},{line}" for line in lines]
        asked = ("blame", "--porcelain", "--no-textconv", *ranges, at, "--", f"{self.prefix}{path}")
        return run(self.top, *asked).decode(errors="replace")

    def _listed(self, at: str, paths: list[str]) -> Iterator[Entry]:
        asked = ("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", at, *paths)
        listed = os.fsdecode(run(self.top, *asked, failure=_incomplete(at)))
        for line in listed.split("\0"):
            facts, _, path = line.partition("\t")
            if path.startswith(self.prefix) and facts.startswith(_FILES):
                mode, _, object_id = facts.split()
                yield Entry(path.removeprefix(self.prefix), mode, object_id)


def opened(folder: Path) -> Repository:
    """Return the repository that a folder is in. Raises InputError where git finds another one."""
    real = folder.resolve()
    top = find_top_level(real)
    if top is None:
        raise InputError(f"--base needs a git repository, and {folder} is not in one")
    for above in repositories_above(top):
        _require_untracked(top, above)
    found = Path(os.fsdecode(run(top, "rev-parse", "--show-toplevel")).removesuffix("\n"))
    if not (found.exists() and found.samefile(top)):
        raise InputError(
            f"git uses {found} as the top level of the repository at {top}",
            "unset core.worktree in its configuration",
        )
    return Repository(top, "".join(f"{part}/" for part in real.relative_to(top).parts))


def commit(folder: Path) -> str | None:
    """Return the commit that is checked out, or None where there is no git or no repository."""
    try:
        return opened(folder).head()
    except InputError:
        return None


def _require_untracked(top: Path, above: Path) -> None:
    """Raise InputError where a repository is in a folder with tracked files of another one.

    Submodules, worktrees and clones are not; a repository that was unpacked into a checkout can be.
    """
    if run(above, "rev-parse", "--is-inside-work-tree").strip() != b"true":
        return
    path = top.relative_to(above).as_posix()
    tracked = os.fsdecode(run(above, "ls-files", "--stage", "-z", "--", path))
    if tracked.startswith(_FILES):
        raise InputError(
            f"{top} is a repository inside of the one at {above}, which tracks its files, too",
            f"remove {top / '.git'}, or the folder from the outer repository",
        )


def _incomplete(at: str) -> InputError:
    return InputError(
        f"not all files of commit {at[:12]} are in this clone",
        "a partial clone leaves files out: fetch them with `git fetch --refetch --no-filter`",
    )
