"""Paths of files as a forge knows them, from the root of the git repository, and links to them."""

from pathlib import Path
from urllib.parse import quote

from reconciler.cli import runtime
from reconciler.cli.git import repository
from reconciler.cli.git.top_level import find_top_level
from reconciler.errors import InputError


def configuration(given: str | None) -> str:
    """Return the path of the configuration, from the root of its repository; `given` is what --config says.

    Without a repository, or without a configuration, it is the file's name alone.
    """
    try:
        path = runtime.configuration(given)
    except InputError:
        return runtime.NAME
    return from_root(path)


def from_root(path: Path) -> str:
    """Return a path from the root of the git repository that it is in; its name alone where it is in none."""
    top = find_top_level(path.parent)
    return path.name if top is None else (path.parent.resolve() / path.name).relative_to(top).as_posix()


def here(given: str | None) -> str:
    """Return where a browser shows the files as they are checked out; empty where none does."""
    try:
        path = runtime.configuration(given)
    except InputError:
        return ""
    return link(repository.commit(path.parent), from_root(path))


def link(commit: str | None, configuration: str) -> str:
    """Return where a browser shows the files that a configuration names, of a commit; empty where none does.

    `configuration` is its path from the root of its repository.
    """
    base, folder = runtime.link(commit), configuration.rpartition("/")[0]
    return f"{base}/{quote(folder, errors='surrogateescape')}" if base and folder else base
