"""The rows of an impact: people are gathered under each path that gives or gave them their level."""

from collections.abc import Iterable
from itertools import chain
from typing import Final, TypeAlias

from reconciler.access.reach import Via, earlier
from reconciler.model.access import AccessChange, LevelOrNone

_NAMES: Final[tuple[LevelOrNone, ...]] = ("none", "view", "consume")
# What never ends stands behind everything that does.
_NEVER: Final = "9999-12-31"

# An API, and the level before and after.
Step: TypeAlias = tuple[str, int, int]
_Key: TypeAlias = tuple[Step, str | None, Via, str | None]


class Rows:
    """Rows while they are gathered."""

    def __init__(self) -> None:
        self._people: dict[_Key, list[tuple[str, ...]]] = {}

    def add(
        self,
        step: Step,
        holder: str,
        paths: Iterable[tuple[Via, str | None]],
        people: tuple[str, ...],
        until: str | None = None,
    ) -> None:
        """Put people, sorted, under each path of a holder; `until` is the end of their memberships."""
        sort, _, name = holder.partition("/")
        team = name if sort == "team" else None
        for via, end in paths:
            self._people.setdefault((step, team, via, earlier(end, until)), []).append(people)

    def sorted(self) -> tuple[AccessChange, ...]:
        """Return the rows by API, team (none first), path, levels and end."""
        return tuple(
            AccessChange(api, _NAMES[low], _NAMES[high], team, _merged(self._people[key]), via, until)
            for key in sorted(self._people, key=_order)
            for (api, low, high), team, via, until in [key]
        )


def _order(key: _Key) -> tuple[str, str, Via, int, int, str]:
    (api, low, high), team, via, until = key
    return api, team or "", via, low, high, until or _NEVER


def _merged(classes: list[tuple[str, ...]]) -> tuple[str, ...]:
    return classes[0] if len(classes) == 1 else tuple(sorted(chain.from_iterable(classes)))
