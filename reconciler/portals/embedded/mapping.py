"""What the embedded portal's objects are in our words: one resource an object, its id made of names.

A hundred thousand objects come this way, so each kind is one flat loop over what its objects hold.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from reconciler.model.ids import encoded
from reconciler.model.resource import OfferedApi, Resource, ResourceId, SharedFields
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

# The resources by id, and the objects that they come from.
_Found: TypeAlias = tuple[dict[ResourceId, Resource], dict[ResourceId, Stored]]


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
    found: _Found = {}, {}
    for partner in objects.partners:
        _add(found, _partner(partner), partner)
    _add_teams(found, objects.teams, names)
    _add_memberships(found, objects.members, names)
    for product in objects.products:
        _add(found, _product(product), product)
    _add_product_items(found, objects.product_items, names)
    for group in objects.access_groups:
        _add(found, _group(group), group)
    _add_access_items(found, objects.access_items, names)
    _add_grants(found, objects.grants, names)
    return found


def _add(found: _Found, resource: Resource, stored: Stored) -> None:
    resources, native = found
    resources[resource.id] = resource
    native[resource.id] = stored


def _by_id(named: Iterable[Named]) -> dict[str, str]:
    return {each.id: encoded(each.name) for each in named}


def _partner(partner: Partner) -> Resource:
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
    return Resource(f"partner/{encoded(partner.name)}", fields, partner.managed_by)


def _add_teams(found: _Found, teams: list[Team], names: _Names) -> None:
    for team in teams:
        name = names.teams.get(team.id)
        if name is not None:
            fields = {"displayName": team.display_name, "delegated": team.delegated}
            _add(found, Resource(f"team/{name}", fields, team.managed_by), team)


def _add_memberships(found: _Found, members: list[Member], names: _Names) -> None:
    resources, native = found
    shared = SharedFields("role", "until")
    for member in members:
        team = names.teams.get(member.team_id)
        if team is not None:
            resource_id = f"membership/{team}/{encoded(person(member.email))}"
            fields = shared[member.role, member.until]
            resources[resource_id] = Resource(resource_id, fields, None, member.state, member.invited_at)
            native[resource_id] = member


def _product(product: Product) -> Resource:
    fields = {
        "displayName": product.display_name,
        "owner": product.owner,
        "visibility": product.visibility,
    }
    if product.description:
        fields["description"] = product.description
    return Resource(f"api-product/{encoded(product.name)}", fields, product.managed_by)


def _add_product_items(found: _Found, items: list[ProductItem], names: _Names) -> None:
    for item in items:
        product, api = names.products.get(item.product_id), names.apis.get(item.api_id)
        if product is not None and api is not None:
            _add(found, Resource(f"product-item/{product}/{api}", {}), item)


def _group(group: AccessGroup) -> Resource:
    fields = {"displayName": group.display_name, "owner": group.owner}
    if group.description:
        fields["description"] = group.description
    return Resource(f"access-group/{encoded(group.name)}", fields, group.managed_by)


def _add_access_items(found: _Found, items: list[AccessItem], names: _Names) -> None:
    for item in items:
        group = names.groups.get(item.group_id)
        sort, name = _item(item, names.apis, names.products)
        if group is not None and name is not None:
            _add(found, Resource(f"access-item/{group}/{sort}/{name}", {}), item)


def _item(item: AccessItem, apis: Mapping[str, str], products: Mapping[str, str]) -> tuple[str, str | None]:
    if item.api_id is not None:
        return "api", apis.get(item.api_id)
    return "product", products.get(item.product_id or "")


def _add_grants(found: _Found, grants: list[Grant], names: _Names) -> None:
    resources, native = found
    shared = SharedFields("level", "until", "reason")
    for grant in grants:
        group = names.groups.get(grant.group_id)
        holder = _holder(grant, names.teams)
        if group is not None and holder is not None:
            resource_id = f"grant/{group}/{holder}"
            resources[resource_id] = Resource(resource_id, shared[grant.level, grant.until, grant.reason])
            native[resource_id] = grant


def _holder(grant: Grant, teams: Mapping[str, str]) -> str | None:
    if grant.team_id is None:
        return f"developer/{encoded(person(grant.email or ''))}"
    team = teams.get(grant.team_id)
    return None if team is None else f"team/{team}"
