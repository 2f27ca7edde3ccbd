"""Decide which renames take effect: `previously` applies only if the new name is free or becomes free."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain

from reconciler.model.finding import Finding
from reconciler.model.ids import kind_of, last_name, name_of
from reconciler.model.kinds import parents, person_of, team_of
from reconciler.model.resource import Desired, Live, ResourceId


def effective_renames(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return the old and new ids of the managed live objects that the plan renames.

    In a chain (b becomes c, a becomes b), each rename frees the name for the next one. An object that the
    files still define under its old name is not renamed, so that another entry cannot take it over. The same
    holds for an object with two live former names, and for a team whose access the move itself would change.
    """
    claims, obstacles = _claims(desired, live), _Obstacles(desired, live)
    return _effective(
        desired, live, {new: old for new, old in claims.items() if not obstacles.find(new, old)}
    )


def refused_renames(desired: Desired, live: Live) -> Iterator[Finding]:
    """Yield a finding for each refused rename: takeovers, ambiguous names, and unsafe moves."""
    claims = _claims(desired, live)
    effective = _effective(desired, live, claims)
    defined, obstacles = _still_defined(desired, effective), _Obstacles(desired, live)
    for old, new in sorted(_free(desired, live, claims).items()):
        if old in defined:
            message = f"{new} has the former name {old}, which is live and still defined in the files"
            yield from _finding(
                desired, new, message, "remove `previously`, or the definition with the former name"
            )
        elif obstacle := obstacles.find(new, old):
            yield from _finding(desired, new, *obstacle)
    for new in sorted(desired.renames):
        found = _live_formers(new, desired, live)
        if len(found) > 1 and new not in live.resources:
            message = f"several former names of {new} exist in the portal: {', '.join(found)}"
            yield from _finding(desired, new, message, "keep only the one in `previously` that was renamed")


def claimed_names(desired: Desired) -> dict[ResourceId, ResourceId]:
    """Return for each former name the object that claims it, without objects in cycles."""
    claimed = {
        old: new
        for new, formers in desired.renames.items()
        for places in formers
        for old in places
        if old != new
    }
    in_cycles = _in_cycles(claimed)
    return {old: new for old, new in claimed.items() if old not in in_cycles}


def _finding(desired: Desired, new: ResourceId, message: str, hint: str) -> Iterator[Finding]:
    wanted = desired.resources.get(new)
    if wanted is not None:
        source = wanted.origin.source if wanted.origin else None
        yield Finding.at(source, "duplicate-name", message, hint, id=new)


def _live_formers(new: ResourceId, desired: Desired, live: Live) -> list[ResourceId]:
    """Return the former names under which managed objects exist; for several ids of a name, the last one."""
    found = []
    for places in desired.renames[new]:
        held = [
            old
            for old in places
            if old in live.resources and live.resources[old].owner_label == desired.scope
        ]
        found += held[-1:]
    return found


def _claims(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return the new and old ids of all renames with exactly one former name that exists and is managed."""
    formers = {new: _live_formers(new, desired, live) for new in desired.renames}
    return {new: found[0] for new, found in formers.items() if len(found) == 1}


class _Obstacles:
    """The reasons why teams cannot move to other partners.

    A move would apply the status and blocked people of another partner to the team, and no change in the
    plan would show this.
    """

    def __init__(self, desired: Desired, live: Live) -> None:
        self._desired = desired
        self._live = live

    def find(self, new: ResourceId, old: ResourceId) -> tuple[str, str] | None:
        """Return message and hint if a team cannot move, or None if it can move or does not move."""
        if not self._desired.is_move(new, old):
            return None
        left, joined = parents(old)[0], parents(new)[0]
        for partner in (left, joined):
            held = self._live.resources.get(partner)
            if held is not None and held.fields.get("status") == "suspended":
                return (
                    f"{_move(old, new)} while {partner} is suspended: the move would change its access",
                    "leave the team where it was; or apply `status: active`, then the move, then `suspended`",
                )
        people = self._people.get(old, set())
        blocked = sorted(people & (self._blocked(left) | self._blocked(joined)))
        if blocked:
            return (
                f"{_move(old, new)} while one of the two partners blocks people in it: {', '.join(blocked)}",
                "remove these people from the team, apply that, then move the team",
            )
        return None

    def _blocked(self, partner: ResourceId) -> frozenset[str]:
        held = self._live.resources.get(partner)
        return frozenset(held.fields.get("blocked", ())) if held else frozenset()

    @cached_property
    def _people(self) -> dict[ResourceId | None, set[str]]:
        """The people in each live team."""
        people: dict[ResourceId | None, set[str]] = {}
        for each in self._live.resources:
            if kind_of(each) == "membership":
                people.setdefault(team_of(each), set()).add(person_of(each))
        return people


def _move(old: ResourceId, new: ResourceId) -> str:
    return f"{old} cannot move to {parents(new)[0]}"


def _effective(
    desired: Desired, live: Live, claims: Mapping[ResourceId, ResourceId]
) -> dict[ResourceId, ResourceId]:
    """Return the old and new ids of valid renames; dropping one can make others invalid."""
    effective, waiting = _free(desired, live, claims), _waiting(desired, live, claims)
    together = _defined_together(desired)
    invalid = list(_still_defined(desired, effective))
    while invalid:
        old = invalid.pop()
        new = effective.pop(old, None)
        if new is not None:
            # The former name stays in use, and the object under the new name is not a renamed one.
            invalid += [claims[each] for each in waiting.get(old, ())]
            invalid += together.get(new, ())
    return effective


def _free(
    desired: Desired, live: Live, claims: Mapping[ResourceId, ResourceId]
) -> dict[ResourceId, ResourceId]:
    """Return the old and new ids of claims whose new name is free or becomes free by another rename."""
    waiting = _waiting(desired, live, claims)
    taken = Counter(new for several in waiting.values() for new in several)
    free = deque(new for new in claims if not taken[new])
    effective: dict[ResourceId, ResourceId] = {}
    while free:
        new = free.popleft()
        freed = waiting.get(claims[new], ()) if claims[new] not in effective else ()
        effective[claims[new]] = new
        for each in freed:
            taken[each] -= 1
            if not taken[each]:
                free.append(each)
    return effective


def _waiting(
    desired: Desired, live: Live, claims: Mapping[ResourceId, ResourceId]
) -> dict[ResourceId, list[ResourceId]]:
    """Return, for each live id, the claims that need it to become free."""
    waiting: dict[ResourceId, list[ResourceId]] = {}
    for new in claims:
        for holder in {new, *_ids_under_former_partner(new, desired, live)} & live.resources.keys():
            waiting.setdefault(holder, []).append(new)
    return waiting


def _defined_together(desired: Desired) -> dict[ResourceId, list[ResourceId]]:
    """Return, for each defined id, the former names that stay in use unless the object is renamed."""
    together: dict[ResourceId, list[ResourceId]] = {}
    for places in chain.from_iterable(desired.renames.values()):
        for place in places:
            if place in desired.resources or place in desired.because:
                together.setdefault(place, []).extend(places)
    return together


def _still_defined(desired: Desired, effective: Mapping[ResourceId, ResourceId]) -> set[ResourceId]:
    """Return the former names under which the files define an object that is not renamed itself."""
    renamed = set(effective.values())
    together = _defined_together(desired)
    return {old for place, places in together.items() if place not in renamed for old in places}


def _in_cycles(claimed: Mapping[ResourceId, ResourceId]) -> set[ResourceId]:
    """Return the names that lead into a cycle of former names."""
    leads: dict[ResourceId, bool] = {}
    for start in claimed:
        path: dict[ResourceId, None] = {}
        current: ResourceId | None = start
        while current is not None and current not in leads and current not in path:
            path[current] = None
            current = claimed.get(current)
        ends_in_cycle = current is not None and leads.get(current, True)
        leads.update(dict.fromkeys(path, ends_in_cycle))
    return {name for name, in_cycles in leads.items() if in_cycles}


def _ids_under_former_partner(new: ResourceId, desired: Desired, live: Live) -> Iterator[ResourceId]:
    """Yield the ids of a team under the former names of its partner that are live."""
    for places in desired.renames.get(parents(new)[0], ()) if kind_of(new) == "team" else ():
        for former in live.resources.keys() & {*places}:
            yield f"team/{name_of(former)}/{last_name(new)}"
