"""The files of a commit that is not checked out, judged in comparison with their base."""

from reconciler.cli.git.base_files import base_files
from reconciler.cli.git.commit_files import CommitFiles
from reconciler.cli.git.repository import Repository
from reconciler.errors import InputError
from reconciler.model.branch_base import Base
from reconciler.workflow import validate
from reconciler.workflow.validate import ValidationResult


def checked_commit(repository: Repository, name: str, commit: str, base: str, today: str) -> ValidationResult:
    """Return the files of a commit, judged in comparison with its merge base with the commit `base`.

    `name` is that of the configuration; the one of `base` governs. Raises InputError where they have no merge
    base, or one of them has no valid configuration.
    """
    unrelated = InputError(f"the commits {commit[:12]} and {base[:12]} have no commit in common")
    began = repository.common_ancestor(commit, base, unrelated)
    own = CommitFiles(repository, commit)
    own.prepare([name], ())
    if not own.exists(name):
        raise InputError(f"commit {commit[:12]} has no configuration: {name}")
    validate.read_configuration_from(own, name)
    known = base_files(repository, name, Base(ref=base[:12], commit=began), base)
    return validate.check_files(own, name, today, known)
