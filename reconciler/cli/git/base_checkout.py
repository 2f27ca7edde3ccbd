"""What a branch is compared with: taken out of git into a folder of its own, and read there."""

import posixpath
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler import workflow
from reconciler.cli import streams
from reconciler.cli.git.repository import Repository, opened
from reconciler.errors import InputError
from reconciler.model.base import Base
from reconciler.model.document import Document
from reconciler.model.visible import visible


@contextmanager
def compared_with(configuration: Path, ref: str) -> Iterator[Base]:
    """Give what stood where the working tree parted from `ref`. Raises InputError where git does not know.

    The folder lasts as long as the context: places in files are computed when somebody asks.
    """
    repository, name = opened(configuration.parent), configuration.name
    other = _resolved(repository, ref)
    commit = repository.merge_base(ref, other)
    with TemporaryDirectory(prefix="reconciler-base-") as made:
        governing, began = Path(made) / "governing", Path(made) / "began"
        _write(repository, other, [name], governing)
        _write(repository, commit, [name], began)

        def fetch(paths: Iterable[str]) -> None:
            _write(repository, commit, {posixpath.normpath(path) for path in paths} - {"..", name}, began)

        yield workflow.read_base(Base(ref=ref, commit=commit), governing / name, began / name, fetch)


def configuration_at(configuration: Path, commit: str) -> Document:
    """Return the configuration as a commit has it. Raises InputError."""
    name = configuration.name
    with TemporaryDirectory(prefix="reconciler-base-") as made:
        try:
            repository = opened(configuration.parent)
            _write(repository, repository.resolve(commit).commit, [name], Path(made))
        except InputError as error:
            message = f"the plan counts by the configuration at {commit}, which is not here: {error.message}"
            raise InputError(message, "fetch that commit, or plan again") from error
        return workflow.read_configuration(Path(made) / name)


def _resolved(repository: Repository, ref: str) -> str:
    """Return the commit that REF names, and warn where REF could mean another one."""
    found = repository.resolve(ref)
    if found.others:
        others = ", ".join(found.others)
        streams.say(visible(f'Warning: --base: "{ref}" is ambiguous: {found.name} is used, not {others}'))
    return found.commit


def _write(repository: Repository, commit: str, paths: Iterable[str], into: Path) -> None:
    """Write what a commit has at these paths, and what links there lead to."""
    into.mkdir(exist_ok=True)
    wanted, written = set(paths), set[str]()
    while wanted - written:
        entries = repository.files(commit, wanted - written)
        written |= wanted
        repository.write(commit, entries, into)
        wanted |= {target for entry in entries if (target := _target(into / entry.path, into))}


def _target(path: Path, into: Path) -> str | None:
    """Return where a link leads inside of the folder, as a path from there; None for what is no such link."""
    if not path.is_symlink():
        return None
    target = posixpath.normpath(
        posixpath.join(path.parent.relative_to(into).as_posix(), path.readlink().as_posix())
    )
    return None if target.startswith(("/", "..")) else target
