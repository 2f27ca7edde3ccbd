"""The configuration file: where it is, and that no link in a checkout leads to another one."""

import os
from pathlib import Path
from typing import Final

from reconciler.cli.git.top_level import find_top_level
from reconciler.cli.storage import checkout
from reconciler.errors import InputError

NAME: Final = "reconciler.yaml"


def find_configuration(given: str | None) -> Path:
    """Return the path of the configuration: the given one, or the nearest here or in a folder above.

    Raises InputError for a symbolic link, and for one on the way to it in a git checkout: a branch could
    choose its target, and so which configuration of the base governs the branch.
    """
    path = _nearest() if given is None else _named(given)
    tops = {find_top_level(folder) for folder in (Path.cwd() / path).parents}
    checkout.require_no_link(path, *(top for top in tops if top is not None))
    return path


def _named(given: str) -> Path:
    """Return the path in --config. Raises InputError where it cannot be a file."""
    if not given:
        raise InputError("--config: the name of the file is empty", f"name a file, such as {NAME}")
    path = Path(given)
    if path.is_dir():
        raise InputError(f"--config: {given} is a folder", f"name the file in it, such as {path / NAME}")
    return path


def has_configuration() -> bool:
    """Return whether there is a configuration here or in a folder above, valid or not."""
    return _lookup() is not None


def _lookup() -> Path | None:
    here = Path.cwd()
    # A dangling link is found too, and refused: it must not hide behind the configuration above.
    found = (folder / NAME for folder in (here, *here.parents) if os.path.lexists(folder / NAME))
    return next(found, None)


def _nearest() -> Path:
    if (found := _lookup()) is not None:
        return found
    raise InputError(
        f"there is no {NAME} here or in a folder above",
        "change to your repository, or name the file with --config",
    )
