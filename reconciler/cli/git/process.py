"""Run git in such a way that no working tree can make it run programs, and nothing is fetched."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
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
_KEPT: Final = {
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
}


def run(
    top: Path,
    *arguments: str,
    given: bytes = b"",
    failure: InputError | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return what git prints in the repository at `top`. Raises `failure`, or InputError with git's message.

    Git ignores repositories above `top`, and folders with the layout of a bare repository. `environment` has
    precedence over everything that is inherited.
    """
    ran = outcome(top, *arguments, given=given, environment=environment)
    if ran.returncode:
        printed = ran.stderr.decode(errors="replace").strip()
        raise failure or InputError(f"git {arguments[0]} failed: {printed or ran.returncode}")
    return ran.stdout


def outcome(
    top: Path, *arguments: str, given: bytes = b"", environment: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[bytes]:
    """Return what git prints, with its exit code. Raises InputError where it cannot be run."""
    try:
        return subprocess.run(  # noqa: S603  no shell; what users name follows --end-of-options or --
            [_executable(), "-C", str(top), *_OPTIONS, *arguments],
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**_environment(top), **environment},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(f"git cannot be run: {error}") from error


def _executable() -> str:
    """Return the path of git, without relative entries of PATH, which could be in a checkout."""
    folders = [folder for folder in os.get_exec_path() if Path(folder).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(folders))
    if found is None:
        raise FileNotFoundError("there is no git in PATH")
    return found


def _environment(top: Path) -> dict[str, str]:
    """Return the environment without variables that name another repository or configuration.

    Versions before 2.39.4 do not know GIT_NO_LAZY_FETCH; without protocols, they cannot fetch either.
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
