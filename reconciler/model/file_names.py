"""Names of files: those that have documents, and the folder for state beside the configuration."""

from typing import Final

ENDINGS: Final = (".yaml", ".yml", ".json")
JSON: Final = ".json"
# The folder for databases, journals and receipts; git ignores everything in it.
STATE_FOLDER: Final = ".reconciler"
IGNORE_ALL: Final = "*\n"


def may_hold_documents(name: str) -> bool:
    """Return whether a file with this name is read if it is below a configured path."""
    return name.lower().endswith(ENDINGS)
