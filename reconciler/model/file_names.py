"""Decide by name which files contain documents."""

from typing import Final

ENDINGS: Final = (".yaml", ".yml", ".json")
JSON: Final = ".json"


def may_hold_documents(name: str) -> bool:
    """Return whether a file with this name is read if it is below a configured path."""
    return name.lower().endswith(ENDINGS)
