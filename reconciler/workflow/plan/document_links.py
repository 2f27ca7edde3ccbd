"""How the documents of partners, groups and products are linked: by former names, by grants, and by items."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

from reconciler.model.document import AccessGroup, ApiProduct, Body, Document, Partner, listed
from reconciler.model.ids import kind_of
from reconciler.model.portal_names import object_of
from reconciler.model.resource import ResourceId

Links: TypeAlias = Mapping[ResourceId, Collection[ResourceId]]


def links_of(documents: Iterable[Document]) -> Links:
    """Return what former names link: each partner, group or product with those that have or had its name.

    A partner is linked to itself if one of its teams has a former name.
    """
    links: defaultdict[ResourceId, set[ResourceId]] = defaultdict(set)
    for document in documents:
        for former in _formers(document.body):
            own = f"{object_of(document.body)}"
            links[former].add(own)
            links[own].add(former)
    return links


def linked(links: Links, names: Iterable[ResourceId]) -> frozenset[ResourceId]:
    """Return the names with all others that are linked to them, directly or not."""
    found: set[ResourceId] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(links.get(name, ()))
    return frozenset(found)


def _formers(body: Body | None) -> Iterator[ResourceId]:
    """Yield the former names of what a document defines, and the partners that its teams come from."""
    if isinstance(body, Partner | AccessGroup | ApiProduct) and body.metadata.previously:
        kind = kind_of(f"{object_of(body)}")
        yield from (f"{kind}/{former}" for former in listed(body.metadata.previously))
    if isinstance(body, Partner):
        formers = [
            former for team in body.spec.teams if team.previously for former in listed(team.previously)
        ]
        for former in formers:
            yield f"partner/{former.partition('/')[0] if '/' in former else body.metadata.name}"


def relevant(documents: Iterable[Document], names: frozenset[ResourceId]) -> frozenset[ResourceId]:
    """Return the names of all documents that decide about these objects, and about access through them.

    These are the groups with a product, the partners of a group, all groups of these partners, in whichever
    file a grant is, and the products in all these groups.
    """
    if not names:
        return names
    bodies = [each.body for each in documents]
    groups = [
        (f"access-group/{each.metadata.name}", frozenset(_in_group(each)))
        for each in bodies
        if isinstance(each, AccessGroup)
    ]
    # A changed product changes what its groups give.
    giving = {own for own, used in groups if own in names or any(map(_is_product, used & names))}
    partners = [
        (own, frozenset(_groups_of(each)))
        for each in bodies
        if isinstance(each, Partner) and ((own := f"partner/{each.metadata.name}") in names or giving)
    ]
    using = (own for own, used in partners if not used.isdisjoint(giving))
    granted = chain.from_iterable(used for own, used in groups if own in giving)
    holders = set(filter(_is_partner, chain(names, using, granted)))
    found = {*names, *giving, *holders}
    # Whether access to an API is new depends on the other groups of the partner.
    found.update(*(used for own, used in partners if own in holders))
    found.update(own for own, used in groups if not used.isdisjoint(holders))
    for own, used in groups:
        if own in found:
            found.update(filter(_is_product, used))
    return frozenset(found)


def _is_partner(name: ResourceId) -> bool:
    return kind_of(name) == "partner"


def _is_product(name: ResourceId) -> bool:
    return kind_of(name) == "api-product"


def _groups_of(body: Partner) -> Iterator[ResourceId]:
    """Yield the groups of a partner."""
    for access in (*body.spec.access, *chain.from_iterable(team.access for team in body.spec.teams)):
        yield f"access-group/{access if isinstance(access, str) else access.group}"


def _in_group(body: AccessGroup) -> Iterator[ResourceId]:
    """Yield the products in a group, and the partners that it is given to."""
    yield from (f"api-product/{each}" for each in body.spec.products)
    for grant in body.spec.grants:
        holder = grant.team or grant.partner
        if holder:
            yield f"partner/{holder.partition('/')[0]}"
