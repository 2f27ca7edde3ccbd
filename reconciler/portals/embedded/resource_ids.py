"""The ids of the embedded portal's objects, which are made of names."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from reconciler.model.ids import encoded
from reconciler.model.resource import ResourceId
from reconciler.portals.embedded.schemas import AccessItem, Grant, Member, Named, ProductItem, Team, person

# The ids of a list of objects, in its order; None for an object whose parents are missing.
Ids: TypeAlias = Sequence[ResourceId | None]
# Names as ids have them, by the portal's own ids; a team's has its partner's before it.
_Names: TypeAlias = Mapping[str, str]

# One name that has to be encoded makes the others that are checked with it take longer.
_AT_ONCE: Final = 1_000


def ids_by_kind(lists: Mapping[str, Sequence[Any]]) -> dict[str, Ids]:
    """Return the ids of lists of objects, of which there is one of each kind."""
    partners, apis = _by_id(lists["partner"]), _by_id(lists["api"])
    products, groups = _by_id(lists["api-product"]), _by_id(lists["access-group"])
    teams = _teams_by_id(lists["team"], partners)
    return {
        "partner": _of_named("partner", lists["partner"]),
        "team": _of_teams(lists["team"], teams),
        "membership": _of_members(lists["membership"], teams),
        "api-product": _of_named("api-product", lists["api-product"]),
        "product-item": _of_product_items(lists["product-item"], products, apis),
        "access-group": _of_named("access-group", lists["access-group"]),
        "access-item": _of_access_items(lists["access-item"], groups, apis, products),
        "grant": _of_grants(lists["grant"], groups, teams),
    }


def names_in_ids(named: Sequence[Named | Team]) -> list[str]:
    """Return the names of objects as ids have them."""
    return _converted([each.name for each in named], _are_encoded, encoded)


def _people(addresses: Sequence[str]) -> list[str]:
    return _converted(addresses, _are_people, lambda address: encoded(person(address)))


def _by_id(named: Sequence[Named]) -> _Names:
    return dict(zip([each.id for each in named], names_in_ids(named), strict=True))


def _teams_by_id(teams: Sequence[Team], partners: _Names) -> _Names:
    return {
        team.id: f"{partners[team.partner_id]}/{name}"
        for team, name in zip(teams, names_in_ids(teams), strict=True)
        if team.partner_id in partners
    }


def _of_named(kind: str, named: Sequence[Named]) -> Ids:
    return [f"{kind}/{name}" for name in names_in_ids(named)]


def _of_teams(teams: Sequence[Team], names: _Names) -> Ids:
    found = [names.get(team.id) for team in teams]
    return [None if name is None else f"team/{name}" for name in found]


def _of_members(members: Sequence[Member], teams: _Names) -> Ids:
    found = [teams.get(member.team_id) for member in members]
    people = _people([member.email for member in members])
    return [
        None if team is None else f"membership/{team}/{name}"
        for team, name in zip(found, people, strict=True)
    ]


def _of_product_items(items: Sequence[ProductItem], products: _Names, apis: _Names) -> Ids:
    return [
        f"product-item/{products[item.product_id]}/{apis[item.api_id]}"
        if item.product_id in products and item.api_id in apis
        else None
        for item in items
    ]


def _of_access_items(items: Sequence[AccessItem], groups: _Names, apis: _Names, products: _Names) -> Ids:
    return [_of_access_item(item, groups.get(item.group_id), apis, products) for item in items]


def _of_access_item(item: AccessItem, group: str | None, apis: _Names, products: _Names) -> ResourceId | None:
    sort = "product" if item.api_id is None else "api"
    content = products.get(item.product_id or "") if item.api_id is None else apis.get(item.api_id)
    return None if group is None or content is None else f"access-item/{group}/{sort}/{content}"


def _of_grants(grants: Sequence[Grant], groups: _Names, teams: _Names) -> Ids:
    return [_of_grant(grant, groups.get(grant.group_id), teams) for grant in grants]


def _of_grant(grant: Grant, group: str | None, teams: _Names) -> ResourceId | None:
    sort = "developer" if grant.team_id is None else "team"
    holder = encoded(person(grant.email or "")) if grant.team_id is None else teams.get(grant.team_id)
    return None if group is None or holder is None else f"grant/{group}/{sort}/{holder}"


def _converted(
    texts: Sequence[str], are_converted: Callable[[str], bool], convert: Callable[[str], str]
) -> list[str]:
    """Convert each text. Nearly all stay as they are, which one check of many joined texts finds.

    Empty texts are the only ones that a joined text hides.
    """
    found: list[str] = []
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        found += some if all(some) and are_converted("".join(some)) else map(convert, some)
    return found


def _are_encoded(names: str) -> bool:
    return names.isprintable() and "/" not in names and "%" not in names


def _are_people(addresses: str) -> bool:
    return addresses.isascii() and addresses == addresses.lower() and _are_encoded(addresses)
