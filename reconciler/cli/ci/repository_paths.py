"""Paths of files from the root of the git repository, as forges need them, and links to them."""

from pathlib import Path
from urllib.parse import quote

from reconciler.cli import runtime
from reconciler.cli.git import repository
from reconciler.cli.git.top_level import find_top_level
from reconciler.cli.storage.configuration_file import NAME, find_configuration
from reconciler.errors import InputError


def configuration(given: str | None) -> str:
    """Return the path of the configuration from the root of its repository; `given` is the value of --config.

    Without a repository, or without a configuration, it is only the name of the file.
    """
    try:
        path = find_configuration(given)
    except InputError:
        return NAME
    return from_root(path)


def from_root(path: Path) -> str:
    """Return a path from the root of its git repository; only its name where there is none."""
    top = find_top_level(path.parent)
    return path.name if top is None else (path.parent.resolve() / path.name).relative_to(top).as_posix()


def here(given: str | None) -> str:
    """Return the web address of the files at the checked-out commit; empty outside of CI."""
    try:
        path = find_configuration(given)
    except InputError:
        return ""
    return link(repository.commit(path.parent), from_root(path))


def link(commit: str | None, configuration: str) -> str:
    """Return the web address of the files of a configuration at a commit; empty outside of CI.

    `configuration` is its path from the root of its repository.
    """
    base, folder = runtime.link(commit), configuration.rpartition("/")[0]
    return f"{base}/{quote(folder, errors='surrogateescape')}" if base and folder else base
