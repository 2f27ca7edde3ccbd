"""Which files hold documents, by their names: for whoever reads them, asks their owners, or writes them."""

from typing import Final

ENDINGS: Final = (".yaml", ".yml", ".json")
JSON: Final = ".json"


def may_hold_documents(name: str) -> bool:
    """Whether a file of this name is read where it is below a path of the configuration."""
    return name.lower().endswith(ENDINGS)
