"""What the embedded portal's objects are in our words: one resource an object, its id made of names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from reconciler.model.resource import OfferedApi, Resource, ResourceId, grant_fields, membership_fields
from reconciler.portals.embedded.resource_ids import Ids, ids_by_kind, names_in_ids
from reconciler.portals.embedded.schemas import (
    AccessGroup,
    AccessItem,
    Api,
    Grant,
    Member,
    Partner,
    Product,
    ProductItem,
    Stored,
    Team,
    domain,
    person,
)


class StoredById(Mapping[ResourceId, Stored]):
    """The objects that resources come from, by the ids of these. Few ask for them."""

    def __init__(self, lists: Mapping[str, Sequence[Any]], ids: Mapping[str, Ids]) -> None:
        self._lists, self._ids = lists, ids

    def __getitem__(self, resource_id: ResourceId) -> Stored:
        return self._by_id[resource_id]

    def __iter__(self) -> Iterator[ResourceId]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @cached_property
    def _by_id(self) -> dict[ResourceId, Stored]:
        return {
            resource_id: stored
            for kind, ids in self._ids.items()
            for resource_id, stored in zip(ids, self._lists[kind], strict=True)
            if resource_id is not None
        }


def offered_apis(apis: Sequence[Api]) -> dict[str, OfferedApi]:
    """Return the APIs that the portal offers, by name."""
    return {
        name: OfferedApi(name, api.visibility, api.owner, api.display_name)
        for name, api in zip(names_in_ids(apis), apis, strict=True)
    }


def mapped(
    lists: Mapping[str, Sequence[Any]],
) -> tuple[dict[ResourceId, Resource], Mapping[ResourceId, Stored]]:
    """Return the resources by id, and the objects of each kind that they come from.

    An object whose parents are missing has no id and is left out.
    """
    resource_of: Mapping[str, Callable[[ResourceId, Any], Resource]] = {
        "partner": _partner,
        "team": _team,
        "membership": _membership,
        "api-product": _product,
        "product-item": _item,
        "access-group": _group,
        "access-item": _item,
        "grant": _grant,
    }
    ids = ids_by_kind(lists)
    resources = {
        resource_id: make(resource_id, stored)
        for kind, make in resource_of.items()
        for resource_id, stored in zip(ids[kind], lists[kind], strict=True)
        if resource_id is not None
    }
    return resources, StoredById(lists, ids)


def _partner(resource_id: ResourceId, partner: Partner) -> Resource:
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
    return Resource(resource_id, fields, partner.managed_by)


def _team(resource_id: ResourceId, team: Team) -> Resource:
    fields = {"displayName": team.display_name, "delegated": team.delegated}
    return Resource(resource_id, fields, team.managed_by)


def _membership(resource_id: ResourceId, member: Member) -> Resource:
    fields = membership_fields(member.role, member.until)
    return Resource(resource_id, fields, None, member.state, member.invited_at)


def _product(resource_id: ResourceId, product: Product) -> Resource:
    fields = {
        "displayName": product.display_name,
        "owner": product.owner,
        "visibility": product.visibility,
    }
    if product.description:
        fields["description"] = product.description
    return Resource(resource_id, fields, product.managed_by)


def _group(resource_id: ResourceId, group: AccessGroup) -> Resource:
    fields = {"displayName": group.display_name, "owner": group.owner}
    if group.description:
        fields["description"] = group.description
    return Resource(resource_id, fields, group.managed_by)


def _item(resource_id: ResourceId, _: ProductItem | AccessItem) -> Resource:
    return Resource(resource_id, {})


def _grant(resource_id: ResourceId, grant: Grant) -> Resource:
    return Resource(resource_id, grant_fields(grant.level, grant.reason, grant.until))
