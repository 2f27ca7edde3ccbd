"""Who loses access through changes, today or soon: an earlier end date also counts as a loss."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from reconciler.access.holders import Through, people_of, through
from reconciler.model.graph.affected import find_affected
from reconciler.model.graph.delta import Delta
from reconciler.model.graph.reachability import Holding, Reach

# The last day of access by API and level (1: at least view, 2: consume).
_Ends: TypeAlias = Mapping[tuple[str, int], str]

# Sorts after every other day.
_NEVER: Final = "9999-12-31"
_LEVELS: Final = (1, 2)


def people_losing_access(delta: Delta, today: str, soon: str) -> frozenset[str]:
    """Return who loses access immediately, or on an earlier day than before that is not after `soon`.

    A later end date is not a loss, and neither is new access that ends soon.
    """
    if all(change.action in {"create", "adopt"} for change in delta.changes):
        return frozenset()
    return _Comparison(delta, today, soon).people()


class _Comparison:
    """Compare the last days of access in two states."""

    def __init__(self, delta: Delta, today: str, soon: str) -> None:
        self._changes = delta.changes
        self._before, self._after = (
            _LastDays(Reach(delta.before, today)),
            _LastDays(Reach(delta.after, today)),
        )
        self._soon = soon

    def people(self) -> frozenset[str]:
        """Return the people whose access ends earlier."""
        before, after = self._before.reach, self._after.reach
        found = find_affected(before.edges, after.edges, self._changes)
        holders = [holder for holder in found.holders if self._lowers(((holder, None),), ((holder, None),))]
        results: dict[tuple[Through, Through], bool] = {}
        losing = set()
        for person in found.people | people_of(before, after, holders):
            sides = through(before, person), through(after, person)
            if sides not in results:
                results[sides] = self._lowers(*sides)
            if results[sides]:
                losing.add(person)
        return frozenset(losing)

    def _lowers(self, before: Through, after: Through) -> bool:
        """Whether any access ends earlier than before, and not after `soon`."""
        ends = self._after.ends(after)
        return any(
            (sooner := ends.get(reached, "")) < end and sooner <= self._soon
            for reached, end in self._before.ends(before).items()
        )


class _LastDays:
    """The last days of access in one state, computed once for equal groups."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self._known: dict[Holding, _Ends] = {}

    def ends(self, holders: Through) -> _Ends:
        """Return the last days of access through these holders."""
        latest: dict[tuple[str, int], str] = {}
        for holder, until in holders:
            for reached, end in self._of(self.reach.holding(holder)).items():
                latest[reached] = max(latest.get(reached, ""), min(end, until or _NEVER))
        return latest

    def _of(self, holding: Holding) -> _Ends:
        """Return the last days of access through these groups."""
        known = self._known.get(holding)
        if known is not None:
            return known
        latest: dict[tuple[str, int], str] = {}
        for group, level, until in holding:
            for reached in [(api, each) for api in self.reach.contents(group) for each in _LEVELS[:level]]:
                latest[reached] = max(latest.get(reached, ""), until or _NEVER)
        self._known[holding] = latest
        return latest
