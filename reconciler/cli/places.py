"""Where files stand for a forge: paths from the root of the git repository, and links to them."""

import os
from pathlib import Path
from urllib.parse import quote

from reconciler.cli import edge, git
from reconciler.errors import InputError


def configuration(given: str | None) -> str:
    """Return the path of the configuration, from the root of its repository; `given` is what --config says.

    Without a repository, or without a configuration, it is the file's name alone.
    """
    try:
        path = edge.configuration(given)
    except InputError:
        return edge.NAME
    return from_root(path)


def from_root(path: Path) -> str:
    """Return a path from the root of the git repository that it is in; its name alone where it is in none.

    Git itself is not asked: it says nothing of a checkout that belongs to somebody else, as in a container.
    """
    folder = path.parent.resolve()
    for root in (folder, *folder.parents):
        if os.path.lexists(root / ".git"):
            return (folder / path.name).relative_to(root).as_posix()
    return path.name


def here(given: str | None) -> str:
    """Return where a browser shows the files as they are checked out; empty where none does."""
    try:
        path = edge.configuration(given)
    except InputError:
        return ""
    return link(git.commit(path.parent), from_root(path))


def link(commit: str | None, configuration: str) -> str:
    """Return where a browser shows the files that a configuration names, of a commit; empty where none does.

    `configuration` is its path from the root of its repository.
    """
    base, folder = edge.link(commit), configuration.rpartition("/")[0]
    return f"{base}/{quote(folder, errors='surrogateescape')}" if base and folder else base
