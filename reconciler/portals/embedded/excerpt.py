"""What the portal is asked for an excerpt and for totals, and how it answers."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Final

import msgspec

from reconciler.http.request import Request
from reconciler.model.ids import decoded, split_id, split_team
from reconciler.model.portal import Totals
from reconciler.model.snapshot import Excerpt
from reconciler.portals.embedded.forms import FormDecoder
from reconciler.portals.embedded.schemas import (
    AccessGroup,
    AccessItem,
    Api,
    Grant,
    Member,
    Partner,
    Product,
    ProductItem,
    Team,
)

# An earlier version has no excerpts; others refuse those that are too large, or name what no portal has.
REFUSED: Final = frozenset(
    {
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


class _Objects(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An excerpt as the portal sends it."""

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


EXCERPT: Final = FormDecoder(
    msgspec.json.Decoder(_Objects),
    lambda objects: {
        f"$.{key}[{{}}]": found
        for key, found in zip(
            _Objects.__struct_encode_fields__, msgspec.structs.astuple(objects), strict=True
        )
    },
)


class _Managed(msgspec.Struct, frozen=True, rename="camel"):
    """The managed objects of each kind; the fields have the names of the lists."""

    partners: int
    teams: int
    members: int
    products: int
    product_items: int
    access_groups: int
    access_items: int
    grants: int


class CountedTotals(msgspec.Struct, frozen=True):
    """The totals as the portal sends them."""

    managed: _Managed
    people: int | None

    @property
    def totals(self) -> Totals:
        """The totals in our terms; a kind without objects is left out."""
        counted = self.managed
        by_kind = {
            "partner": counted.partners,
            "team": counted.teams,
            "membership": counted.members,
            "api-product": counted.products,
            "product-item": counted.product_items,
            "access-group": counted.access_groups,
            "access-item": counted.access_items,
            "grant": counted.grants,
        }
        return Totals({kind: count for kind, count in by_kind.items() if count}, self.people)


TOTALS: Final = msgspec.json.Decoder(CountedTotals)


def excerpt_request(excerpt: Excerpt) -> Request:
    """Return the request for an excerpt. It changes nothing, so it may be repeated."""
    names = _names(excerpt.objects)
    contents = _names(excerpt.contents)
    body: dict[str, Any] = {
        "partners": [decoded(name) for name in names["partner"]],
        "teams": [_team(name) for name in names["team"]],
        "accessGroups": [decoded(name) for name in names["access-group"]],
        "products": [decoded(name) for name in names["api-product"]],
        "contents": {
            "accessGroups": [decoded(name) for name in contents["access-group"]],
            "products": [decoded(name) for name in contents["api-product"]],
        },
        "people": sorted(excerpt.people),
    }
    return Request(method="POST", path="excerpt", body=body, safe=True)


def totals_request(owner_label: str, external: Collection[str], day: str | None) -> Request:
    """Return the request for totals. It changes nothing, so it may be repeated."""
    partners = sorted(map(decoded, external))
    body = {"managedBy": owner_label, "externalPartners": partners, "on": day}
    return Request(method="POST", path="totals", body=body, safe=True)


def _names(ids: Collection[str]) -> dict[str, list[str]]:
    """Return the names in ids, by kind and sorted."""
    names: dict[str, list[str]] = {"partner": [], "team": [], "access-group": [], "api-product": []}
    for each in sorted(ids):
        kind, name = split_id(each)
        names[kind].append(name)
    return names


def _team(name: str) -> dict[str, str]:
    partner, team = split_team(name)
    return {"partner": decoded(partner), "name": decoded(team)}
