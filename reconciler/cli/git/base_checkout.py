"""The base that a branch is compared with, written from git into a temporary folder and read there."""

import posixpath
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.cli import console
from reconciler.cli.git.repository import Repository, opened
from reconciler.errors import InputError
from reconciler.model.branch_base import Base
from reconciler.model.document import Document
from reconciler.model.printable import printable
from reconciler.workflow.merge_base import read_base
from reconciler.workflow.validate import read_configuration


@contextmanager
def compared_with(configuration: Path, ref: str, *, bootstrap: bool = False) -> Iterator[Base]:
    """Give the files at the merge base of the working tree and `ref`. Raises InputError where git has none.

    It is also an error if `ref` has no valid configuration, unless this is a `bootstrap`.

    The folder exists as long as the context, because places in files are computed on demand.
    """
    repository, name = opened(configuration.parent), configuration.name
    other = _resolved(repository, ref)
    base = Base(ref=ref, commit=repository.merge_base(ref, other), bootstrap=bootstrap)
    with TemporaryDirectory(prefix="reconciler-base-") as made:
        yield base_files(repository, name, base, other, Path(made))


def base_files(repository: Repository, name: str, base: Base, governor: str, folder: Path) -> Base:
    """Return a base with its files, and with the configuration of the commit `governor`, read in a folder."""
    governing, began = folder / "governing", folder / "began"
    write_files(repository, governor, [name], governing)
    write_files(repository, base.commit, [name], began)

    def fetch(paths: Iterable[str]) -> None:
        write_files(repository, base.commit, inside(paths) - {name}, began)

    return read_base(base, governing / name, began / name, fetch)


def configuration_at(configuration: Path, ref: str) -> Document:
    """Return the configuration in `ref`. Raises InputError."""
    repository, name = opened(configuration.parent), configuration.name
    with TemporaryDirectory(prefix="reconciler-base-") as made:
        write_files(repository, _resolved(repository, ref), [name], Path(made))
        if not (Path(made) / name).exists():
            raise InputError(f"{ref} has no configuration: {name}", "give a branch that has one")
        return read_configuration(Path(made) / name)


def _resolved(repository: Repository, ref: str) -> str:
    """Return the commit that REF names, with a warning where REF could also mean another one."""
    found = repository.resolve(ref)
    if found.others:
        others = ", ".join(found.others)
        console.log(printable(f'Warning: --base: "{ref}" is ambiguous: {found.name} is used, not {others}'))
    return found.commit


def inside(paths: Iterable[str]) -> set[str]:
    """Return the paths that are inside a repository; readers of the folder refuse all others."""
    return {path for path in map(posixpath.normpath, paths) if _is_inside(path)}


def _is_inside(path: str) -> bool:
    return "\0" not in path and not path.startswith("/") and path.split("/", maxsplit=1)[0] != ".."


def write_files(repository: Repository, commit: str, paths: Collection[str], into: Path) -> None:
    """Write the files that a commit has at these paths."""
    into.mkdir(exist_ok=True)
    repository.write(commit, repository.files(commit, paths), into)
