"""Write the details of an unexpected error to a file; no traceback is ever printed."""

import os
import tempfile
import traceback
from pathlib import Path

from reconciler.cli import clock
from reconciler.cli.console import log
from reconciler.cli.storage import checkout
from reconciler.cli.storage.configuration_file import find_configuration
from reconciler.errors import ReconcilerError
from reconciler.model.file_names import STATE_FOLDER


def report_crash(error: BaseException) -> int:
    """Write an unexpected error's details to a file, print one line that names it, and return 1."""
    name = f"crash-{clock.now():%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    details = "".join(traceback.format_exception(error))
    where = _saved(_state_folder(), name, details) or _saved(Path(tempfile.gettempdir()), name, details)
    details = f"the details are in {where}" if where else "the details could not be written"
    log(f"Error: unexpected error ({type(error).__name__}); {details}")
    return 1


def _state_folder() -> Path | None:
    """Return the folder .reconciler beside the configuration, if there is a configuration."""
    try:
        return find_configuration(None).parent / STATE_FOLDER
    except (ReconcilerError, OSError):
        return None


def _saved(folder: Path | None, name: str, details: str) -> Path | None:
    """Write a file that only its owner can read, and return its path; None where that fails."""
    if folder is None:
        return None
    path, content = folder / name, details.encode(errors="backslashreplace")
    try:
        checkout.create(path, content, checkout.top_level(folder.parent), private=True)
    except (ReconcilerError, OSError):
        return None
    return path
