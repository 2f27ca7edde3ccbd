"""The page of each kind: its properties, and what belongs to it."""

from collections.abc import Mapping
from typing import Any

from reconciler.portal_server.pages import layout
from reconciler.portal_server.pages.operator import edit, screens
from reconciler.portal_server.pages.operator.lists import browse, names_of
from reconciler.portal_server.pages.operator.screens import Screen
from reconciler.portal_server.pages.visit import PageResponse, Visit


def partner(visit: Visit) -> PageResponse:
    """Show a partner: its teams with their admins and access."""
    found = edit.load(visit, screens.PARTNER)
    teams = browse(visit, "teams", {"partner": found.id}, screens.PARTNER.page_of(found.id))
    ids = {"ids": [team.id for team in teams.items]}
    grants = visit.perform("list-team-grants", body=ids)
    return _page(
        visit,
        screens.PARTNER,
        found,
        teams=teams,
        admins=_by_team(visit.perform("list-admins", body=ids)),
        grants=_by_team(grants),
        groups=names_of(visit, (grant.group_id for grant in grants)),
        types={value: label for value, label, _ in screens.TYPES},
    )


def team(visit: Visit) -> PageResponse:
    """Show a team: its admins, its access and its tokens."""
    found = edit.load(visit, screens.TEAM)
    ids = {"ids": [found.id]}
    grants = visit.perform("list-team-grants", body=ids)
    return _page(
        visit,
        screens.TEAM,
        found,
        partner=names_of(visit, [found.partner_id])[found.partner_id],
        reference=names_of(visit, [found.id])[found.id].reference,
        admins=visit.perform("list-admins", body=ids),
        members=visit.perform("list-members", query={"team": found.id, "limit": "1"}).total,
        grants=grants,
        groups=names_of(visit, (grant.group_id for grant in grants)),
        tokens=visit.perform("browse-tokens", query={"team": found.id}).items,
    )


def access_group(visit: Visit) -> PageResponse:
    """Show an access group: what it contains, and to whom it is granted."""
    found = edit.load(visit, screens.ACCESS_GROUP)
    items = visit.perform("list-access-items", query={"group": found.id, "limit": "1000"})
    cursor = visit.query.get("grants")
    place = {"cursor": cursor} if cursor else {}
    grants = visit.perform("list-grants", query={"group": found.id, "limit": "50", **place})
    targets = [item.api_id or item.product_id for item in items.items]
    return _page(
        visit,
        screens.ACCESS_GROUP,
        found,
        items=items,
        apis=visit.perform("list-group-apis", body={"ids": [found.id]}),
        grants=grants,
        names=names_of(visit, [*targets, *(grant.team_id for grant in grants.items)]),
    )


def product(visit: Visit) -> PageResponse:
    """Show a product: its APIs, and the access groups that contain it."""
    found = edit.load(visit, screens.PRODUCT)
    items = visit.perform("list-product-items", query={"product": found.id, "limit": "1000"})
    inside = visit.perform("list-access-items", query={"product": found.id, "limit": "1000"}).items
    ids = [*(item.api_id for item in items.items), *(item.group_id for item in inside)]
    return _page(visit, screens.PRODUCT, found, items=items, inside=inside, names=names_of(visit, ids))


def api(visit: Visit) -> PageResponse:
    """Show an API, and the products and access groups that contain it."""
    found = edit.load(visit, screens.API)
    products = visit.perform("list-product-items", query={"api": found.id, "limit": "1000"}).items
    groups = visit.perform("list-access-items", query={"api": found.id, "limit": "1000"}).items
    ids = [*(item.product_id for item in products), *(item.group_id for item in groups)]
    return _page(visit, screens.API, found, products=products, groups=groups, names=names_of(visit, ids))


def person(visit: Visit) -> PageResponse:
    """Show an account: its teams, its own grants, and what it can call today."""
    found = edit.load(visit, screens.PERSON)
    members = visit.perform("list-members", query={"email": found.email, "limit": "1000"}).items
    grants = visit.perform("list-grants", query={"email": found.email, "limit": "1000"}).items
    ids = [*(member.team_id for member in members), *(grant.group_id for grant in grants)]
    return _page(
        visit,
        screens.PERSON,
        found,
        members=members,
        grants=grants,
        names=names_of(visit, ids),
        access=visit.perform("get-access", path={"email": found.email}).access,
    )


def _page(visit: Visit, screen: Screen, found: Any, **context: Any) -> PageResponse:
    return layout.page(
        visit,
        f"operator/{screen.kind}.html",
        screen=screen,
        found=found,
        file=edit.file_of(visit, found),
        **context,
    )


def _by_team(objects: list[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in objects:
        found.setdefault(each.team_id, []).append(each)
    return found
