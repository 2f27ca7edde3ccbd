"""What a branch is compared with: taken out of git into a folder of its own, and read there."""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler import workflow
from reconciler.cli import git
from reconciler.errors import InputError
from reconciler.model.base import Base


@contextmanager
def compared_with(configuration: Path, ref: str) -> Iterator[Base]:
    """Give what stood where the working tree parted from `ref`. Raises InputError where git does not know.

    The folder lasts as long as the context: places in files are computed when somebody asks.
    """
    folder, name = configuration.resolve().parent, configuration.name
    commit = git.merge_base(folder, ref)
    with TemporaryDirectory(prefix="reconciler-base-") as made:
        governing, began = Path(made) / "governing", Path(made) / "began"
        _write(folder, git.resolved(folder, ref), [name], governing)
        _write(folder, commit, [name], began)
        _write(folder, commit, _paths(began / name), began)
        yield workflow.read_base(Base(ref=ref, commit=commit), _there(governing / name), _there(began / name))


def _write(folder: Path, commit: str, paths: list[str], into: Path) -> None:
    into.mkdir(exist_ok=True)
    git.write(folder, git.files(folder, commit, paths), into)


def _there(path: Path) -> Path | None:
    return path if path.exists() else None


def _paths(configuration: Path) -> list[str]:
    """Return the paths that a configuration names; none where it cannot be read, which is told later."""
    if not configuration.exists():
        return []
    try:
        document = workflow.read_configuration(configuration)
    except InputError:
        return []
    paths = workflow.settings(document).spec.paths
    return sorted({posixpath.normpath(path) for path in paths} - {"..", configuration.name})
