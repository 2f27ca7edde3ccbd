"""Add teams to a partner's document."""

from collections.abc import Mapping
from typing import Any

from reconciler.edit.operations import Append, Operation, Put
from reconciler.edit.yaml.canonical import canonical, shape_at
from reconciler.model.source_map import Path


def team_added(data: Any, number: int, team: Mapping[str, Any]) -> list[Operation]:
    """Return the operations that add a team as the entry with this number, without its empty values."""
    path: Path = ("spec", "teams")
    given = {key: value for key, value in team.items() if value or key in {"admins", "members"}}
    entry = canonical(
        {key: value for key, value in given.items() if value is not None},
        shape_at("Partner", (*path, number)),
    )
    if "teams" in data["spec"]:
        return [Append(path, entry)]
    return [Put(("spec",), "teams", [entry])]
