"""Rows of gained or lost access that belong together: the same people, the same change, the same way."""

from collections.abc import Sequence
from typing import TypeAlias

from reconciler.model.access import AccessChange

# A team, or None, and its people; from level, to level, through which group, until when.
Who: TypeAlias = tuple[str | None, tuple[str, ...]]
What: TypeAlias = tuple[str, str, tuple[str, ...], str | None]


def alike(rows: Sequence[AccessChange]) -> dict[Who, dict[What, list[str]]]:
    """Return, for each team and people, the APIs that they gain or lose alike, through one group."""
    found: dict[Who, dict[What, dict[str, None]]] = {}
    for row in rows:
        same = found.setdefault((row.team, row.people), {})
        same.setdefault((row.from_, row.to, row.via[:1], row.until), {})[row.api] = None
    return {who: {what: list(apis) for what, apis in same.items()} for who, same in found.items()}


def place(who: Who) -> tuple[bool, str, tuple[str, ...]]:
    """Return what sorts teams by name, and single people after them."""
    return who[0] is None, who[0] or "", who[1]
