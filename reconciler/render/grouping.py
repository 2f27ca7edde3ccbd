"""Group rows of gained or lost access by people, access change and path."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from reconciler.model.access import AccessChange
from reconciler.model.ids import kind_of, name_of

# A team (or None) and its people.
Who: TypeAlias = tuple[str | None, tuple[str, ...]]


class What(NamedTuple):
    """Old level, new level, access group, last day, and the last day of a level that remains after a loss."""

    before: str
    after: str
    via: tuple[str, ...]
    until: str | None
    remaining_until: str | None

    @property
    def remaining(self) -> str:
        """The new level, with its last day if it remains after a loss."""
        return f"{self.after} until {self.remaining_until}" if self.remaining_until else self.after


def objects_on_path(via: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ids of the group and the product on a path; there are none if the API is granted itself."""
    return tuple(each for each in via if kind_of(each) != "api")


def names_on_path(via: tuple[str, ...]) -> list[str]:
    """Return the names of the group and the product on a path."""
    return [name_of(each) for each in objects_on_path(via)]


def group_access(rows: Sequence[AccessChange]) -> dict[Who, dict[What, list[str]]]:
    """Group the rows by team and people, then by access change; return the APIs of each group."""
    grouped: dict[Who, dict[What, dict[str, None]]] = {}
    for row in rows:
        by_change = grouped.setdefault((row.team, row.people), {})
        what = What(row.from_, row.to, objects_on_path(row.via[:1]), row.until, row.remaining_until)
        by_change.setdefault(what, {})[row.api] = None
    return {who: {what: list(apis) for what, apis in by_change.items()} for who, by_change in grouped.items()}


def sort_key(who: Who) -> tuple[bool, str, tuple[str, ...]]:
    """Return the sort key: teams by name, then individual people."""
    return who[0] is None, who[0] or "", who[1]
