"""The edges between people and APIs, and how changes modify them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from reconciler.model.graph.adjacency import Name, Relation
from reconciler.model.ids import decoded, encoded
from reconciler.model.kinds import renamed
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId

# All partners are connected to one name, so that every edge is part of a relation.
PARTNERS: Final = ""

_DEVELOPER: Final = "developer/"
_GROUP: Final = "access-group/"
# The prefix of an API that is granted itself; names of groups have no slash.
_API: Final = "api/"
_RELATIONS: Final[Mapping[str, str]] = {
    "membership": "members",
    "grant": "grants",
    "api-grant": "grants",
    "access-item": "items",
    "product-item": "contents",
    "partner": "partners",
}
_Edits: TypeAlias = dict[str, dict[str, dict[str, Resource | None]]]


class Edges(msgspec.Struct, frozen=True):
    """All edges of one state.

    `members`: holder to person. `grants`: holder to group, or to `api/NAME` if an API is granted itself.
    `items`: group to `api/NAME` or `product/NAME`. `contents`: product to API. `partners`: PARTNERS to
    partner. A holder is `team/PARTNER/TEAM` or `developer/ADDRESS`; only teams have members. Addresses are
    decoded, all other names are as in ids.
    """

    members: Relation
    grants: Relation
    items: Relation
    contents: Relation
    partners: Relation

    def renamed(self, names: Mapping[ResourceId, ResourceId]) -> "Edges":
        """Return the edges after renames of partners, teams, products and groups (old id to new id)."""
        if not names:
            return self
        team, group, product, partner = (
            _renaming(kind, names) for kind in ("team", "access-group", "api-product", "partner")
        )
        holder, item = _of_sort("team", team), _of_sort("product", product)
        return Edges(
            members=self.members.renamed(holder, _same),
            grants=self.grants.renamed(holder, group),
            items=self.items.renamed(group, item),
            contents=self.contents.renamed(product, _same),
            partners=self.partners.renamed(_same, partner),
        )

    def changed(self, changes: Sequence[Change]) -> "Edges":
        """Return the edges after these changes, whose ids have the new names."""
        edits: _Edits = {relation: {} for relation in Edges.__struct_fields__}
        for change in changes:
            # An adoption only changes the owner label.
            relation = _RELATIONS.get(change.kind)
            if relation and change.action != "adopt":
                start, end = ends(change.id)
                edits[relation].setdefault(start, {})[end] = self._after(change)
        return Edges(**{name: getattr(self, name).changed(changed) for name, changed in edits.items()})

    def _after(self, change: Change) -> Resource | None:
        if change.action == "delete":
            return None
        state = None
        if change.kind == "membership":
            start, end = ends(change.id)
            before = self.members.of(start).get(end)
            state = before.state if before and change.action == "update" else "invited"
        return Resource(change.id, change.after or {}, state=state)


def gather(resources: Iterable[Resource]) -> Edges:
    """Return the edges among these resources."""
    edges: dict[str, dict[str, dict[str, Resource]]] = {name: {} for name in Edges.__struct_fields__}
    for resource in resources:
        relation = _RELATIONS.get(resource.id[: resource.id.index("/")])
        if relation:
            start, end = ends(resource.id)
            edges[relation].setdefault(start, {})[end] = resource
    return Edges(**{name: Relation(found) for name, found in edges.items()})


def ends(resource_id: ResourceId) -> tuple[str, str]:
    """Return start and end of the edge with this id."""
    kind, _, rest = resource_id.partition("/")
    first, _, other = rest.partition("/")
    if kind == "membership":
        team, _, person = other.partition("/")
        return f"team/{first}/{team}", decoded(person)
    if kind in {"grant", "api-grant"}:
        holder = decoded(other) if other.startswith(_DEVELOPER) else other
        return holder, first if kind == "grant" else _API + first
    return (PARTNERS, first) if kind == "partner" else (first, other)


def membership_id(team: str, person: str) -> ResourceId:
    """Return the id of a person's membership in the team `PARTNER/TEAM`."""
    return f"membership/{team}/{encoded(person)}"


def grant_id(group: str, holder: str) -> ResourceId:
    """Return the id of the grant of a group, or of `api/NAME`, to a holder."""
    if holder.startswith(_DEVELOPER):
        holder = _DEVELOPER + encoded(holder.removeprefix(_DEVELOPER))
    api = granted_api(group)
    return f"api-grant/{api}/{holder}" if api else f"grant/{group}/{holder}"


def granted_api(group: str) -> str:
    """Return the API of `api/NAME`, which replaces a group in a grant of an API; empty for a group."""
    return group.removeprefix(_API) if group.startswith(_API) else ""


def first_on_path(group: str) -> ResourceId:
    """Return the first object on the path through a group, or through `api/NAME`."""
    return group if granted_api(group) else _GROUP + group


def grant_on_path(first: ResourceId, holder: str) -> ResourceId:
    """Return the id of the grant to a holder on a path with this first object."""
    return grant_id(first.removeprefix(_GROUP), holder)


def _renaming(kind: str, names: Mapping[ResourceId, ResourceId]) -> Name:
    """Return what gives things of this kind their new names."""
    return lambda name: renamed(f"{kind}/{name}", names).removeprefix(f"{kind}/")


def _of_sort(sort: str, rename: Name) -> Name:
    """Return what renames `SORT/NAME`, and leaves anything else as it is."""

    def apply(name: str) -> str:
        own, _, rest = name.partition("/")
        return f"{sort}/{rename(rest)}" if own == sort else name

    return apply


def _same(name: str) -> str:
    return name
