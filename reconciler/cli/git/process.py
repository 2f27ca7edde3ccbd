"""Run git so that nothing in a working tree decides what runs, and nothing is fetched."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from reconciler.errors import InputError

_SECONDS: Final = 120
# System and global configuration stay as they are, with the `safe.directory` that they name.
_OPTIONS: Final = (
    "--no-pager",
    "--literal-pathspecs",
    "--no-replace-objects",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
)
_KEPT: Final = {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"}


def run(top: Path, *arguments: str, given: bytes = b"", failure: InputError | None = None) -> bytes:
    """Return what git prints in the repository at `top`. Raises `failure`, or InputError with git's message.

    Git takes no folder above `top` for a repository, and none that is laid out like a bare one.
    """
    try:
        ran = subprocess.run(  # noqa: S603  no shell; what users name follows --end-of-options or --
            [_executable(), "-C", str(top), *_OPTIONS, *arguments],
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env=_environment(top),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(f"git cannot be run: {error}") from error
    if ran.returncode:
        printed = ran.stderr.decode(errors="replace").strip()
        raise failure or InputError(f"git {arguments[0]} failed: {printed or ran.returncode}")
    return ran.stdout


def _executable() -> str:
    """Return the path of git. A relative entry of PATH would take one from the current folder."""
    folders = [folder for folder in os.get_exec_path() if Path(folder).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(folders))
    if found is None:
        raise FileNotFoundError("there is no git in PATH")
    return found


def _environment(top: Path) -> dict[str, str]:
    """Return the environment without what points git at another repository or configuration.

    GIT_NO_LAZY_FETCH is unknown to git before 2.39.4; without protocols a fetch fails there, too.
    """
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT
    }
    return inherited | {
        "GIT_CEILING_DIRECTORIES": str(top.parent),
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
