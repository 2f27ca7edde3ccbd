"""The top level of the git repository that a folder is in."""

import os
from pathlib import Path


def find_top_level(folder: Path) -> Path | None:
    """Return the nearest folder with a `.git`, this one or above it, without links; None where there is none.

    Git itself is not run: it refuses the checkout of another user, as in a container.
    """
    real = Path(os.path.realpath(folder))
    return next((each for each in (real, *real.parents) if os.path.lexists(each / ".git")), None)


def repositories_above(top: Path) -> list[Path]:
    """Return the top levels of the repositories around a repository, the nearest first."""
    return [each for each in top.parents if _is_repository(each / ".git")]


def _is_repository(path: Path) -> bool:
    """Whether it is a repository, or a file that names one; an empty folder is neither."""
    return os.path.lexists(path) and (not path.is_dir() or os.path.lexists(path / "HEAD"))
