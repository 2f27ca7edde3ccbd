"""What the embedded portal's objects are in our words: one resource an object, its id made of names.

A hundred thousand objects come this way, so each kind is one flat loop over what its objects hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from reconciler.model.ids import encoded
from reconciler.model.resource import OfferedApi, Resource, ResourceId
from reconciler.portals.embedded.schemas import (
    AccessGroup,
    AccessItem,
    Api,
    Grant,
    Member,
    Named,
    Partner,
    Product,
    ProductItem,
    Stored,
    Team,
    domain,
    person,
)

_Mapped: TypeAlias = tuple[Resource, Stored]


class Objects(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All objects of one read, or of an excerpt as the portal sends it."""

    partners: list[Partner]
    teams: list[Team]
    members: list[Member]
    products: list[Product]
    product_items: list[ProductItem]
    access_groups: list[AccessGroup]
    access_items: list[AccessItem]
    grants: list[Grant]
    apis: list[Api]

    @property
    def by_kind(self) -> dict[str, list[Any]]:
        """The objects by kind."""
        return {
            "partner": self.partners,
            "team": self.teams,
            "membership": self.members,
            "api-product": self.products,
            "product-item": self.product_items,
            "access-group": self.access_groups,
            "access-item": self.access_items,
            "grant": self.grants,
            "api": self.apis,
        }


class _Names(msgspec.Struct, frozen=True):
    """Names as ids hold them, by the portal's own ids; a team's has its partner's before it."""

    teams: dict[str, str]
    products: dict[str, str]
    groups: dict[str, str]
    apis: dict[str, str]


def offered_apis(apis: list[Api]) -> dict[str, OfferedApi]:
    """Return the APIs that the portal offers, by name."""
    names = [encoded(api.name) for api in apis]
    return {
        name: OfferedApi(name, api.visibility, api.owner, api.display_name)
        for name, api in zip(names, apis, strict=True)
    }


def mapped(objects: Objects) -> tuple[dict[ResourceId, Resource], dict[ResourceId, Stored]]:
    """Return the resources by id, and the objects that they come from.

    An object whose parents are missing has no id and is left out.
    """
    partners = _by_id(objects.partners)
    names = _Names(
        teams={
            team.id: f"{partners[team.partner_id]}/{encoded(team.name)}"
            for team in objects.teams
            if team.partner_id in partners
        },
        products=_by_id(objects.products),
        groups=_by_id(objects.access_groups),
        apis=_by_id(objects.apis),
    )
    resources: dict[ResourceId, Resource] = {}
    native: dict[ResourceId, Stored] = {}
    for resource, stored in _all(objects, names):
        resources[resource.id] = resource
        native[resource.id] = stored
    return resources, native


def _by_id(named: Iterable[Named]) -> dict[str, str]:
    return {each.id: encoded(each.name) for each in named}


def _all(objects: Objects, names: _Names) -> Iterator[_Mapped]:
    yield from map(_partner, objects.partners)
    yield from _teams(objects.teams, names)
    yield from _memberships(objects.members, names)
    yield from map(_product, objects.products)
    yield from _product_items(objects.product_items, names)
    yield from map(_group, objects.access_groups)
    yield from _access_items(objects.access_items, names)
    yield from _grants(objects.grants, names)


def _partner(partner: Partner) -> _Mapped:
    fields: dict[str, Any] = {
        "type": partner.type,
        "status": partner.status,
        "displayName": partner.display_name,
        "owner": partner.owner,
    }
    if partner.domains:
        fields["domains"] = sorted(map(domain, partner.domains))
    if partner.agreement:
        fields["agreement"] = partner.agreement
    if partner.blocked:
        fields["blocked"] = sorted(map(person, partner.blocked))
    return Resource(f"partner/{encoded(partner.name)}", fields, partner.managed_by), partner


def _teams(teams: list[Team], names: _Names) -> Iterator[_Mapped]:
    for team in teams:
        name = names.teams.get(team.id)
        if name is not None:
            fields = {"displayName": team.display_name, "delegated": team.delegated}
            yield Resource(f"team/{name}", fields, team.managed_by), team


def _memberships(members: list[Member], names: _Names) -> Iterator[_Mapped]:
    # Most memberships have one of two roles and no end; sharing their fields saves much memory.
    shared: dict[tuple[str, str | None], dict[str, Any]] = {}
    for member in members:
        team = names.teams.get(member.team_id)
        if team is not None:
            key = member.role, member.until
            if key not in shared:
                shared[key] = _present(role=member.role, until=member.until)
            resource_id = f"membership/{team}/{encoded(person(member.email))}"
            yield Resource(resource_id, shared[key], None, member.state, member.invited_at), member


def _present(**values: str | None) -> dict[str, Any]:
    """Return the fields that have a value."""
    return {name: value for name, value in values.items() if value}


def _product(product: Product) -> _Mapped:
    fields = {
        "displayName": product.display_name,
        "owner": product.owner,
        "visibility": product.visibility,
    }
    if product.description:
        fields["description"] = product.description
    return Resource(f"api-product/{encoded(product.name)}", fields, product.managed_by), product


def _product_items(items: list[ProductItem], names: _Names) -> Iterator[_Mapped]:
    for item in items:
        product, api = names.products.get(item.product_id), names.apis.get(item.api_id)
        if product is not None and api is not None:
            yield Resource(f"product-item/{product}/{api}", {}), item


def _group(group: AccessGroup) -> _Mapped:
    fields = {"displayName": group.display_name, "owner": group.owner}
    if group.description:
        fields["description"] = group.description
    return Resource(f"access-group/{encoded(group.name)}", fields, group.managed_by), group


def _access_items(items: list[AccessItem], names: _Names) -> Iterator[_Mapped]:
    for item in items:
        group = names.groups.get(item.group_id)
        sort, name = _item(item, names.apis, names.products)
        if group is not None and name is not None:
            yield Resource(f"access-item/{group}/{sort}/{name}", {}), item


def _item(item: AccessItem, apis: Mapping[str, str], products: Mapping[str, str]) -> tuple[str, str | None]:
    if item.api_id is not None:
        return "api", apis.get(item.api_id)
    return "product", products.get(item.product_id or "")


def _grants(grants: list[Grant], names: _Names) -> Iterator[_Mapped]:
    shared: dict[tuple[str, str | None, str | None], dict[str, Any]] = {}
    for grant in grants:
        group = names.groups.get(grant.group_id)
        holder = _holder(grant, names.teams)
        if group is not None and holder is not None:
            key = grant.level, grant.until, grant.reason
            if key not in shared:
                shared[key] = _present(level=grant.level, until=grant.until, reason=grant.reason)
            yield Resource(f"grant/{group}/{holder}", shared[key]), grant


def _holder(grant: Grant, teams: Mapping[str, str]) -> str | None:
    if grant.team_id is None:
        return f"developer/{encoded(person(grant.email or ''))}"
    team = teams.get(grant.team_id)
    return None if team is None else f"team/{team}"
