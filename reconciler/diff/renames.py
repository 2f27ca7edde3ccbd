"""Which renames take effect: `previously` counts only while the new name is free, or is becoming free."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain

from reconciler.model.finding import Finding
from reconciler.model.kinds import parents, person_of, team_of
from reconciler.model.resource import Desired, Live, ResourceId


def effective_renames(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return old id to new id of the live objects of ours that this plan renames.

    In a chain (b becomes c, a becomes b) each link frees the name that the next one takes. An object that the
    files still define under its name is not renamed: another entry cannot take it over. Nor is an object of
    which two former names are live, and a team whose people would have other access by the move alone.
    """
    claims, obstacles = _claims(desired, live), _Obstacles(desired, live)
    return _effective(
        desired, live, {new: old for new, old in claims.items() if not obstacles.find(new, old)}
    )


def refused_renames(desired: Desired, live: Live) -> Iterator[Finding]:
    """Yield a finding for each rename that must not be: takeovers, ambiguous ones, and unsafe moves."""
    claims = _claims(desired, live)
    effective = _effective(desired, live, claims)
    defined, obstacles = _still_defined(desired, effective), _Obstacles(desired, live)
    for old, new in sorted(_free(desired, live, claims).items()):
        if old in defined:
            message = f"{new} says that it was {old}, which is live, and which the files still define"
            yield from _finding(
                desired, new, message, "remove previously, or the definition under the former name"
            )
        elif obstacle := obstacles.find(new, old):
            yield from _finding(desired, new, f"{old} cannot become {new}: {obstacle[0]}", obstacle[1])
    for new in sorted(desired.renames):
        found = _live_formers(new, desired, live)
        if len(found) > 1 and new not in live.resources:
            message = f"{new} says that it was {' and '.join(found)}, and these are all live"
            yield from _finding(desired, new, message, "keep the one that it was under previously")


def claimed_names(desired: Desired) -> dict[ResourceId, ResourceId]:
    """Return whose former name each id is, where it is given to another again; circles claim nothing."""
    claimed = {
        old: new
        for new, formers in desired.renames.items()
        for places in formers
        for old in places
        if old != new
    }
    circular = _circular(claimed)
    return {old: new for old, new in claimed.items() if old not in circular}


def _finding(desired: Desired, new: ResourceId, message: str, hint: str) -> Iterator[Finding]:
    wanted = desired.resources.get(new)
    if wanted is not None:
        source = wanted.origin.source if wanted.origin else None
        yield Finding.at(source, "duplicate-name", message, hint, id=new)


def _live_formers(new: ResourceId, desired: Desired, live: Live) -> list[ResourceId]:
    """Return the former names of an object under which something of ours is live; of places, the last one."""
    found = []
    for places in desired.renames[new]:
        held = [old for old in places if old in live.resources and live.resources[old].mark == desired.scope]
        found += held[-1:]
    return found


def _claims(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return new id to old id of all renames of which just one former name is live and ours."""
    formers = {new: _live_formers(new, desired, live) for new in desired.renames}
    return {new: found[0] for new, found in formers.items() if len(found) == 1}


class _Obstacles:
    """Why teams cannot move to other partners.

    What a partner's status and its blocked people decide would change for the team with the move itself,
    and no plan would show it.
    """

    def __init__(self, desired: Desired, live: Live) -> None:
        self._desired = desired
        self._live = live

    def find(self, new: ResourceId, old: ResourceId) -> tuple[str, str] | None:
        """Return why a team cannot move, and what to do; None where it can, or does not move."""
        if not self._desired.is_move(new, old):
            return None
        left, joined = parents(old)[0], parents(new)[0]
        for partner in (left, joined):
            held = self._live.resources.get(partner)
            if held is not None and held.fields.get("status") == "suspended":
                return f"{partner} is suspended", "make it active first, and apply that"
        people = self._people.get(old, set())
        shut_out = sorted(people & (self._blocked(left) | self._blocked(joined)))
        if shut_out:
            return (
                f"a partner blocks {', '.join(shut_out)}",
                "take them out of the team first, and apply that",
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
            if each.startswith("membership/"):
                people.setdefault(team_of(each), set()).add(person_of(each))
        return people


def _effective(
    desired: Desired, live: Live, claims: Mapping[ResourceId, ResourceId]
) -> dict[ResourceId, ResourceId]:
    """Return old id to new id of the claims that hold; without one, others may no longer become free."""
    effective, waiting = _free(desired, live, claims), _waiting(desired, live, claims)
    together = _defined_together(desired)
    falling = list(_still_defined(desired, effective))
    while falling:
        old = falling.pop()
        new = effective.pop(old, None)
        if new is not None:
            # The former name stays taken, and what the files define under the new one was not renamed.
            falling += [claims[each] for each in waiting.get(old, ())]
            falling += together.get(new, ())
    return effective


def _free(
    desired: Desired, live: Live, claims: Mapping[ResourceId, ResourceId]
) -> dict[ResourceId, ResourceId]:
    """Return old id to new id of the claims whose new name is free, or becomes free by another one."""
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
    """Return which claims wait until a live id is free: theirs, or the one under their partner's old name."""
    waiting: dict[ResourceId, list[ResourceId]] = {}
    for new in claims:
        for holder in {new, *_elsewhere(new, desired)} & live.resources.keys():
            waiting.setdefault(holder, []).append(new)
    return waiting


def _defined_together(desired: Desired) -> dict[ResourceId, list[ResourceId]]:
    """Return, for each id that the files define, the former names that stay taken while it is not renamed."""
    together: dict[ResourceId, list[ResourceId]] = {}
    for places in chain.from_iterable(desired.renames.values()):
        for place in places:
            if place in desired.resources or place in desired.because:
                together.setdefault(place, []).extend(places)
    return together


def _still_defined(desired: Desired, effective: Mapping[ResourceId, ResourceId]) -> set[ResourceId]:
    """Return the former names under which the files define an object that was not renamed itself."""
    renamed = set(effective.values())
    together = _defined_together(desired)
    return {old for place, places in together.items() if place not in renamed for old in places}


def _circular(claimed: Mapping[ResourceId, ResourceId]) -> set[ResourceId]:
    """Return the names that lead into a circle, by whose former names they are."""
    leads: dict[ResourceId, bool] = {}
    for start in claimed:
        way: dict[ResourceId, None] = {}
        at: ResourceId | None = start
        while at is not None and at not in leads and at not in way:
            way[at] = None
            at = claimed.get(at)
        ends_in_circle = at is not None and leads.get(at, True)
        leads.update(dict.fromkeys(way, ends_in_circle))
    return {name for name, circular in leads.items() if circular}


def _elsewhere(new: ResourceId, desired: Desired) -> Iterator[ResourceId]:
    """Yield the ids that a team's name has while its partner has an old name."""
    kind, *names = new.split("/")
    for places in desired.renames.get(f"partner/{names[0]}", ()) if kind == "team" else ():
        for former in places:
            yield f"team/{former.partition('/')[2]}/{names[1]}"
