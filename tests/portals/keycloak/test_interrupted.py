"""Creations that were interrupted between two roles, on a real server."""

import pytest

from reconciler.model.resource import Resource
from reconciler.portals.keycloak.schemas import KIND, OWNER
from reconciler.testing.harness import SCOPE, asking, planned, reach, run
from tests.portals.keycloak.ground import KeycloakUnderTest
from tests.servers.keycloak import KeycloakServer, Realm

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

BEST = Resource("access-group/gold", {"description": "Best"}, SCOPE)
GOOD = Resource("access-group/gold", {"description": "Good"}, SCOPE)
SUITE = Resource("api-product/gold", {"visibility": "restricted"}, SCOPE)


@pytest.fixture
def realm(keycloak: KeycloakServer) -> Realm:
    """A realm with the first of both roles of a group."""
    realm = keycloak.new_realm()
    attributes = {OWNER: [SCOPE], KIND: ["access-group"]}
    realm.ask("POST", "/roles", {"name": "gold:view", "description": "Best", "attributes": attributes})
    return realm


def names(realm: Realm) -> set[str]:
    """Return the names of the roles of the group."""
    return {role["name"] for role in realm.ask("GET", "/roles?search=gold")}


def test_a_role_that_no_file_needs_any_more_is_deleted(realm: Realm) -> None:
    receipt = run(reach(KeycloakUnderTest(realm), asking()))

    assert [(each.action, each.id, each.outcome) for each in receipt.entries] == [
        ("delete", "access-group/gold", "applied")
    ]
    assert names(realm) == set()


@pytest.mark.parametrize(("wanted", "runs"), [(BEST, 1), (GOOD, 2)], ids=["unchanged", "changed"])
def test_a_creation_is_completed(realm: Realm, wanted: Resource, runs: int) -> None:
    ground = KeycloakUnderTest(realm)

    for _ in range(runs):
        run(reach(ground, asking(wanted)))

    assert run(planned(ground, asking(wanted))).changes == ()
    assert names(realm) == {"gold", "gold:view"}


def test_a_product_does_not_take_the_roles_of_a_group(realm: Realm) -> None:
    ground = KeycloakUnderTest(realm)
    run(reach(ground, asking(BEST)))

    receipt = run(reach(ground, asking(BEST, SUITE)))

    assert [(each.id, each.outcome) for each in receipt.entries] == [("api-product/gold", "failed")]
    assert run(planned(ground, asking(BEST))).changes == ()
