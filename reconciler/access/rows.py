"""The rows of an impact: people are gathered under each path that gives, or gave, them their level."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from reconciler.access.through import Through
from reconciler.model.access import AccessChange, LevelOrNone
from reconciler.model.graph.reach import Reach, Via, earlier

# An API, and the level before and after.
Step: TypeAlias = tuple[str, int, int]
# The people of a row, while they are gathered.
People: TypeAlias = list[str]
_Key: TypeAlias = tuple[Step, str, Via, str | None]

_NAMES: Final[tuple[LevelOrNone, ...]] = ("none", "view", "consume")
# What never ends stands behind everything that does.
_NEVER: Final = "9999-12-31"


class Rows:
    """The rows of all who gain, by the state after, or of all who lose, by the state before."""

    def __init__(self, reach: Reach, level_of: Literal["before", "after"]) -> None:
        self._reach = reach
        self._level = 1 if level_of == "before" else 2
        self._rows: dict[_Key, People] = {}
        self._known: dict[tuple[str, str | None], dict[Step, list[People]]] = {}

    def under(self, through: Through, steps: Sequence[Step]) -> list[People]:
        """Return the rows of those who take these steps and reach what they reach through these holders."""
        found: list[People] = []
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
            AccessChange(api, _NAMES[low], _NAMES[high], team or None, tuple(self._rows[key]), via, until)
            for key in sorted(self._rows, key=_order)
            for (api, low, high), team, via, until in [key]
        )

    def _make(self, holder: str, until: str | None, step: Step) -> list[People]:
        sort, _, name = holder.partition("/")
        team = name if sort == "team" else ""
        return [
            self._rows.setdefault((step, team, via, earlier(end, until)), [])
            for via, end in self._reach.best(self._reach.holding(holder))[step[0]]
        ]


def _order(key: _Key) -> tuple[str, str, Via, int, int, str]:
    (api, low, high), team, via, until = key
    return api, team, via, low, high, until or _NEVER
