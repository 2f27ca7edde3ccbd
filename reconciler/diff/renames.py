"""Which renames take effect: `previously` counts only while the new name is free, or is becoming free."""

from reconciler.model.resource import Desired, Live, ResourceId


def effective_renames(desired: Desired, live: Live) -> dict[ResourceId, ResourceId]:
    """Return old id to new id of the live objects of ours that this plan renames.

    In a chain (b becomes c, a becomes b) each link frees the name that the next one takes.
    """
    waiting = {
        new: old
        for new, former in desired.renames.items()
        for old in _former_ids(new, former)
        if old in live.resources and live.resources[old].mark == desired.scope
    }
    effective: dict[ResourceId, ResourceId] = {}
    while free := [new for new in waiting if _is_free(new, desired, live, effective)]:
        for new in free:
            effective[waiting.pop(new)] = new
    return effective


def claimed_names(desired: Desired) -> dict[ResourceId, ResourceId]:
    """Return whose former name each id is, where it is given to another again; circles claim nothing."""
    claimed = {
        old: new for new, former in desired.renames.items() for old in _former_ids(new, former) if old != new
    }
    return {old: new for old, new in claimed.items() if not _leads_back(old, claimed)}


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
