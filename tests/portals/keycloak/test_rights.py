"""What the adapter says about credentials that do not suffice, against a real server."""

import pytest

from reconciler.errors import PortalError
from tests.portals.keycloak.realms import checked, read
from tests.servers.keycloak import CLIENT, SECRET, KeycloakServer, Realm

pytestmark = [pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

RIGHTS = (
    "give the service account the roles view-users and view-realm of the client realm-management to plan, "
    "manage-users and manage-realm to apply"
)


@pytest.fixture(scope="module")
def realm(keycloak: KeycloakServer) -> Realm:
    """A realm with one partner and one person, whose clients have different roles."""
    realm = keycloak.new_realm(())
    realm.ask("POST", "/groups", {"name": "acme"})
    realm.ask("POST", "/users", {"username": "ana@acme.example", "email": "ana@acme.example"})
    realm.add_client("planner", ("view-users", "view-realm"))
    realm.add_client("writer", ("manage-users", "manage-realm"))
    realm.add_client("without-users", ("view-realm",))
    realm.add_client("without-realm", ("view-users",))
    realm.add_client("filtered", ("query-users", "query-groups", "view-realm"))
    return realm


def failure(realm: Realm, *, name: str = "", client: str = CLIENT, secret: str = SECRET) -> PortalError:
    with pytest.raises(PortalError) as raised:
        read(realm.url, name or realm.name, client=client, secret=secret)
    return raised.value


def token_url(name: str, realm: Realm) -> str:
    return f"{realm.url}/realms/{name}/protocol/openid-connect/token"


def test_two_roles_are_enough_to_plan(realm: Realm) -> None:
    snapshot, _ = read(realm.url, realm.name, client="planner")

    assert list(snapshot.resources) == ["partner/acme"]
    assert snapshot.accounts == frozenset({"ana@acme.example"})
    assert snapshot.problem == ""


def test_a_wrong_secret_is_rejected(realm: Realm) -> None:
    error = failure(realm, secret="wrong")

    assert error.message == (
        f'the token endpoint of portal "here" at {token_url(realm.name, realm)} does not accept the client '
        "secret: unauthorized_client: Invalid client or Invalid client credentials"
    )
    assert error.hint == "check the client secret from PORTAL_SECRET"


def test_an_unknown_realm_is_named(realm: Realm) -> None:
    error, unknown = failure(realm, name="unknown"), token_url("unknown", realm)

    assert error.message == (
        f'the token endpoint of portal "here" at {unknown} rejected the request (404): Realm does not exist'
    )
    assert error.hint == "check the address of the token endpoint"


@pytest.mark.parametrize(
    ("client", "message"),
    [
        (CLIENT, "rejected the request (403): HTTP 403 Forbidden"),
        ("without-users", "rejected the request (403): HTTP 403 Forbidden"),
        ("without-realm", "does not show the settings of the realm"),
    ],
)
def test_missing_roles_are_named(realm: Realm, client: str, message: str) -> None:
    error = failure(realm, client=client)

    assert error.message == f'portal "here" at {realm.url}/admin/realms/{realm.name} {message}'
    assert error.hint == RIGHTS


def test_lists_that_hide_objects_prove_nothing(realm: Realm) -> None:
    snapshot, _ = read(realm.url, realm.name, client="filtered")

    assert snapshot.problem == f"0 of 1 groups were shown; 0 of 1 users were shown: {RIGHTS}"
    assert snapshot.proof == ""


def test_addresses_that_several_users_may_have_identify_nobody(keycloak: KeycloakServer) -> None:
    realm = keycloak.new_realm()
    realm.ask("PUT", "", {"duplicateEmailsAllowed": True, "loginWithEmailAllowed": False})

    error = failure(realm)

    assert error.message.endswith("several users may have the same e-mail address")
    assert error.hint == "switch off `Duplicate emails` in the settings of the realm"


@pytest.mark.parametrize(
    ("client", "warned", "failed"),
    [
        ("planner", {"right-apply-realm", "right-apply-users"}, set()),
        ("writer", set(), set()),
        ("without-users", {"right-apply-realm", "right-apply-users"}, {"right-plan-users"}),
        ("without-realm", {"right-apply-realm", "right-apply-users"}, {"right-plan-realm"}),
        ("filtered", {"right-apply-realm", "right-apply-users"}, {"right-plan-users"}),
    ],
)
def test_doctor_names_each_role_that_is_missing(
    realm: Realm, client: str, warned: set[str], failed: set[str]
) -> None:
    found = checked(realm.url, realm.name, client)

    assert {name for name, status in found.items() if status == "warning"} == warned
    assert {name for name, status in found.items() if status == "failed"} == failed
