"""What changes do to people: who gains and who loses access, and through which paths."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from reconciler.access.edges import Edges, gather
from reconciler.access.reach import Holding, Reach
from reconciler.access.rows import Rows
from reconciler.access.touched import touched
from reconciler.model.access import AccessChange, Impact
from reconciler.model.plan import Change
from reconciler.model.resource import Live

# The holders through which somebody reaches anything, each with the end of the membership.
_Through: TypeAlias = tuple[tuple[str, str | None], ...]
# By holder, the APIs for which its level differs.
_Shifts: TypeAlias = Mapping[str, frozenset[str]]


def impact(live: Live, changes: Sequence[Change], today: str) -> Impact:
    """Return whose highest level for an API rises or falls between `live` and `live` with `changes` made.

    What is renamed bears its new name on both sides, so a rename alone changes nobody's access.
    """
    if not changes:
        return Impact()
    return impact_on(gather(live.resources.values()), changes, today)


def impact_on(live: Edges, changes: Sequence[Change], today: str) -> Impact:
    """Return the impact on edges that are gathered already: only what the changes touch is computed."""
    before = live.renamed({change.renamed_from: change.id for change in changes if change.renamed_from})
    return _Comparison(before, before.changed(changes), today).impact(changes)


def people(rows: Iterable[AccessChange]) -> int:
    """Count the distinct people of these rows."""
    return len({person for row in rows for person in row.people})


class _Comparison:
    """Two states on one day. People with the same holders on both sides are a class, looked at once."""

    def __init__(self, before: Edges, after: Edges, today: str) -> None:
        self._before = Reach(before, today)
        self._after = Reach(after, today)
        self._shifts: dict[tuple[Holding, Holding], frozenset[str]] = {}

    def impact(self, changes: Sequence[Change]) -> Impact:
        found = touched(self._before.edges, self._after.edges, changes)
        shifts = {holder: apis for holder in found.holders if (apis := self._shift(holder))}
        gained, lost = Rows(), Rows()
        for (before, after), members in self._classes(found.people | self._people(shifts)).items():
            self._compare(before, after, shifts, tuple(sorted(members)), (gained, lost))
        for holder, apis in shifts.items():
            self._gains_for_nobody(holder, apis, gained)
        return Impact(gained.sorted(), lost.sorted())

    def _shift(self, holder: str) -> frozenset[str]:
        """Return the APIs for which a holder's level differs."""
        pair = (self._before.holding(holder), self._after.holding(holder))
        shift = self._shifts.get(pair)
        if shift is None:
            before, after = self._before.levels(pair[0]), self._after.levels(pair[1])
            shift = frozenset(api for api, _ in before.items() ^ after.items())
            self._shifts[pair] = shift
        return shift

    def _people(self, holders: Iterable[str]) -> set[str]:
        people: set[str] = set()
        for holder in holders:
            sort, _, name = holder.partition("/")
            if sort == "developer":
                people.add(name)
            people.update(self._before.edges.members.of(holder), self._after.edges.members.of(holder))
        return people

    def _classes(self, people: Iterable[str]) -> dict[tuple[_Through, _Through], list[str]]:
        classes: dict[tuple[_Through, _Through], list[str]] = {}
        for person in people:
            key = (_through(self._before, person), _through(self._after, person))
            classes.setdefault(key, []).append(person)
        return classes

    def _compare(
        self,
        before: _Through,
        after: _Through,
        shifts: _Shifts,
        members: tuple[str, ...],
        rows: tuple[Rows, Rows],
    ) -> None:
        """Add the members of one class to the rows of what they gain and lose."""
        levels_before, levels_after = _levels(self._before, before), _levels(self._after, after)
        gained, lost = rows
        for api in _candidates(levels_before, levels_after, shifts):
            low = max([levels.get(api, 0) for levels in levels_before.values()], default=0)
            high = max([levels.get(api, 0) for levels in levels_after.values()], default=0)
            into, reach, through = (
                (gained, self._after, after) if low < high else (lost, self._before, before)
            )
            if low != high:
                for holder, until in through:
                    paths = reach.paths(holder, api, max(low, high))
                    into.add((api, low, high), holder, paths, members, until)

    def _gains_for_nobody(self, holder: str, apis: Iterable[str], gained: Rows) -> None:
        """Add what a team gains while nobody is in it."""
        team = self._after.edges.members.of(holder)
        if holder.startswith("developer/") or any(
            self._after.counts(holder, person, membership) for person, membership in team.items()
        ):
            return
        before = self._before.levels(self._before.holding(holder))
        after = self._after.levels(self._after.holding(holder))
        for api in apis:
            low, high = before.get(api, 0), after.get(api, 0)
            if low < high:
                gained.add((api, low, high), holder, self._after.paths(holder, api, high), ())


def _through(reach: Reach, person: str) -> _Through:
    """Return the holders that give a person anything at all."""
    own = f"developer/{person}"
    found = [(own, None)] if reach.holding(own) else []
    for team in reach.edges.members.to(person):
        membership = reach.membership(team, person)
        if membership and reach.holding(team):
            found.append((team, membership.fields.get("until")))
    found.sort()
    return tuple(found)


def _levels(reach: Reach, through: _Through) -> dict[str, dict[str, int]]:
    return {holder: reach.levels(reach.holding(holder)) for holder, _ in through}


def _candidates(
    before: Mapping[str, Mapping[str, int]], after: Mapping[str, Mapping[str, int]], shifts: _Shifts
) -> set[str]:
    """Return the APIs for which a level can differ: the shifted of a shared holder, all of another."""
    found: set[str] = set()
    for holder in before.keys() & after.keys():
        found |= shifts.get(holder, frozenset())
    for holder in before.keys() ^ after.keys():
        found.update(before.get(holder, after.get(holder, ())))
    return found
