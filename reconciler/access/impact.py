"""The impact of changes on people: who gains and who loses access, and through which paths."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from reconciler.access.holders import Through, people_of, through
from reconciler.access.rows import PeopleGroups, Rows, Step, remaining_until
from reconciler.model.access import AccessChange, Impact
from reconciler.model.graph.affected import Affected, find_affected
from reconciler.model.graph.delta import Delta, DeltaPaths
from reconciler.model.graph.edges import Edges
from reconciler.model.graph.reachability import Holding, Reach
from reconciler.model.ids import kind_of
from reconciler.model.plan import Change
from reconciler.model.timestamps import days_after

_Levels: TypeAlias = Mapping[str, int]


def impact(delta: Delta, today: str) -> Impact:
    """Return the people whose highest level for an API rises or falls between two states.

    Renamed objects have their new names in both states, so a rename alone has no impact.
    """
    return (
        _between(delta.before, delta.after, delta.changes, delta.paths, today) if delta.changes else Impact()
    )


def effect(before: Edges, changes: Sequence[Change], paths: DeltaPaths, today: str) -> Impact:
    """Return the impact of changes on one state, whose edges have their new names already."""
    return _between(before, before.changed(changes), changes, paths, today) if changes else Impact()


def _between(before: Edges, after: Edges, changes: Sequence[Change], paths: DeltaPaths, today: str) -> Impact:
    found = find_affected(before, after, changes)
    earlier, later = Reach(before, today, paths.before), Reach(after, today, paths.after)
    return _Comparison(earlier, later, found).impact()


def lapse(reach: Reach, last_day: str, ending: Affected, delegated: Collection[str]) -> Impact:
    """Return who loses access because grants of holders and memberships of people end on a day.

    A `delegated` team, whose members are unknown, has a row with the known people, or without people.
    """
    before, after = reach.on(last_day), reach.on(days_after(last_day, 1))
    return _Comparison(before, after, ending).impact(delegated)


def people(rows: Iterable[AccessChange]) -> int:
    """Count the distinct people in rows."""
    return len({person for row in rows for person in row.people})


class _Comparison:
    """Compare two states, or one on two days. People with equal holders in both are compared once."""

    def __init__(self, before: Reach, after: Reach, found: Affected) -> None:
        self._before, self._after, self._affected = before, after, found
        self._gained, self._lost = Rows(self._after, "after"), Rows(self._before, "before")
        self._changed_by_holding: dict[tuple[Holding, Holding], frozenset[str]] = {}

    def impact(self, delegated: Collection[str] = ()) -> Impact:
        """Return the impact on all affected people."""
        found = self._affected
        changed_holders = [holder for holder in found.holders if self._changed_apis(holder)]
        people_by_holders: dict[tuple[Through, Through], list[str]] = {}
        for person in sorted(found.people | people_of(self._before, self._after, changed_holders)):
            sides = (through(self._before, person), through(self._after, person))
            people_by_holders.setdefault(sides, []).append(person)
        for sides, people in people_by_holders.items():
            group = tuple(people)
            for row in self._compare(*sides):
                row.append(group)
        for holder in changed_holders:
            self._gain_without_people(holder)
            if holder in delegated:
                self._lose_without_people(holder)
        return Impact(self._gained.sorted(), self._lost.sorted())

    def _changed_apis(self, holder: str) -> frozenset[str]:
        """Return the APIs for which the level of a holder differs."""
        pair = (self._before.holding(holder), self._after.holding(holder))
        delta = self._changed_by_holding.get(pair)
        if delta is None:
            before, after = self._before.levels(pair[0]), self._after.levels(pair[1])
            delta = frozenset([api for api, _ in before.items() ^ after.items()])
            self._changed_by_holding[pair] = delta
        return delta

    def _compare(self, before: Through, after: Through) -> list[PeopleGroups]:
        """Return the rows of people with these holders before and after."""
        levels_before, levels_after = _levels(self._before, before), _levels(self._after, after)
        steps = [
            (api, levels_before.get(api, 0), levels_after.get(api, 0))
            for api in self._candidates(before, after)
        ]
        gained: list[Step] = [(*step, None) for step in steps if step[1] < step[2]]
        lost = [(*step, self._remaining(after, step)) for step in steps if step[1] > step[2]]
        return self._gained.under(after, gained) + self._lost.under(before, lost)

    def _remaining(self, after: Through, step: tuple[str, int, int]) -> str | None:
        """Return the last day of the access that remains after a loss."""
        return remaining_until(self._after, after, step[0], step[2])

    def _candidates(self, before: Through, after: Through) -> set[str]:
        """Return the APIs whose level can differ: changed APIs of common holders, all APIs of others."""
        had, has = {holder for holder, _ in before}, {holder for holder, _ in after}
        found: set[str] = set()
        for holder in had & has:
            found |= self._changed_apis(holder)
        for holder in had - has:
            found.update(self._before.levels(self._before.holding(holder)))
        for holder in has - had:
            found.update(self._after.levels(self._after.holding(holder)))
        return found

    def _gain_without_people(self, holder: str) -> None:
        """Add the rows of a team without members that gains access."""
        if not _has_people(self._after, holder):
            holders = ((holder, None),)
            levels_before, levels_after = _levels(self._before, holders), _levels(self._after, holders)
            steps: list[Step] = [
                (api, levels_before.get(api, 0), new, None) for api, new in levels_after.items()
            ]
            self._gained.under(holders, [step for step in steps if step[1] < step[2]])

    def _lose_without_people(self, holder: str) -> None:
        """Add the rows of a team without known members that loses access."""
        if not _has_people(self._before, holder):
            holders = ((holder, None),)
            levels_before, levels_after = _levels(self._before, holders), _levels(self._after, holders)
            steps = [(api, old, levels_after.get(api, 0)) for api, old in levels_before.items()]
            lost = [(*step, self._remaining(holders, step)) for step in steps if step[1] > step[2]]
            self._lost.under(holders, lost)


def _has_people(reach: Reach, holder: str) -> bool:
    """Whether a holder is a person or has members."""
    members = reach.edges.members.of(holder).items()
    return kind_of(holder) == "developer" or any(reach.counts(holder, *member) for member in members)


def _levels(reach: Reach, holders: Through) -> _Levels:
    """Return the highest level for each API through these holders."""
    if len(holders) == 1:
        return reach.levels(reach.holding(holders[0][0]))
    highest: dict[str, int] = {}
    for holder, _ in holders:
        for api, level in reach.levels(reach.holding(holder)).items():
            if level > highest.get(api, 0):
                highest[api] = level
    return highest
