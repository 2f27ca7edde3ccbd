"""Expand grants of groups into grants of APIs, for portals that grant each API itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from reconciler.model.access import LEVELS
from reconciler.model.graph.edges import ends, gather, grant_id, grant_on_path
from reconciler.model.graph.reachability import Reach
from reconciler.model.ids import kind_of
from reconciler.model.kinds import KINDS, has_owner_label, partner_of
from reconciler.model.portal import Capabilities
from reconciler.model.resource import Because, Desired, GroupPath, GroupPaths, Resource, ResourceId

_API_GRANT: Final = "api-grant"
# The kinds whose resources only lead from a grant to its APIs.
_FOLDED: Final = frozenset({"access-group", "access-item", "api-product", "product-item"})
# Sorts after every other day.
_NEVER: Final = "9999-12-31"


def grants_apis(can: Capabilities) -> bool:
    """Return whether a portal grants APIs instead of groups."""
    return _API_GRANT in can.kinds and "grant" not in can.kinds


def expand(desired: Desired) -> Desired:
    """Return the desired state with grants of APIs instead of groups, products and their grants.

    Each grant has the highest level that the groups of its holder give for the API today, and the last day
    of that level. A lower level that lasts longer is granted once the higher one has ended; then `because`
    has the reason also for the grant that remains.

    `paths` has the groups and products of each grant at each level, those of withheld grants included.

    Grants to teams of external partners stay as they are: a grant of an API belongs to the owner of its team,
    so another configuration would remove it.
    """
    kept = {each.id: each for each in desired.resources.values() if not _is_expanded(each.id, desired)}
    reach = Reach(gather(desired.resources.values()), desired.today)
    granted = {each.id: each for each in _granted(reach, desired)}
    return msgspec.structs.replace(
        desired,
        resources=kept | granted,
        because=_because(reach, desired, granted),
        renames={new: formers for new, formers in desired.renames.items() if kind_of(new) not in _FOLDED},
        unmanaged_grants={},
        paths=_paths(reach, desired),
    )


def _is_expanded(resource_id: ResourceId, desired: Desired) -> bool:
    kind = kind_of(resource_id)
    return kind in _FOLDED or (kind == "grant" and partner_of(resource_id) not in desired.external)


def _granted(reach: Reach, desired: Desired) -> Iterator[Resource]:
    """Yield the grants of APIs, each with the origin of the grant that gives it."""
    for holder in sorted(reach.edges.grants.starts()):
        if partner_of(holder) in desired.external:
            continue
        for api, paths in sorted(reach.best(reach.holding(holder)).items()):
            (first, *_), _ = max(paths, key=lambda path: path[1] or _NEVER)
            given = desired.resources[grant_on_path(first, holder)]
            fields = {name: given.fields[name] for name in KINDS[_API_GRANT].fields if name in given.fields}
            granted = Resource(grant_id(f"api/{api}", holder), fields, origin=given.origin)
            yield (
                msgspec.structs.replace(granted, owner_label=desired.scope)
                if has_owner_label(granted.id)
                else granted
            )


def _paths(reach: Reach, desired: Desired) -> GroupPaths:
    """Return the paths of each grant of an API by level, with those of grants that are withheld."""
    # The ids of withheld grants may be those of grants to teams of one.
    given = [*desired.resources.items(), *desired.withheld.items()]
    found: defaultdict[tuple[ResourceId, str], list[GroupPath]] = defaultdict(list)
    for resource_id, grant in sorted(given, key=lambda each: each[0]):
        if kind_of(resource_id) == "grant" and _is_expanded(resource_id, desired):
            holder, group = ends(resource_id)
            for api, paths in reach.contents(group).items():
                key = (grant_id(f"api/{api}", holder), str(grant.fields.get("level", "consume")))
                found[key] += [(via, grant.fields.get("until")) for via in paths]
    return dict(found)


def _because(
    reach: Reach, desired: Desired, granted: Mapping[ResourceId, Resource]
) -> dict[ResourceId, Because]:
    """Return why resources are not desired, with the APIs of groups instead of grants of groups."""
    found: dict[ResourceId, Because] = {}
    for resource_id, reason in sorted(desired.because.items()):
        ids = [resource_id]
        if _is_expanded(resource_id, desired) and kind_of(resource_id) == "grant":
            holder, group = ends(resource_id)
            ids = [grant_id(f"api/{api}", holder) for api in reach.contents(group)]
        for each in ids:
            if each not in granted or _gave_more(desired, resource_id, granted[each]):
                found.setdefault(each, reason)
    return found


def _gave_more(desired: Desired, expired: ResourceId, granted: Resource) -> bool:
    """Return whether an expired grant of a group gave a higher level than the one that remains."""
    grant = desired.withheld.get(expired)
    return grant is not None and LEVELS[grant.fields["level"]] > LEVELS[granted.fields["level"]]
