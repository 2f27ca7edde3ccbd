"""What a person sees when something goes wrong: a sentence, never a traceback."""

import os
from pathlib import Path

from reconciler.cli import clock, runtime
from reconciler.cli.console import say, say_lines
from reconciler.cli.storage import checkout
from reconciler.errors import ReconcilerError


def explained(error: ReconcilerError) -> int:
    """Print an expected error with its hint, and return its exit code."""
    say_lines(f"Error: {error.message}")
    if error.hint:
        say_lines(f"Hint: {error.hint}")
    return error.exit_code


def crashed(error: BaseException) -> int:
    """Write an unexpected error's details to a file, print one line that names it, and return 1."""
    import tempfile  # noqa: PLC0415  start-up counts
    import traceback  # noqa: PLC0415

    name = f"crash-{clock.now():%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    details = "".join(traceback.format_exception(error))
    where = _kept(_ours(), name, details) or _kept(Path(tempfile.gettempdir()), name, details)
    told = f"the details are in {where}" if where else "the details could not be written"
    say(f"Error: something unexpected happened ({type(error).__name__}); {told}")
    return 1


def _ours() -> Path | None:
    """Return the folder for what we keep, beside the configuration, if there is one."""
    try:
        return runtime.configuration(None).parent / ".reconciler"
    except (ReconcilerError, OSError):
        return None


def _kept(folder: Path | None, name: str, details: str) -> Path | None:
    """Write a file that only its owner reads; None where that cannot be done."""
    if folder is None:
        return None
    path, content = folder / name, details.encode(errors="backslashreplace")
    try:
        checkout.create(path, content, checkout.top_level(folder.parent), private=True)
    except (ReconcilerError, OSError):
        return None
    return path
