"""The sample company, whose files are in the repository of this program, and in its package."""

from pathlib import Path

import reconciler

_PACKAGED = Path(__file__).parent / "sample"


def sample_configuration() -> Path:
    """Return the configuration of the sample company."""
    # In a checkout of this program the files are at its top, in an installed package beside this module.
    folder = _PACKAGED if _PACKAGED.exists() else Path(reconciler.__file__).parents[1]
    return folder / "reconciler.yaml"
