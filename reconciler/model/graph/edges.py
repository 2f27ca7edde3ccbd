"""The edges between people and APIs, and how changes modify them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from reconciler.model.graph.adjacency import Name, Relation
from reconciler.model.ids import decoded, encoded
from reconciler.model.kinds import renamed
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId

# All partners are connected to one name, so that every edge is part of a relation.
PARTNERS: Final = ""

_DEVELOPER: Final = "developer/"
_KINDS: Final = ("membership", "grant", "access-item", "product-item", "partner")


class Edges(msgspec.Struct, frozen=True):
    """All edges of one state.

    `members`: holder to person. `grants`: holder to group. `items`: group to `api/NAME` or `product/NAME`.
    `contents`: product to API. `partners`: PARTNERS to partner. A holder is `team/PARTNER/TEAM` or
    `developer/ADDRESS`; only teams have members. Addresses are decoded, all other names are as in ids.
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
        edits: dict[str, dict[str, dict[str, Resource | None]]] = {kind: {} for kind in _KINDS}
        for change in changes:
            # To adopt changes the mark alone.
            if change.kind in edits and change.action != "adopt":
                start, end = ends(change.id)
                edits[change.kind].setdefault(start, {})[end] = self._after(change, start, end)
        return Edges(
            self.members.changed(edits["membership"]),
            self.grants.changed(edits["grant"]),
            self.items.changed(edits["access-item"]),
            self.contents.changed(edits["product-item"]),
            self.partners.changed(edits["partner"]),
        )

    def _after(self, change: Change, start: str, end: str) -> Resource | None:
        if change.action == "delete":
            return None
        state = None
        if change.kind == "membership":
            before = self.members.of(start).get(end)
            state = before.state if before and change.action == "update" else "invited"
        return Resource(change.id, change.after or {}, state=state)


def gather(resources: Iterable[Resource]) -> Edges:
    """Return the edges among these resources."""
    edges: dict[str, dict[str, dict[str, Resource]]] = {kind: {} for kind in _KINDS}
    for resource in resources:
        kind = resource.id[: resource.id.index("/")]
        if kind in edges:
            start, end = ends(resource.id)
            edges[kind].setdefault(start, {})[end] = resource
    return Edges(*(Relation(edges[kind]) for kind in _KINDS))


def ends(resource_id: ResourceId) -> tuple[str, str]:
    """Return start and end of the edge with this id."""
    kind, _, rest = resource_id.partition("/")
    first, _, other = rest.partition("/")
    if kind == "membership":
        team, _, person = other.partition("/")
        return f"team/{first}/{team}", decoded(person)
    if kind == "grant":
        return decoded(other) if other.startswith(_DEVELOPER) else other, first
    return (PARTNERS, first) if kind == "partner" else (first, other)


def membership_id(team: str, person: str) -> ResourceId:
    """Return the id of a person's membership in the team `PARTNER/TEAM`."""
    return f"membership/{team}/{encoded(person)}"


def grant_id(group: str, holder: str) -> ResourceId:
    """Return the id of the grant of a group to a holder."""
    if holder.startswith(_DEVELOPER):
        holder = _DEVELOPER + encoded(holder.removeprefix(_DEVELOPER))
    return f"grant/{group}/{holder}"


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
