"""The rows of an impact: people grouped by the path that gives, or gave, them their level."""

from collections.abc import Sequence
from itertools import chain
from typing import Final, Literal, TypeAlias

from reconciler.access.holders import Through
from reconciler.model.access import AccessChange, LevelOrNone
from reconciler.model.graph.reachability import Reach, Via, earlier
from reconciler.model.ids import split_id

# An API, the level before and after, and the end of what remains after a loss.
Step: TypeAlias = tuple[str, int, int, str | None]
# The people of a row while it is built: groups of people with equal holders.
PeopleGroups: TypeAlias = list[tuple[str, ...]]
_Key: TypeAlias = tuple[Step, str, Via, str | None]

_NAMES: Final[tuple[LevelOrNone, ...]] = ("none", "view", "consume")
# Sorts after every other day.
_NEVER: Final = "9999-12-31"


class Rows:
    """The rows of gains, with paths of the later state, or of losses, with paths of the earlier state."""

    def __init__(self, reach: Reach, level_of: Literal["before", "after"]) -> None:
        self._reach = reach
        self._level = 1 if level_of == "before" else 2
        self._rows: dict[_Key, PeopleGroups] = {}
        self._known: dict[tuple[str, str | None], dict[Step, list[PeopleGroups]]] = {}
        self._people: dict[tuple[int, ...], tuple[str, ...]] = {}

    def under(self, through: Through, steps: Sequence[Step]) -> list[PeopleGroups]:
        """Return the rows for these level changes of people with these holders."""
        found: list[PeopleGroups] = []
        for holder, until in through:
            levels = self._reach.levels(self._reach.holding(holder))
            # Many people have the same holder: build its rows once.
            known = self._known.setdefault((holder, until), {})
            for step in steps:
                if levels.get(step[0]) == step[self._level]:
                    found += known.get(step) or known.setdefault(step, self._build(holder, until, step))
        return found

    def sorted(self) -> tuple[AccessChange, ...]:
        """Return the rows by API, team (individual access first), path, levels and last day."""
        return tuple(
            AccessChange(
                api,
                _NAMES[low],
                _NAMES[high],
                team or None,
                self._people_of(self._rows[key]),
                via,
                until,
                remaining,
            )
            for key in sorted(self._rows, key=_order)
            for (api, low, high, remaining), team, via, until in [key]
        )

    def _people_of(self, groups: PeopleGroups) -> tuple[str, ...]:
        """Return the sorted people of these disjoint groups; equal results are shared between rows."""
        if len(groups) == 1:
            return groups[0]
        key = tuple(map(id, groups))
        if key not in self._people:
            self._people[key] = tuple(sorted(chain.from_iterable(groups)))
        return self._people[key]

    def _build(self, holder: str, until: str | None, step: Step) -> list[PeopleGroups]:
        sort, name = split_id(holder)
        team = name if sort == "team" else ""
        return [
            self._rows.setdefault((step, team, via, earlier(end, until)), [])
            for path in self._reach.best(self._reach.holding(holder))[step[0]]
            for via, end in self._reach.by_groups(holder, path)
        ]


def remaining_until(reach: Reach, through: Through, api: str, level: int) -> str | None:
    """Return the last day of a level, the highest that these holders give for an API; None without end."""
    last = ""
    for holder, until in through:
        holding = reach.holding(holder)
        if level and reach.levels(holding).get(api) == level:
            last = max(last, *(earlier(end, until) or _NEVER for _, end in reach.best(holding)[api]))
    return None if last in {"", _NEVER} else last


def _order(key: _Key) -> tuple[str, str, Via, int, int, str, str]:
    (api, low, high, remaining), team, via, until = key
    return api, team, via, low, high, until or _NEVER, remaining or _NEVER
