"""A portal as it has grown over years, made through its API: nobody has thought of files for it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from tests.portal_server.driver import Portal

# When the sizes are those of a portal that somebody had.
PARTNERS: Final = 39
TEAMS: Final = 114
MEMBERS: Final = 554
# Before the first invitations, which have expired on the day of these tests.
BEGAN: Final = datetime(2026, 10, 1, 9, tzinfo=UTC)
NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
APIS: Final = ("Tracking.v2", "rates-v1", "Labels_v3", "customs", "invoices", "geo~points")
OWNERS: Final = ("logistics", "finance", "partnerships")
_NAMES: Final = (
    "Acme.Logistics",
    "NordLys",
    "Kargo_Express",
    "blue-freight",
    "Müller".replace("ü", "ue"),
    "ZETA",
)
_TEAMS: Final = ("Integration", "web", "Ops.EU", "Finance_Team")
_TYPES: Final = ("reseller", "external", "contractor", "subsidiary")
_LEVELS: Final = ("consume", "view")


class Size(msgspec.Struct, frozen=True):
    """How many partners, teams and memberships there are."""

    partners: int = PARTNERS
    teams: int = TEAMS
    members: int = MEMBERS


def grow(portal: Portal, size: Size) -> None:
    """Fill an empty portal."""
    portal.clock = BEGAN
    apis = [portal.made("/apis", **_called(name), owner=OWNERS[0]) for name in APIS]
    partners = [_partner(portal, number) for number in range(size.partners)]
    teams = [_team(portal, partners[number % size.partners], number) for number in range(size.teams)]
    for number in range(size.members):
        if number == size.members // 20:
            # What was not accepted until now has expired.
            portal.clock = NOW - timedelta(days=1)
        _member(portal, teams[number % size.teams], number, size)
    _access(portal, apis, teams)
    portal.clock = NOW


def _called(name: str) -> dict[str, str]:
    """The fields of something by its name; its display name has spaces and capitals."""
    return {"name": name, "displayName": f"{name} for Partners & Friends"}


def _partner(portal: Portal, number: int) -> dict[str, Any]:
    name = f"{_NAMES[number % len(_NAMES)]}{number // len(_NAMES) or ''}"
    made = portal.made(
        "/partners",
        **_called(name),
        type=_TYPES[number % len(_TYPES)],
        owner=OWNERS[number % len(OWNERS)],
        domains=[f"p{number}.example"],
        agreement=f"MSA-{number}" if number % 3 else None,
    )
    return {**made, "number": number}


def _team(portal: Portal, partner: dict[str, Any], number: int) -> dict[str, Any]:
    name = f"{_TEAMS[number % len(_TEAMS)]}-{number}"
    made = portal.made("/teams", partnerId=partner["id"], **_called(name), delegated=number % 4 != 3)
    return {**made, "partner": partner["number"], "number": number}


def _member(portal: Portal, team: dict[str, Any], number: int, size: Size) -> None:
    """Add a member; the first one of most teams is its admin."""
    is_admin = number < size.teams and team["number"] % 9 != 4
    email = f"person.{number}@p{team['partner']}.example"
    portal.member(team, email, "admin" if is_admin else "member")
    if number % 25 == 7:
        [code] = portal.codes(email)
        assert portal.answer(code, "accept").status_code == 200


def _access(portal: Portal, apis: list[dict[str, Any]], teams: list[dict[str, Any]]) -> None:
    """Add products and groups, grants to teams and to people, and a team of another repository."""
    product = portal.made(
        "/products", **_called("Shipping.Suite"), owner="logistics", visibility="restricted"
    )
    for api in apis[:2]:
        portal.made("/product-items", productId=product["id"], apiId=api["id"])
    groups = [
        portal.made("/access-groups", **_called(f"Group.{number}"), owner=OWNERS[number % 3])
        for number in range(5)
    ]
    for number, group in enumerate(groups):
        portal.made("/access-items", groupId=group["id"], apiId=apis[number % len(apis)]["id"])
    portal.made("/access-items", groupId=groups[0]["id"], productId=product["id"])
    for number, team in enumerate(teams):
        portal.made("/grants", groupId=groups[number % 5]["id"], teamId=team["id"], level=_LEVELS[number % 2])
    portal.made("/grants", groupId=groups[1]["id"], email="sam@indie.example", until="2027-03-31")
    others = portal.made(
        "/partners", **_called("Elsewhere"), type="external", owner="logistics", managedBy="another-company"
    )
    team = portal.made("/teams", partnerId=others["id"], **_called("theirs"), managedBy="another-company")
    portal.member(team, "ana@elsewhere.example", "admin")
    portal.made("/grants", groupId=groups[2]["id"], teamId=team["id"])
