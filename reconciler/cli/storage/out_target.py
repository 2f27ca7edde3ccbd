"""The target of `--out`: one file, or a folder with one file for each portal."""

from collections.abc import Sequence
from pathlib import Path

from reconciler.cli.storage.out_file import OutFile
from reconciler.errors import InputError

_SUFFIX = ".json"


class OutTarget:
    """Where plans are saved: a file, or `PORTAL.json` in a folder, for which no older plan remains."""

    def __init__(self, given: str, config: str | None, portals: Sequence[str]) -> None:
        """Remove older plans; `portals` are the values of --portal. Raises InputError.

        A folder is meant if the path ends with a slash, or for several portals.
        """
        self._config = config
        self._folder = Path(given) if _is_folder(given, portals) else None
        self._file = OutFile(given, config) if self._folder is None else None
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")) if self._folder else ():
            # A later command takes all plans in the folder, also those of portals that are no longer chosen.
            OutFile(str(path), config)

    def file(self, portal: str) -> OutFile:
        """Return the file for the plan of a portal."""
        if self._file is not None:
            return self._file
        return OutFile(f"{self._folder}/{portal}{_SUFFIX}", self._config)


def _is_folder(given: str, portals: Sequence[str]) -> bool:
    """Whether a path means a folder. Raises InputError for a file where a folder is needed."""
    if not given.endswith("/") and len(portals) < 2 and "all" not in portals:  # noqa: PLR2004  two
        return False
    path = Path(given)
    if path.exists() and not path.is_dir():
        raise InputError(f"{path} is not a folder", "several plans need a folder: give another name")
    return True
