"""The excerpt of a portal, computed the long way round: the objects that decide about chosen ones."""

from collections.abc import Collection, Iterable, Mapping

from reconciler.model.ids import kind_of
from reconciler.model.kinds import name_in, parents, partner_of, person_of, team_of
from reconciler.model.resource import Resource, ResourceId
from reconciler.model.snapshot import Excerpt

Resources = Mapping[ResourceId, Resource]


def excerpt(held: Resources, wanted: Excerpt) -> dict[ResourceId, Resource]:
    """Return the part of a portal that an excerpt names."""
    objects = wanted.objects
    groups = {
        *(each for each in objects if kind_of(each) == "access-group"),
        *(parents(each)[0] for each in _of(held, "access-item") if {*parents(each)[1:]} & objects),
    }
    teams = {
        *(each for each in objects if kind_of(each) == "team"),
        *(each for each in _of(held, "team") if f"partner/{partner_of(each)}" in objects),
        *(team for each in _grants(held, groups) if (team := team_of(each))),
    }
    people = {
        *wanted.people,
        *(person_of(each) for each in _of(held, "membership") if team_of(each) in teams),
        *(person_of(each) for each in _grants(held, groups) if team_of(each) is None),
    }
    memberships = [each for each in _of(held, "membership") if person_of(each) in people]
    teams.update(f"{team_of(each)}" for each in memberships)
    grants = [
        each
        for each in _of(held, "grant")
        if f"access-group/{name_in(each, 'group')}" in groups
        or team_of(each) in teams
        or (team_of(each) is None and person_of(each) in people)
    ]
    groups.update(f"access-group/{name_in(each, 'group')}" for each in grants)
    groups.update(each for each in wanted.contents if kind_of(each) == "access-group")
    items = [each for each in _of(held, "access-item") if parents(each)[0] in groups]
    products = {
        each
        for each in (*objects, *wanted.contents, *(above for item in items for above in parents(item)))
        if kind_of(each) == "api-product"
    }
    contained = [each for each in _of(held, "product-item") if parents(each)[0] in products]
    partners = {f"partner/{partner_of(each)}" for each in teams}
    chosen = {*objects, *groups, *teams, *memberships, *grants, *items, *products, *contained, *partners}
    return {each: held[each] for each in held if each in chosen}


def _of(held: Resources, kind: str) -> Iterable[ResourceId]:
    return (each for each in held if kind_of(each) == kind)


def _grants(held: Resources, groups: Collection[ResourceId]) -> Iterable[ResourceId]:
    return (each for each in _of(held, "grant") if f"access-group/{name_in(each, 'group')}" in groups)
