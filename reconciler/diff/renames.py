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
    while free := [new for new in waiting if new not in live.resources or new in effective]:
        for new in free:
            effective[waiting.pop(new)] = new
    return effective


def _former_ids(new: ResourceId, former: ResourceId) -> tuple[ResourceId, ...]:
    """Return where it may be found: a team may be under its partner's new name by now."""
    kind, *names = new.split("/")
    if kind != "team":
        return (former,)
    return (former, f"team/{names[0]}/{former.rpartition('/')[2]}")
