"""The edges between people and APIs, and what changes make of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from reconciler.access.relation import Relation
from reconciler.model.kinds import renamed
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId

# All partners hang on one name, so that every edge is part of a relation.
PARTNERS: Final = ""

_KINDS: Final = ("membership", "grant", "access-item", "product-item", "partner")


class Edges(msgspec.Struct, frozen=True):
    """All edges of one state.

    `members`: holder to person. `grants`: holder to group. `items`: group to `api/NAME` or `product/NAME`.
    `contents`: product to API. `partners`: PARTNERS to partner. A holder is `team/PARTNER/TEAM` or
    `developer/ADDRESS`; only teams have members.
    """

    members: Relation
    grants: Relation
    items: Relation
    contents: Relation
    partners: Relation

    def renamed(self, names: Mapping[ResourceId, ResourceId]) -> "Edges":
        """Return the edges under the new names of partners, teams, products and groups (old id to new)."""
        if not names:
            return self

        def holder(name: str) -> str:
            return renamed(name, names) if name.startswith("team/") else name

        def group(name: str) -> str:
            return renamed(f"access-group/{name}", names).partition("/")[2]

        def product(name: str) -> str:
            return renamed(f"api-product/{name}", names).partition("/")[2]

        def item(name: str) -> str:
            sort, _, of = name.partition("/")
            return f"product/{product(of)}" if sort == "product" else name

        def partner(name: str) -> str:
            return renamed(f"partner/{name}", names).partition("/")[2]

        return Edges(
            self.members.renamed(holder, _same),
            self.grants.renamed(holder, group),
            self.items.renamed(group, item),
            self.contents.renamed(product, _same),
            self.partners.renamed(_same, partner),
        )

    def changed(self, changes: Sequence[Change]) -> "Edges":
        """Return the edges after these changes, whose ids bear the new names."""
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
    """Return where an edge starts and ends. An address stands last, and may hold a slash."""
    kind, first, rest = (
        resource_id.split("/", 2) if resource_id.count("/") > 1 else (*resource_id.split("/"), "")
    )
    if kind == "membership":
        team, _, person = rest.partition("/")
        return f"team/{first}/{team}", person
    if kind == "grant":
        return rest, first
    return (first, rest) if rest else (PARTNERS, first)


def _same(name: str) -> str:
    return name
