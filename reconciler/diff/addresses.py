"""Former addresses: a person whose address changed keeps the membership, and is not invited again."""

from collections.abc import Iterator, Mapping

import msgspec

from reconciler.model.hierarchy import Resources, after_renames
from reconciler.model.resource import Desired, Live, Resource, ResourceId


def at_live_addresses(desired: Desired, live: Live, names: Mapping[ResourceId, ResourceId]) -> Desired:
    """Return the desired state with each person in a team under the address that the portal has there.

    `names` are the old and new ids of renamed teams and partners.
    """
    if not desired.former_addresses:
        return desired
    held = after_renames(live.resources, names)
    resources: dict[ResourceId, Resource] = {}
    for each in desired.resources.values():
        for resource_id in _addresses(each.id, desired, held):
            if resource_id == each.id:
                resources[resource_id] = each
            elif resource_id not in resources:
                resources[resource_id] = msgspec.structs.replace(each, id=resource_id)
            else:
                # Two people cannot have the same membership.
                resources.setdefault(each.id, each)
    return msgspec.structs.replace(desired, resources=resources)


def _addresses(resource_id: ResourceId, desired: Desired, held: Resources) -> Iterator[ResourceId]:
    """Yield the memberships of a person that the portal should have: those that exist, or a new one.

    Memberships under former addresses stay until the person has access under the new address.
    """
    own = held.get(resource_id)
    if own is not None and own.state in {None, "active"}:
        yield resource_id
        return
    formers = [
        each
        for each in desired.former_addresses.get(resource_id, ())
        if each not in desired.resources and each in held and held[each].state != "expired"
    ]
    if not formers or (own is not None and own.state != "expired"):
        yield resource_id
    yield from formers
