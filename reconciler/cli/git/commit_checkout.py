"""The files of a commit that is not checked out, written into a temporary folder and judged there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.cli.git.base_checkout import base_files, inside, write_files
from reconciler.cli.git.repository import Repository
from reconciler.errors import InputError
from reconciler.model.branch_base import Base
from reconciler.model.file_names import PEOPLE
from reconciler.workflow import validate
from reconciler.workflow.validate import ValidationResult


@contextmanager
def checked_commit(
    repository: Repository, name: str, commit: str, base: str, today: str
) -> Iterator[ValidationResult]:
    """Give the files of a commit, judged in comparison with its merge base with the commit `base`.

    `name` is that of the configuration; the one of `base` governs. Raises InputError where they have no merge
    base, or `base` no configuration. The folder exists as long as the context.
    """
    unrelated = InputError(f"the commits {commit[:12]} and {base[:12]} have no commit in common")
    began = repository.common_ancestor(commit, base, unrelated)
    with TemporaryDirectory(prefix="reconciler-commit-") as made:
        known = base_files(repository, name, Base(ref=base[:12], commit=began), base, Path(made))
        own = Path(made) / "own"
        write_files(repository, commit, [name], own)
        if not (own / name).exists():
            raise InputError(f"commit {commit[:12]} has no configuration: {name}")
        settings = validate.settings(validate.read_configuration(own / name)).spec
        write_files(repository, commit, inside([*settings.paths, PEOPLE]) - {name}, own)
        yield validate.check(own / name, today, known)
