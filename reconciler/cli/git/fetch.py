"""Fetch commits that a checkout does not have, into a repository of its own beside it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from reconciler.cli.git.process import run
from reconciler.cli.git.remote import Remote
from reconciler.cli.git.repository import Repository
from reconciler.errors import InputError

_SHA256: Final = 64
_OPTIONS: Final = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-gc")


class Fetcher(msgspec.Struct, frozen=True):
    """A temporary repository with the commits of a checkout, and with those that were fetched.

    It has its own configuration, so that of the checkout does not matter. The checkout is not changed.
    """

    repository: Repository
    remote: Remote | None

    def require(self, commit: str) -> None:
        """Fetch a commit, by its full hash, with its history, unless it is here. Raises InputError."""
        if self.repository.has(commit):
            return
        if self.remote is None:
            raise InputError(f"commit {commit[:12]} is not in this clone", "fetch it first")
        top, environment = self.repository.top, self.remote.environment()
        # The reference keeps its history from being fetched again.
        wanted = f"{commit}:refs/commits/{commit}"
        run(top, "fetch", *_OPTIONS, self.remote.address, wanted, environment=environment)


@contextmanager
def beside(checkout: Repository, remote: Remote | None) -> Iterator[Fetcher]:
    """Give a repository beside the one that is checked out. Raises InputError.

    The history in a shallow checkout is incomplete, so there everything is fetched.
    """
    with TemporaryDirectory(prefix="reconciler-commits-") as made:
        top, head = Path(made).resolve(), checkout.head()
        kind = ("--object-format=sha256",) if len(head) == _SHA256 else ()
        run(top, "init", "--quiet", "--template=", *kind)
        if not checkout.is_shallow():
            _share_objects(checkout, top)
            run(top, "update-ref", "refs/commits/checkout", head)
        yield Fetcher(Repository(top, checkout.prefix), remote)


def _share_objects(checkout: Repository, top: Path) -> None:
    found = os.fsdecode(run(checkout.top, "rev-parse", "--git-path", "objects")).removesuffix("\n")
    information = top / ".git" / "objects" / "info"
    information.mkdir(exist_ok=True)
    (information / "alternates").write_bytes(os.fsencode(checkout.top / found) + b"\n")
