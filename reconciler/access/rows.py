"""The rows of an impact: people are gathered under each path that gives, or gave, them their level."""

from collections.abc import Sequence
from itertools import chain
from typing import Final, Literal, TypeAlias

from reconciler.access.holders import Through
from reconciler.model.access import AccessChange, LevelOrNone
from reconciler.model.graph.reachability import Reach, Via, earlier

# An API, the level before and after, and the end of what remains after a loss.
Step: TypeAlias = tuple[str, int, int, str | None]
# The people of a row, while they are gathered: by what else they have in common.
Crowds: TypeAlias = list[tuple[str, ...]]
_Key: TypeAlias = tuple[Step, str, Via, str | None]

_NAMES: Final[tuple[LevelOrNone, ...]] = ("none", "view", "consume")
# What never ends stands behind everything that does.
_NEVER: Final = "9999-12-31"


class Rows:
    """The rows of all who gain, by the state after, or of all who lose, by the state before."""

    def __init__(self, reach: Reach, level_of: Literal["before", "after"]) -> None:
        self._reach = reach
        self._level = 1 if level_of == "before" else 2
        self._rows: dict[_Key, Crowds] = {}
        self._known: dict[tuple[str, str | None], dict[Step, list[Crowds]]] = {}
        self._people: dict[tuple[int, ...], tuple[str, ...]] = {}

    def under(self, through: Through, steps: Sequence[Step]) -> list[Crowds]:
        """Return the rows of those who take these steps and reach what they reach through these holders."""
        found: list[Crowds] = []
        for holder, until in through:
            levels = self._reach.levels(self._reach.holding(holder))
            # Many people are in the same team, with or without others: make a row once for all.
            known = self._known.setdefault((holder, until), {})
            for step in steps:
                if levels.get(step[0]) == step[self._level]:
                    found += known.get(step) or known.setdefault(step, self._make(holder, until, step))
        return found

    def sorted(self) -> tuple[AccessChange, ...]:
        """Return the rows by API, team (none first), path, levels and end."""
        return tuple(
            AccessChange(
                api,
                _NAMES[low],
                _NAMES[high],
                team or None,
                self._together(self._rows[key]),
                via,
                until,
                remaining,
            )
            for key in sorted(self._rows, key=_order)
            for (api, low, high, remaining), team, via, until in [key]
        )

    def _together(self, crowds: Crowds) -> tuple[str, ...]:
        """Return the people of these crowds, sorted; nobody is in two. Rows share what is the same."""
        if len(crowds) == 1:
            return crowds[0]
        key = tuple(map(id, crowds))
        if key not in self._people:
            self._people[key] = tuple(sorted(chain.from_iterable(crowds)))
        return self._people[key]

    def _make(self, holder: str, until: str | None, step: Step) -> list[Crowds]:
        sort, _, name = holder.partition("/")
        team = name if sort == "team" else ""
        return [
            self._rows.setdefault((step, team, via, earlier(end, until)), [])
            for via, end in self._reach.best(self._reach.holding(holder))[step[0]]
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
