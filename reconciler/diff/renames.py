"""Which renames take effect: `previously` counts only while the new name is free, or is becoming free."""

from collections.abc import Iterator, Mapping

from reconciler.model.finding import Finding
from reconciler.model.resource import Desired, Live, ResourceId


def effective_renames(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return old id to new id of the live objects of ours that this plan renames.

    In a chain (b becomes c, a becomes b) each link frees the name that the next one takes. What the files
    still define under its name is not renamed: another entry cannot take it over.
    """
    return _effective(desired, live, _claims(desired, live))


def takeovers(desired: Desired, live: Live) -> Iterator[Finding]:
    """Yield a finding for each former name of a live object that the files still define as itself."""
    claims = _claims(desired, live)
    effective = _effective(desired, live, claims)
    defined = _still_defined(desired, effective)
    for old, new in sorted(_free(desired, live, claims).items()):
        wanted = desired.resources.get(new)
        if old in defined and wanted is not None:
            yield Finding.at(
                wanted.origin.source if wanted.origin else None,
                "duplicate-name",
                f"{new} says that it was {old}, which is live, and which the files still define",
                "remove previously, or the definition under the former name",
                id=new,
            )


def claimed_names(desired: Desired) -> dict[ResourceId, ResourceId]:
    """Return whose former name each id is, where it is given to another again; circles claim nothing."""
    claimed = {
        old: new for new, former in desired.renames.items() for old in _former_ids(new, former) if old != new
    }
    return {old: new for old, new in claimed.items() if not _leads_back(old, claimed)}


def _claims(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return new id to old id of all renames whose former name is live and ours."""
    return {
        new: old
        for new, former in desired.renames.items()
        for old in _former_ids(new, former)
        if old in live.resources and live.resources[old].mark == desired.scope
    }


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
    names = {former: new for new, former in desired.renames.items()}
    renamed = set(effective.values())
    return {
        old
        for new, former in desired.renames.items()
        for old in _former_ids(new, former)
        for name in {old, _under_new_partner(old, names)} - renamed
        if name in desired.resources or name in desired.because
    }


def _under_new_partner(resource_id: ResourceId, names: Mapping[ResourceId, ResourceId]) -> ResourceId:
    """Return the id that a team has once its partner has its new name; of all else the same id."""
    kind, *rest = resource_id.split("/")
    new = names.get(f"partner/{rest[0]}") if kind == "team" else None
    return f"team/{new.partition('/')[2]}/{rest[1]}" if new else resource_id


def _leads_back(old: ResourceId, claimed: dict[ResourceId, ResourceId]) -> bool:
    seen: set[ResourceId] = set()
    at: ResourceId | None = old
    while at is not None and at not in seen:
        seen.add(at)
        at = claimed.get(at)
    return at is not None


def _is_free(new: ResourceId, desired: Desired, live: Live, effective: dict[ResourceId, ResourceId]) -> bool:
    """Whether nothing bears the name now, under its partner's old name either, or what does is renamed."""
    return all(
        bearer not in live.resources or bearer in effective for bearer in (new, *_elsewhere(new, desired))
    )


def _elsewhere(new: ResourceId, desired: Desired) -> tuple[ResourceId, ...]:
    """Return the id that a team's name has while its partner bears its old name."""
    kind, *names = new.split("/")
    former = desired.renames.get(f"partner/{names[0]}") if kind == "team" else None
    return (f"team/{former.partition('/')[2]}/{names[1]}",) if former else ()


def _former_ids(new: ResourceId, former: ResourceId) -> tuple[ResourceId, ...]:
    """Return where it may be found: a team may be under its partner's new name by now."""
    kind, *names = new.split("/")
    if kind != "team":
        return (former,)
    return (former, f"team/{names[0]}/{former.rpartition('/')[2]}")
