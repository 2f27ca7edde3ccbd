"""The excerpt of a portal, taken from a read of everything: what an adapter that reads less must return."""

from collections.abc import Collection, Mapping

from reconciler.model.ids import kind_of
from reconciler.model.kinds import kind_row, parents, person_of, team_of
from reconciler.model.resource import Resource, ResourceId
from reconciler.model.snapshot import Excerpt


def excerpt_of(resources: Mapping[ResourceId, Resource], wanted: Excerpt) -> frozenset[ResourceId]:
    """Return the ids of what is in an excerpt, by the definition of `Excerpt` and nothing else."""
    memberships = {each for each in resources if kind_of(each) == "membership"}
    grants = {each for each in resources if kind_row(kind_of(each)).is_grant}
    items = {each for each in resources if kind_of(each) == "access-item"}

    receiving = wanted.objects | {
        parents(each)[0] for each in items if not wanted.objects.isdisjoint(parents(each))
    }
    received = {each for each in grants if not receiving.isdisjoint(parents(each))}
    teams = {
        each
        for each in resources
        if kind_of(each) == "team" and not wanted.objects.isdisjoint({each, *parents(each)})
    }
    teams |= {team for each in received if (team := team_of(each))}
    people = wanted.people | {person_of(each) for each in received if not team_of(each)}
    people |= {person_of(each) for each in memberships if team_of(each) in teams}

    theirs = {each for each in memberships if person_of(each) in people}
    teams |= {team for each in theirs if (team := team_of(each))}
    held = {each for each in grants if team_of(each) in teams or _person(each) in people}
    groups = {each for each in receiving | wanted.contents if kind_of(each) == "access-group"}
    groups |= _parents(held, "access-group")
    contents = {each for each in items if not groups.isdisjoint(parents(each))}
    products = {each for each in wanted.objects | wanted.contents if kind_of(each) == "api-product"}
    products |= _parents(contents, "api-product")
    bundled = {
        each
        for each in resources
        if kind_of(each) == "product-item" and not products.isdisjoint(parents(each))
    }
    partners = {each for each in wanted.objects if kind_of(each) == "partner"}
    partners |= _parents(teams | wanted.objects, "partner")
    found = {*partners, *teams, *theirs, *products, *bundled, *groups, *contents, *held}
    return frozenset(found & resources.keys())


def _person(grant: ResourceId) -> str | None:
    return None if team_of(grant) else person_of(grant)


def _parents(ids: Collection[ResourceId], kind: str) -> set[ResourceId]:
    return {parent for each in ids for parent in parents(each) if kind_of(parent) == kind}
