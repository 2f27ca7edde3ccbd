"""A branch of the forge with what was computed, and with what people committed there.

What was computed is a line of commits of its own. Each names its own tree, so a commit that was amended or
rebased is not taken for one, even if the bot is its author. It is merged into the branch like any other
change.
"""

import os
from typing import Final

import msgspec

from reconciler.cli.git.fetch import Fetcher
from reconciler.cli.git.merge import clean_tree, merged_tree
from reconciler.cli.git.process import outcome, run
from reconciler.cli.git.remote import Remote
from reconciler.cli.git.trees import Edit, changed_files, edited, tree_of
from reconciler.errors import InputError

_TRAILER: Final = "Reconciler-Tree"
_FORMAT: Final = f"--format=%H %T %(trailers:key={_TRAILER},valueonly,separator=%x2C)"
_FETCHED: Final = "refs/commits/branch"
_FETCHED_BASE: Final = "refs/commits/base"
_OPTIONS: Final = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-gc")
_PUSH: Final = ("--quiet", "--no-verify", "--no-recurse-submodules", "--no-signed")


class Author(msgspec.Struct, frozen=True):
    """Who commits."""

    name: str
    email: str


class BranchUpdate(msgspec.Struct, frozen=True):
    """What a branch has, or gets: its head, and the files that people changed.

    `is_pushed` is whether the forge has that head. `is_empty` is whether it adds nothing to the newest base.
    """

    head: str
    is_pushed: bool
    is_empty: bool
    edited: tuple[str, ...] = ()


class ProposalBranch:
    """A branch of the forge, which is merged into another one; changes are computed for the commit `base`."""

    def __init__(self, fetcher: Fetcher, remote: Remote, name: str, into: str, base: str) -> None:
        self._top = fetcher.repository.top
        self._remote = remote
        self._ref = f"refs/heads/{name}"
        self._name = name
        self._into = f"refs/heads/{into}"
        self._base = base
        self.head = ""

    def fetch(self) -> None:
        """Fetch the branch, if it exists."""
        listed = run(
            self._top, "ls-remote", self._remote.address, self._ref, environment=self._remote.environment()
        )
        names = {line.partition("\t")[2] for line in os.fsdecode(listed).splitlines()}
        self.head = ""
        if self._ref in names:
            self.head = self._fetched(self._ref, _FETCHED)

    def update(self, tree: str, message: str, author: Author) -> BranchUpdate:
        """Return what the branch becomes with this tree, which was computed for the base.

        Where people changed the same lines as the computation, theirs stay. Raises InputError for a branch
        that was made by others.
        """
        last = self._last_computed()
        if last is None and self.head and not self._includes(self._base, self.head):
            raise InputError(
                f"the branch {self._name} exists, and this command did not make it",
                "delete it, or name another one with --branch",
            )
        if last is not None and self._change(last) == changed_files(self._top, self._base, tree):
            head = self.head
        else:
            head = self._with(self._commit(tree, message, last, author), last, author)
        newest = self._fetched(self._into, _FETCHED_BASE)
        is_empty = clean_tree(self._top, newest, head) == tree_of(self._top, newest)
        return BranchUpdate(head, head == self.head, is_empty, self._edited(head, tree))

    def push(self, head: str) -> bool:
        """Push a head; return False if another user pushed in the meantime. Raises InputError."""
        environment = self._remote.environment()
        refs = f"{head}:{self._ref}"
        ran = outcome(self._top, "push", *_PUSH, self._remote.address, refs, environment=environment)
        if ran.returncode == 0:
            return True
        before = self.head
        self.fetch()
        if self.head == before:
            raise InputError(f"git push failed: {ran.stderr.decode(errors='replace').strip()}")
        return False

    def commit(self, tree: str, message: str, author: Author) -> str:
        """Commit a tree on top of the base, without pushing it."""
        return self._committed(tree, [self._base], message, author)

    def merges_as_computed(self, head: str, tree: str) -> bool:
        """Whether a head, merged into the newest base, adds exactly what was computed.

        `tree` was computed for the checked-out commit. Other files may have changed since.
        """
        newest = self._fetched(self._into, _FETCHED_BASE)
        computed = changed_files(self._top, self._base, tree)
        if computed.keys() & changed_files(self._top, self._base, newest).keys():
            return False
        edits = [Edit(path, *facts.split()) for path, facts in computed.items()]
        expected = edited(self._top, tree_of(self._top, newest), edits)
        return clean_tree(self._top, newest, head) == expected

    def _last_computed(self) -> str | None:
        """Return the newest commit of the branch that has exactly what was computed, beyond the base."""
        if not self.head:
            return None
        options = ("--topo-order", _FORMAT, self.head, "--not", self._base)
        for line in run(self._top, "log", *options).decode().splitlines():
            commit, tree, named = line.split(" ", 2)
            if named == tree:
                return commit
        return None

    def _change(self, computed: str) -> dict[str, str]:
        """Return what a computed commit changes in the base that it was computed for."""
        return changed_files(self._top, self._common(computed), computed)

    def _commit(self, tree: str, message: str, last: str | None, author: Author) -> str:
        """Commit what was computed, after what was computed before."""
        parents = [last] if last else []
        if last is None or not self._includes(last, self._base):
            parents.append(self._base)
        return self._committed(tree, parents, f"{message}\n\n{_TRAILER}: {tree}\n", author)

    def _with(self, computed: str, last: str | None, author: Author) -> str:
        """Return the head with a computed commit: it, or its merge with what people committed."""
        if last is None or self.head == last:
            return computed
        tree = merged_tree(self._top, self.head, computed)
        return self._committed(
            tree, [self.head, computed], f"Merge what was computed into {self._name}\n", author
        )

    def _fetched(self, ref: str, into: str) -> str:
        """Fetch a ref of the forge, and return its commit."""
        environment = self._remote.environment()
        address = self._remote.address
        run(self._top, "fetch", *_OPTIONS, address, f"+{ref}:{into}", environment=environment)
        return run(self._top, "rev-parse", "--verify", into).decode().strip()

    def _committed(self, tree: str, parents: list[str], message: str, author: Author) -> str:
        named = {"NAME": author.name, "EMAIL": author.email}
        people = {
            f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in named.items()
        }
        options = [option for parent in parents for option in ("-p", parent)]
        made = run(self._top, "commit-tree", tree, *options, given=message.encode(), environment=people)
        return made.decode().strip()

    def _edited(self, head: str, tree: str) -> tuple[str, ...]:
        """Return the files in which a head has something else than what was computed."""
        touched = {
            *changed_files(self._top, self._common(head), head),
            *changed_files(self._top, self._base, tree),
        }
        return tuple(sorted(touched & changed_files(self._top, head, tree).keys()))

    def _common(self, commit: str) -> str:
        return run(self._top, "merge-base", commit, self._base).decode().split("\n")[0]

    def _includes(self, commit: str, ancestor: str) -> bool:
        return self._common_or_none(commit, ancestor) == ancestor

    def _common_or_none(self, one: str, other: str) -> str:
        return outcome(self._top, "merge-base", one, other).stdout.decode().split("\n")[0]
