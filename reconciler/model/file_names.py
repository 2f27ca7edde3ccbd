"""Names of files: those that have documents, and the folder for state beside the configuration."""

from typing import Final

ENDINGS: Final = (".yaml", ".yml", ".json")
JSON: Final = ".json"
# Who is in which team according to directories; beside the configuration, and in git.
PEOPLE: Final = "people.lock"
# The folder for databases, journals and receipts; git ignores everything in it.
STATE_FOLDER: Final = ".reconciler"
IGNORE_ALL: Final = "*\n"


def may_hold_documents(name: str) -> bool:
    """Return whether a file with this name is read if it is below a configured path."""
    return name.lower().endswith(ENDINGS)
