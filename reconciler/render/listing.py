"""The columns of inventory tables, by type of object."""

from collections.abc import Callable, Mapping
from typing import Final

from reconciler.model.inventory import Inventory, Listed, Sort

_Cell = Callable[[Listed], str]

_COLUMNS: Final[Mapping[str, _Cell]] = {
    "name": lambda row: row.name,
    "type": lambda row: row.type or "",
    "visibility": lambda row: row.type or "",
    "members": lambda row: row.type or "",
    "status": lambda row: row.status or "",
    "owner": lambda row: row.owner or "",
    "until": lambda row: row.until or "",
    "partner": lambda row: ", ".join(row.partners),
    "partners": lambda row: f"{len(row.partners):,}",
    "teams": lambda row: f"{row.teams:,}",
    "people": lambda row: f"{row.people:,}",
    "active": lambda row: f"{row.active:,}",
    "apis": lambda row: f"{row.apis:,}",
}
_HEADS: Final[Mapping[Sort, tuple[str, ...]]] = {
    "partners": ("name", "type", "status", "owner", "until", "teams", "people", "active", "apis"),
    "teams": ("name", "members", "status", "owner", "until", "people", "active", "apis"),
    "people": ("name", "status", "until", "partner", "teams", "apis"),
    "groups": ("name", "owner", "partners", "teams", "people", "active", "apis"),
    "apis": ("name", "visibility", "owner", "partners", "teams", "people", "active"),
}
NOUNS: Final[Mapping[Sort, tuple[str, str]]] = {
    "partners": ("partner", "partners"),
    "teams": ("team", "teams"),
    "people": ("person", "people"),
    "groups": ("access group", "access groups"),
    "apis": ("API", "APIs"),
}


def heads(found: Inventory) -> tuple[str, ...]:
    """Return the column titles."""
    return _HEADS[found.sort]


def cells(found: Inventory, row: Listed) -> list[str]:
    """Return the cells of a row; not escaped."""
    return [_COLUMNS[head](row) for head in heads(found)]
