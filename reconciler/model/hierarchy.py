"""The hierarchy of resources: children of live resources, their owners, and ids after a rename."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from reconciler.model.ids import kind_of
from reconciler.model.kinds import has_owner_label, kind_row, parents, partner_of, renamed, team_of
from reconciler.model.resource import Resource, ResourceId

Resources = Mapping[ResourceId, Resource]


def children(ids: Iterable[ResourceId]) -> dict[ResourceId, list[ResourceId]]:
    """Return the ids of the children of each parent."""
    found: defaultdict[ResourceId, list[ResourceId]] = defaultdict(list)
    for resource_id in ids:
        for parent in parents(resource_id):
            found[parent].append(resource_id)
    return found


def after_renames(live: Resources, names: Mapping[ResourceId, ResourceId]) -> Resources:
    """Return the live resources by their ids after the renames `names` (old to new); `id` is unchanged."""
    return (
        {renamed(resource_id, names): resource for resource_id, resource in live.items()} if names else live
    )


def owner(resource_id: ResourceId, live: Resources) -> str | None:
    """Return the owner label of the configuration that manages a live resource, or None."""
    labelled = resource_id if has_owner_label(resource_id) else parents(resource_id)[0]
    resource = live.get(labelled)
    return resource.owner_label if resource else None


def is_unmanaged_grant(
    resource_id: ResourceId, live: Resources, scope: str, external: Collection[str]
) -> bool:
    """Return whether a live grant is for a team that is neither managed here nor external."""
    team = team_of(resource_id) if kind_row(kind_of(resource_id)).is_grant else None
    return team is not None and owner(team, live) != scope and partner_of(team) not in external


def managed_by_kind(live: Resources, scope: str, external: Collection[str]) -> Counter[str]:
    """Count the live resources of a configuration by kind; grants to unmanaged teams do not count."""
    return Counter(
        held.kind
        for each, held in live.items()
        if owner(each, live) == scope and not is_unmanaged_grant(each, live, scope, external)
    )
