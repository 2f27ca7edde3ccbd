"""What changes do to people: who gains and who loses access, and through which paths."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from reconciler.access.holders import Through, people_of, through
from reconciler.access.rows import Crowds, Rows, Step, remaining_until
from reconciler.model.access import AccessChange, Impact
from reconciler.model.graph.affected import Touched, touched
from reconciler.model.graph.delta import Shift
from reconciler.model.graph.edges import Edges
from reconciler.model.graph.reachability import Holding, Reach
from reconciler.model.plan import Change
from reconciler.model.timestamps import days_after

_Levels: TypeAlias = Mapping[str, int]


def impact(shift: Shift, today: str) -> Impact:
    """Return whose highest level for an API rises or falls between the two states of a shift.

    What is renamed bears its new name on both sides, so a rename alone changes nobody's access.
    """
    return _between(shift.before, shift.after, shift.changes, today) if shift.changes else Impact()


def effect(before: Edges, changes: Sequence[Change], today: str) -> Impact:
    """Return the same for changes of one state, whose edges have their new names already."""
    return _between(before, before.changed(changes), changes, today) if changes else Impact()


def _between(before: Edges, after: Edges, changes: Sequence[Change], today: str) -> Impact:
    found = touched(before, after, changes)
    return _Comparison(Reach(before, today), Reach(after, today), found).impact()


def lapse(reach: Reach, last_day: str, ending: Touched, delegated: Collection[str]) -> Impact:
    """Return whose access falls because the grants of some holders, and memberships of people, end on a day.

    A team of unknown members, which are `delegated`, has a row with the people who are known, or with nobody.
    """
    before, after = reach.on(last_day), reach.on(days_after(last_day, 1))
    return _Comparison(before, after, ending).impact(delegated)


def people(rows: Iterable[AccessChange]) -> int:
    """Count the distinct people of these rows."""
    return len({person for row in rows for person in row.people})


class _Comparison:
    """Two states, or one on two days. People who have the same holders on both sides are compared once."""

    def __init__(self, before: Reach, after: Reach, found: Touched) -> None:
        self._before, self._after, self._touched = before, after, found
        self._gained, self._lost = Rows(self._after, "after"), Rows(self._before, "before")
        self._shifts: dict[tuple[Holding, Holding], frozenset[str]] = {}

    def impact(self, delegated: Collection[str] = ()) -> Impact:
        """Return what happens to everybody who is touched."""
        found = self._touched
        shifted = [holder for holder in found.holders if self._shift(holder)]
        crowds: dict[tuple[Through, Through], list[str]] = {}
        for person in sorted(found.people | people_of(self._before, self._after, shifted)):
            sides = (through(self._before, person), through(self._after, person))
            crowds.setdefault(sides, []).append(person)
        for sides, people in crowds.items():
            crowd = tuple(people)
            for row in self._compare(*sides):
                row.append(crowd)
        for holder in shifted:
            self._gain_for_nobody(holder)
            if holder in delegated:
                self._lose_for_nobody(holder)
        return Impact(self._gained.sorted(), self._lost.sorted())

    def _shift(self, holder: str) -> frozenset[str]:
        """Return the APIs for which a holder's level differs."""
        pair = (self._before.holding(holder), self._after.holding(holder))
        shift = self._shifts.get(pair)
        if shift is None:
            before, after = self._before.levels(pair[0]), self._after.levels(pair[1])
            shift = frozenset([api for api, _ in before.items() ^ after.items()])
            self._shifts[pair] = shift
        return shift

    def _compare(self, before: Through, after: Through) -> list[Crowds]:
        """Return the rows in which those stand who had some holders before and have others after."""
        lows, highs = _levels(self._before, before), _levels(self._after, after)
        steps = [(api, lows.get(api, 0), highs.get(api, 0)) for api in self._candidates(before, after)]
        gained: list[Step] = [(*step, None) for step in steps if step[1] < step[2]]
        lost = [(*step, self._remaining(after, step)) for step in steps if step[1] > step[2]]
        return self._gained.under(after, gained) + self._lost.under(before, lost)

    def _remaining(self, after: Through, step: tuple[str, int, int]) -> str | None:
        """Return the end of what a loss leaves."""
        return remaining_until(self._after, after, step[0], step[2])

    def _candidates(self, before: Through, after: Through) -> set[str]:
        """Return the APIs whose level can differ: what one holder on both sides shifts, all of any other."""
        had, has = {holder for holder, _ in before}, {holder for holder, _ in after}
        found: set[str] = set()
        for holder in had & has:
            found |= self._shift(holder)
        for holder in had - has:
            found.update(self._before.levels(self._before.holding(holder)))
        for holder in has - had:
            found.update(self._after.levels(self._after.holding(holder)))
        return found

    def _gain_for_nobody(self, holder: str) -> None:
        """Make the rows of what a team gains while nobody is in it."""
        if not _has_anybody(self._after, holder):
            itself = ((holder, None),)
            lows, highs = _levels(self._before, itself), _levels(self._after, itself)
            steps: list[Step] = [(api, lows.get(api, 0), high, None) for api, high in highs.items()]
            self._gained.under(itself, [step for step in steps if step[1] < step[2]])

    def _lose_for_nobody(self, holder: str) -> None:
        """Make the rows of what a team loses while nobody is known to be in it."""
        if not _has_anybody(self._before, holder):
            itself = ((holder, None),)
            lows, highs = _levels(self._after, itself), _levels(self._before, itself)
            steps = [(api, high, lows.get(api, 0)) for api, high in highs.items()]
            lost = [(*step, self._remaining(itself, step)) for step in steps if step[1] > step[2]]
            self._lost.under(itself, lost)


def _has_anybody(reach: Reach, holder: str) -> bool:
    """Whether a holder is a single person, or somebody is in it."""
    members = reach.edges.members.of(holder).items()
    return holder.startswith("developer/") or any(reach.counts(holder, *member) for member in members)


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
