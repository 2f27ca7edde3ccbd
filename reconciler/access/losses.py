"""Who loses access by changes, today or soon: an end that is brought forward takes access away on its day."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from reconciler.access.holders import Through, people_of, through
from reconciler.model.graph.affected import touched
from reconciler.model.graph.delta import Shift
from reconciler.model.graph.reachability import Holding, Reach

# By API and level (1: at least view, 2: consume), the last day on which it is reached.
_Ends: TypeAlias = Mapping[tuple[str, int], str]

# What never ends stands behind everything that does.
_NEVER: Final = "9999-12-31"
_LEVELS: Final = (1, 2)


def losing(shift: Shift, today: str, soon: str) -> frozenset[str]:
    """Return who loses access by the changes: at once, or on a day up to `soon` that is earlier than so far.

    An end that is moved out, and access that is new and ends soon, take nothing from anybody.
    """
    if all(change.action in {"create", "adopt"} for change in shift.changes):
        return frozenset()
    return _Comparison(shift, today, soon).people()


class _Comparison:
    """Two states, by the last days on which people reach what they reach."""

    def __init__(self, shift: Shift, today: str, soon: str) -> None:
        self._changes = shift.changes
        self._before, self._after = _Lasting(Reach(shift.before, today)), _Lasting(Reach(shift.after, today))
        self._soon = soon

    def people(self) -> frozenset[str]:
        """Return all whose access ends sooner."""
        before, after = self._before.reach, self._after.reach
        found = touched(before.edges, after.edges, self._changes)
        holders = [holder for holder in found.holders if self._lowers(((holder, None),), ((holder, None),))]
        judged: dict[tuple[Through, Through], bool] = {}
        losing = set()
        for person in found.people | people_of(before, after, holders):
            sides = through(before, person), through(after, person)
            if sides not in judged:
                judged[sides] = self._lowers(*sides)
            if judged[sides]:
                losing.add(person)
        return frozenset(losing)

    def _lowers(self, before: Through, after: Through) -> bool:
        """Whether anything is reached for less long than before, and no longer than until `soon`."""
        ends = self._after.ends(after)
        return any(
            (sooner := ends.get(reached, "")) < end and sooner <= self._soon
            for reached, end in self._before.ends(before).items()
        )


class _Lasting:
    """How long things are reached in one state. People who have the same groups are looked at once."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self._known: dict[Holding, _Ends] = {}

    def ends(self, holders: Through) -> _Ends:
        """Return the last days of what is reached through these holders."""
        latest: dict[tuple[str, int], str] = {}
        for holder, until in holders:
            for reached, end in self._of(self.reach.holding(holder)).items():
                latest[reached] = max(latest.get(reached, ""), min(end, until or _NEVER))
        return latest

    def _of(self, holding: Holding) -> _Ends:
        """Return the last days of what these groups give."""
        known = self._known.get(holding)
        if known is not None:
            return known
        latest: dict[tuple[str, int], str] = {}
        for group, level, until in holding:
            for reached in [(api, each) for api in self.reach.contents(group) for each in _LEVELS[:level]]:
                latest[reached] = max(latest.get(reached, ""), until or _NEVER)
        self._known[holding] = latest
        return latest
