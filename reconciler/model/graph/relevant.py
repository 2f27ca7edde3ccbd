"""Select the resources that a few changes can affect: most plans change some of thousands of teams."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from reconciler.model.graph.edges import ends
from reconciler.model.ids import encoded
from reconciler.model.kinds import partner_of
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId

_MEMBERSHIP: Final = "membership/"
# Changes of other kinds, and renames, can affect anybody.
_LOCAL: Final = frozenset({"membership", "grant", "team", "partner"})
# With more changes, selecting takes longer than processing everything.
_FEW: Final = 100


def select_relevant(
    resources: Mapping[ResourceId, Resource], changes: Sequence[Change]
) -> Iterable[Resource]:
    """Return all resources except the memberships of people whom no change can affect.

    All memberships of people in affected teams are included, because another team may give the same access.
    """
    if len(changes) > _FEW or any(each.renamed_from or each.kind not in _LOCAL for each in changes):
        return resources.values()
    people = {person for each in changes for person in _named(each)}
    prefixes = tuple({prefix for each in changes for prefix in _prefixes(each)})
    others, memberships = [], []
    for resource_id, held in resources.items():
        if resource_id.startswith(_MEMBERSHIP):
            memberships.append(held)
            if resource_id.startswith(prefixes):
                people.add(ends(resource_id)[1])
        else:
            others.append(held)
    tails = {encoded(person) for person in people}
    return others + [held for held in memberships if held.id[held.id.rindex("/") + 1 :] in tails]


def _named(change: Change) -> list[str]:
    """Return the person of a change of a membership or of a grant to a person."""
    if change.kind == "membership":
        return [ends(change.id)[1]]
    start = ends(change.id)[0] if change.kind == "grant" else ""
    return [start.removeprefix("developer/")] if start.startswith("developer/") else []


def _prefixes(change: Change) -> list[str]:
    """Return the prefixes of the ids of memberships whose people a change affects."""
    partner = partner_of(change.id)
    if change.kind == "partner":
        return [f"{_MEMBERSHIP}{partner}/"]
    if partner is None:
        return []
    parts = change.id.split("/")
    return [f"{_MEMBERSHIP}{partner}/{parts[4] if change.kind == 'grant' else parts[2]}/"]
