"""Which renames take effect: `previously` counts only while the new name is free, or is becoming free."""

from collections.abc import Iterator, Mapping

from reconciler.model.finding import Finding
from reconciler.model.ids import person_of
from reconciler.model.kinds import parents, team_of
from reconciler.model.resource import Desired, Live, ResourceId


def effective_renames(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return old id to new id of the live objects of ours that this plan renames.

    In a chain (b becomes c, a becomes b) each link frees the name that the next one takes. An object that the
    files still define under its name is not renamed: another entry cannot take it over. Nor is an object of
    which two former names are live, and a team whose people would have other access by the move alone.
    """
    claims = {
        new: old for new, old in _claims(desired, live).items() if not _obstacle(new, old, desired, live)
    }
    return _effective(desired, live, claims)


def refused_renames(desired: Desired, live: Live) -> Iterator[Finding]:
    """Yield a finding for each rename that must not be: takeovers, ambiguous ones, and unsafe moves."""
    claims = _claims(desired, live)
    effective = _effective(desired, live, claims)
    defined = _still_defined(desired, effective)
    for old, new in sorted(_free(desired, live, claims).items()):
        if old in defined:
            message = f"{new} says that it was {old}, which is live, and which the files still define"
            yield from _finding(
                desired, new, message, "remove previously, or the definition under the former name"
            )
        elif obstacle := _obstacle(new, old, desired, live):
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
    return {old: new for old, new in claimed.items() if not _leads_back(old, claimed)}


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


def _obstacle(new: ResourceId, old: ResourceId, desired: Desired, live: Live) -> tuple[str, str] | None:
    """Return why a team cannot move to another partner, and what to do; None where it can, or does not move.

    What a partner's status and its blocked people decide would change for the team with the move itself,
    and no plan would show it.
    """
    if not desired.is_move(new, old):
        return None
    left, joined = parents(old)[0], parents(new)[0]
    for partner in (left, joined):
        held = live.resources.get(partner)
        if held is not None and held.fields.get("status") == "suspended":
            return f"{partner} is suspended", "make it active first, and apply that"
    people = {
        person_of(each) for each in live.resources if each.startswith("membership/") and team_of(each) == old
    }
    shut_out = sorted(people & {person for each in (left, joined) for person in _blocked(each, live)})
    if shut_out:
        return f"a partner blocks {', '.join(shut_out)}", "take them out of the team first, and apply that"
    return None


def _blocked(partner: ResourceId, live: Live) -> tuple[str, ...]:
    held = live.resources.get(partner)
    return tuple(held.fields.get("blocked", ())) if held else ()


def _effective(
    desired: Desired, live: Live, claims: Mapping[ResourceId, ResourceId]
) -> dict[ResourceId, ResourceId]:
    """Return old id to new id of the claims that hold; without one, others may no longer become free."""
    while True:
        effective = _free(desired, live, claims)
        defined = _still_defined(desired, effective)
        if defined.isdisjoint(effective):
            return effective
        claims = {new: old for new, old in claims.items() if old not in defined}


def _free(
    desired: Desired, live: Live, claims: Mapping[ResourceId, ResourceId]
) -> dict[ResourceId, ResourceId]:
    """Return old id to new id of the claims whose new name is free, or becomes free by another one."""
    waiting = dict(claims)
    effective: dict[ResourceId, ResourceId] = {}
    while free := [new for new in waiting if _is_free(new, desired, live, effective)]:
        for new in free:
            effective[waiting.pop(new)] = new
    return effective


def _still_defined(desired: Desired, effective: Mapping[ResourceId, ResourceId]) -> set[ResourceId]:
    """Return the former names under which the files define an object that was not renamed itself."""
    renamed = set(effective.values())
    return {
        old
        for formers in desired.renames.values()
        for places in formers
        if any(
            (place in desired.resources or place in desired.because) and place not in renamed
            for place in places
        )
        for old in places
    }


def _leads_back(old: ResourceId, claimed: dict[ResourceId, ResourceId]) -> bool:
    seen: set[ResourceId] = set()
    at: ResourceId | None = old
    while at is not None and at not in seen:
        seen.add(at)
        at = claimed.get(at)
    return at is not None


def _is_free(new: ResourceId, desired: Desired, live: Live, effective: dict[ResourceId, ResourceId]) -> bool:
    """Whether nothing has the name now, under its partner's old name either, or what has it is renamed."""
    return all(
        holder not in live.resources or holder in effective for holder in (new, *_elsewhere(new, desired))
    )


def _elsewhere(new: ResourceId, desired: Desired) -> Iterator[ResourceId]:
    """Yield the ids that a team's name has while its partner has an old name."""
    kind, *names = new.split("/")
    for places in desired.renames.get(f"partner/{names[0]}", ()) if kind == "team" else ():
        for former in places:
            yield f"team/{former.partition('/')[2]}/{names[1]}"
