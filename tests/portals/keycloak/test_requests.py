"""How many requests reading a realm takes, as docs/portals/keycloak.md says."""

import pytest

from tests.portals.keycloak.realms import read
from tests.servers.keycloak import KeycloakServer, Realm

pytestmark = [pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]


def add_group(realm: Realm, path: str, name: str) -> str:
    """Create a group and return the path of its subgroups."""
    realm.ask("POST", path, {"name": name})
    listed = realm.ask("GET", f"{path}?max=100")
    return f"/groups/{next(group['id'] for group in listed if group['name'] == name)}/children"


def add_role(realm: Realm, name: str, content: str, kind: str) -> None:
    """Create a product or an access group with one API or product."""
    inner = realm.ask("GET", f"/roles/{content}")
    realm.ask("POST", "/roles", {"name": name, "attributes": {"reconciler.kind": [kind]}})
    realm.ask("POST", f"/roles/{name}/composites", [inner])


def test_a_read_takes_one_request_for_each_partner_and_two_for_each_team(keycloak: KeycloakServer) -> None:
    realm = keycloak.new_realm()
    empty = read(realm.url, realm.name)[1].requests
    for partner in range(3):
        teams = add_group(realm, "/groups", f"partner-{partner}")
        for team in range(2):
            add_group(realm, add_group(realm, teams, f"team-{team}"), "admins")
    grouped = read(realm.url, realm.name)[1].requests
    for level in ("", ":view"):
        realm.ask("POST", "/roles", {"name": f"rates{level}"})
        add_role(realm, f"suite{level}", f"rates{level}", "api-product")
        add_role(realm, f"gold{level}", f"suite{level}", "access-group")
    full = read(realm.url, realm.name)[1].requests

    assert (empty, grouped - empty, full - grouped) == (8, 3 * 1 + 6 * 2, 2 + 4 + 4)
