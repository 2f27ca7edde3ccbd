"""How many requests a realm takes, as docs/portals/keycloak.md says. The token is not counted here."""

from collections.abc import Callable

import pytest

from reconciler.model.resource import Resource
from reconciler.portals.keycloak.lists import PAGE_SIZE
from reconciler.testing.harness import SCOPE
from tests.portals.keycloak.ground import KeycloakUnderTest
from tests.portals.keycloak.realms import read
from tests.portals.request_tables import cost, table
from tests.servers.keycloak import KeycloakServer, Realm

pytestmark = [pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

ACME = Resource("partner/acme", {}, SCOPE)
OPS = Resource("team/acme/ops", {}, SCOPE)
NEW = Resource("team/acme/new", {}, SCOPE)
TEAMS = [ACME, OPS, Resource("team/acme/dev", {}, SCOPE)]
ANA = Resource("membership/acme/ops/ana@acme.example", {"role": "member"})
THERE = Resource("membership/acme/dev/ana@acme.example", {"role": "member"})
ADMIN = Resource(ANA.id, {"role": "admin"})
GOLD = Resource("access-group/gold", {}, SCOPE)
SUITE = Resource("api-product/suite", {"visibility": "restricted"}, SCOPE)
ITEM = Resource("access-item/gold/api/rates", {})
GRANTED = [ACME, OPS, GOLD, Resource("grant/gold/team/acme/ops", {"level": "consume"})]
VIEW = Resource(GRANTED[-1].id, {"level": "view"})
Change = Callable[[list[Resource], list[Resource]], int]


def count(realm: Realm) -> int:
    snapshot, traffic = read(realm.url, realm.name)
    assert snapshot.problem == ""
    return traffic.requests


def add_role(realm: Realm, name: str, kind: str) -> str:
    """Create a product or access group whose roles for both levels contain an API, and return its name."""
    for level in ("", ":view"):
        inner = realm.ask("GET", f"/roles/api{level}")
        realm.ask("POST", "/roles", {"name": f"{name}{level}", "attributes": {"reconciler.kind": [kind]}})
        realm.ask("POST", f"/roles/{name}{level}/composites", [inner])
    return name


def add_group(realm: Realm, name: str, parent: str = "") -> str:
    """Create a group, and return its path in the API."""
    realm.ask("POST", f"{parent}/children" if parent else "/groups", {"name": name})
    found = realm.ask("GET", f"{parent}/children" if parent else "/groups?max=1000")
    return next(f"/groups/{each['id']}" for each in found if each["name"] == name)


def reads(realm: Realm) -> dict[str, list[int]]:
    """Return how many more requests a read takes after each addition to an empty realm."""
    counts = [count(realm)]

    def more(_added: object) -> int:
        counts.append(count(realm))
        return counts[-1] - counts[-2]

    api = more(realm.ask("POST", "/roles", {"name": "api"}))
    with_view = api + more(realm.ask("POST", "/roles", {"name": "api:view"}))
    product = more(add_role(realm, "suite", "api-product"))
    group = more(add_role(realm, "gold", "access-group"))
    acme = add_group(realm, "acme")
    without_teams, ops = more(acme), add_group(realm, "ops", acme)
    partner_and_team = more(ops)
    team = more(add_group(realm, "dev", acme))
    admins = more(add_group(realm, "admins", ops))
    night = more(add_group(realm, "night", ops))
    late = more(add_group(realm, "late", ops))
    roles = more(realm.ask("POST", f"{acme}/role-mappings/realm", [realm.ask("GET", "/roles/gold")]))
    assert (without_teams, product, late) == (0, group, roles)
    return {
        "read a realm": [counts[0] + 1],
        "for each partner with teams": [partner_and_team - team],
        "for each team": [team, admins],
        "for each API": [api, with_view],
        "for each API product or access group": [group],
        "for each group below a team, each partner's group with roles": [late, night],
        "for each further page of a list": [1, PAGE_SIZE],
    }


WRITES: dict[str, Callable[[Change], list[int]]] = {
    "create a partner or team": lambda change: [
        *{change([], [ACME]), change([ACME], [ACME, OPS])},
        change([ACME, OPS], [ACME, NEW]),
        *{change([ACME], []), change([ACME, OPS], [ACME])},
    ],
    "add or remove a member": lambda change: [
        *{change([*TEAMS, THERE], [*TEAMS, THERE, ANA]), change([*TEAMS, ANA], TEAMS)},
        change(TEAMS, [*TEAMS, ANA]),
        change([*TEAMS, ANA], [*TEAMS, ADMIN]),
    ],
    "create an API product or access group": lambda change: [
        *{change([], [SUITE]), change([], [GOLD])},
        *{change([SUITE], []), change([GOLD], [])},
    ],
    "add an API to it": lambda change: [change([GOLD], [GOLD, ITEM]), change([GOLD, ITEM], [GOLD])],
    "grant an access group, or remove a grant": lambda change: [
        *{change(GRANTED[:-1], GRANTED), change(GRANTED, GRANTED[:-1])},
        change(GRANTED, [*GRANTED[:-1], VIEW]),
    ],
}


@pytest.mark.real
@pytest.mark.no_cover
def test_the_page_states_how_many_requests_a_read_sends(keycloak: KeycloakServer) -> None:
    found = reads(keycloak.new_realm())
    rows = table("keycloak")

    assert {row: rows[row] for row in found} == found
    assert list(rows) == [*found, *WRITES]


@pytest.mark.real
@pytest.mark.parametrize("row", WRITES)
def test_the_page_states_how_many_requests_a_change_sends(keycloak: KeycloakServer, row: str) -> None:
    def change(before: list[Resource], after: list[Resource]) -> int:
        renames = {NEW.id: OPS.id} if NEW in after else {}
        return cost(KeycloakUnderTest(keycloak.new_realm()), before, after, renames)

    assert table("keycloak")[row] == WRITES[row](change)
