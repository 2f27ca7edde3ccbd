"""Folders of the user outside of every checkout: for configuration, state and shells."""

import os
import stat
from pathlib import Path

from reconciler.errors import InputError

_ONLY_OWNER = 0o700


def settings_folder() -> Path | None:
    """Return the folder for configuration; None where the user has no home folder."""
    return _folder("XDG_CONFIG_HOME", ".config")


def state_folder() -> Path | None:
    """Return the folder for state; None where the user has no home folder."""
    return _folder("XDG_STATE_HOME", ".local/state")


def make_private(folder: Path) -> None:
    """Create a folder that only the user can read and write. Raises InputError where another user owns it."""
    try:
        folder.mkdir(mode=_ONLY_OWNER, parents=True, exist_ok=True)
        held = folder.stat()
        if not stat.S_ISDIR(held.st_mode) or held.st_uid != os.geteuid():
            raise InputError(f"{folder} is not a folder of the current user")
        folder.chmod(_ONLY_OWNER)
    except OSError as error:
        raise InputError(f"{folder} cannot be created: {error.strerror}") from error


def completion_file(shell: str) -> Path | None:
    """Return where a shell finds its completion of this program; None where the user has no home folder."""
    if shell == "fish":
        return _below(_base("XDG_CONFIG_HOME", ".config"), "fish/completions/reconciler.fish")
    data = _base("XDG_DATA_HOME", ".local/share")
    if shell == "zsh":
        return _below(data, "zsh/site-functions/_reconciler")
    named = os.environ.get("BASH_COMPLETION_USER_DIR", "")
    folder = Path(named) if named.startswith("/") else _below(data, "bash-completion")
    return _below(folder, "completions/reconciler")


def _folder(variable: str, otherwise: str) -> Path | None:
    return _below(_base(variable, otherwise), "reconciler")


def _base(variable: str, otherwise: str) -> Path | None:
    named = os.environ.get(variable, "")
    if named.startswith("/"):
        return Path(named)
    try:
        return Path.home() / otherwise
    except RuntimeError:
        return None


def _below(folder: Path | None, path: str) -> Path | None:
    return None if folder is None else folder / path
