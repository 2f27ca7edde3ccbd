"""Select the resources that a few changes can affect: most plans change some of thousands of teams."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from reconciler.model.graph.edges import ends
from reconciler.model.ids import encoded, name_of
from reconciler.model.kinds import person_of, team_of
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, ResourceId

_MEMBERSHIP: Final = "membership/"
# Changes of other kinds, and renames, can affect anybody.
_LOCAL: Final = frozenset({"membership", "grant", "api-grant", "team", "partner"})
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
    person = person_of(change.id)
    return [person] if person else []


def _prefixes(change: Change) -> list[str]:
    """Return the prefixes of the ids of memberships whose people a change affects."""
    if change.kind == "partner":
        return [f"{_MEMBERSHIP}{name_of(change.id)}/"]
    team = team_of(change.id)
    return [f"{_MEMBERSHIP}{name_of(team)}/"] if team else []
