"""How many requests reading a realm takes, as docs/portals/keycloak.md says."""

from collections import Counter
from typing import Any

import pytest

from reconciler.model.ids import kind_of
from tests.portals.keycloak.realms import read
from tests.servers.keycloak import KeycloakServer, Realm

pytestmark = [pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]


def add_role(realm: Realm, name: str, content: str, kind: str) -> None:
    """Create a product or an access group with one API or product."""
    inner = realm.ask("GET", f"/roles/{content}")
    realm.ask("POST", "/roles", {"name": name, "attributes": {"reconciler.kind": [kind]}})
    realm.ask("POST", f"/roles/{name}/composites", [inner])


def partner(number: int) -> dict[str, Any]:
    """Return the group of a partner: the first ten have three teams, the others two."""
    teams = 3 if number < 10 else 2
    return {
        "name": f"partner-{number}",
        "subGroups": [{"name": f"team-{team}", "subGroups": [{"name": "admins"}]} for team in range(teams)],
    }


def test_a_read_takes_one_request_for_each_partner_and_two_for_each_team(keycloak: KeycloakServer) -> None:
    realm = keycloak.new_realm(groups=[partner(number) for number in range(20)])
    for level in ("", ":view"):
        realm.ask("POST", "/roles", {"name": f"rates{level}"})
        add_role(realm, f"suite{level}", f"rates{level}", "api-product")
        add_role(realm, f"gold{level}", f"suite{level}", "access-group")

    snapshot, traffic = read(realm.url, realm.name)

    assert Counter(kind_of(each) for each in snapshot.resources) == {
        "partner": 20,
        "team": 50,
        "api-product": 1,
        "product-item": 1,
        "access-group": 1,
        "access-item": 1,
    }
    # The token is one more, which is not counted here.
    assert traffic.requests == 8 + 20 * 1 + 50 * 2 + (2 + 4 + 4)
