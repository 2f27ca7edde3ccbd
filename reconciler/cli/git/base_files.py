"""The base that a branch is compared with, read from git."""

from pathlib import Path

from reconciler.cli import console
from reconciler.cli.git.commit_files import CommitFiles
from reconciler.cli.git.repository import Repository, opened
from reconciler.errors import InputError
from reconciler.model.branch_base import Base
from reconciler.model.document import Document
from reconciler.model.printable import printable
from reconciler.workflow.merge_base import BaseFiles
from reconciler.workflow.validate import read_configuration_from


def compared_with(configuration: Path, ref: str, *, bootstrap: bool = False) -> BaseFiles:
    """Return the files at the merge base of the working tree and `ref`. Raises InputError where git has none.

    For a `bootstrap`, `ref` needs no valid configuration.
    """
    repository, name = opened(configuration.parent), configuration.name
    other = _resolved(repository, ref)
    base = Base(ref=ref, commit=repository.merge_base(ref, other), bootstrap=bootstrap)
    return base_files(repository, name, base, other)


def base_files(repository: Repository, name: str, base: Base, governor: str) -> BaseFiles:
    """Return the files of a base, and those of the commit `governor`, whose configuration governs."""
    return BaseFiles(base, name, CommitFiles(repository, governor), CommitFiles(repository, base.commit))


def configuration_at(configuration: Path, ref: str) -> Document:
    """Return the configuration in `ref`. Raises InputError."""
    repository, name = opened(configuration.parent), configuration.name
    files = CommitFiles(repository, _resolved(repository, ref))
    files.prepare([name], ())
    if not files.exists(name):
        raise InputError(f"{ref} has no configuration: {name}", "give a branch that has one")
    return read_configuration_from(files, name)


def _resolved(repository: Repository, ref: str) -> str:
    """Return the commit that REF names, with a warning where REF could also mean another one."""
    found = repository.resolve(ref)
    if found.others:
        others = ", ".join(found.others)
        console.log(printable(f'Warning: --base: "{ref}" is ambiguous: {found.name} is used, not {others}'))
    return found.commit
