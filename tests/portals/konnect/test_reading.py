"""What a read of a portal takes, and what it refuses."""

import pytest

from reconciler.errors import InputError, PortalError
from reconciler.portals.konnect.checks import RIGHTS
from tests.portals.konnect.opening import read
from tests.servers.konnect import KonnectServer, KonnectState
from tests.servers.konnect.application import READ_TOKEN, TOKEN

ADDRESS = 'portal "here" at https://eu.api.konghq.com/v3'
SECURITY = "switch on authentication and RBAC in the settings of the portal in Konnect, under Security"


@pytest.fixture
def server() -> KonnectServer:
    return KonnectServer(KonnectState("tracking", "rates"), page=10)


def failure(server: KonnectServer, *, portal: str = "Partners", token: str = TOKEN) -> PortalError:
    with pytest.raises(PortalError) as raised:
        read(server, portal=portal, token=token)
    return raised.value


def test_a_portal_is_found_by_its_name_or_id(server: KonnectServer) -> None:
    by_name, by_id = read(server)[0], read(server, portal=server.state.portal["id"])[0]

    assert (by_name.portal_id, by_name.problem) == (server.state.portal["id"], "")
    assert by_name == by_id


def test_a_token_that_is_not_accepted_is_named(server: KonnectServer) -> None:
    error = failure(server, token="spat_wrong")

    assert (error.message, error.hint) == (
        f"{ADDRESS} does not accept the token: Unauthorized",
        "check the token from PORTAL_TOKEN",
    )


def test_an_unknown_portal_is_named(server: KonnectServer) -> None:
    named = failure(server, portal="Customers")
    numbered = failure(server, portal="8f9fd312-a987-4628-b4c5-bb4f4fddd5f7")

    assert (named.message, named.hint) == (
        f'{ADDRESS} shows no portal with the name "Customers"',
        "check `portal` and `region`, and whether the token may see the portal",
    )
    assert (numbered.message, numbered.hint) == (
        f"{ADDRESS} rejected the request (404): Not Found",
        "check `portal` and `region`; if they are correct, make a new plan",
    )


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        ("authentication_enabled", "has no authentication, so everybody can see all its APIs"),
        ("rbac_enabled", "has no role-based access control, so every developer can use all its APIs"),
    ],
)
def test_a_portal_in_which_roles_restrict_nothing_is_refused(
    server: KonnectServer, switch: str, reason: str
) -> None:
    server.state.portal[switch] = False
    error = failure(server)

    assert (error.message, error.hint) == (f'{ADDRESS}: the portal "Partners" {reason}', SECURITY)


def test_public_publications_are_open_to_everybody(server: KonnectServer) -> None:
    server.state.publish(server.state.api("rates"), "public")
    apis = read(server)[0].apis

    assert {name: api.visibility for name, api in apis.items()} == {
        "tracking": "restricted",
        "rates": "public",
    }


def test_a_published_api_that_is_not_shown_proves_nothing(server: KonnectServer) -> None:
    del server.state.apis[server.state.api("rates")]
    snapshot, _ = read(server)

    assert (snapshot.proof, snapshot.problem) == ("", f"1 published API is not shown: {RIGHTS}")


def test_a_member_that_is_no_developer_proves_nothing(server: KonnectServer) -> None:
    team, developer = server.state.add_team("acme.ops"), server.state.add_developer("ana@acme.example")
    server.state.add_member(team, developer)
    server.hidden_developers = {developer}
    snapshot, _ = read(server)

    assert snapshot.problem == f"1 member is not in the list of developers: {RIGHTS}"


def test_a_token_that_only_reads_is_enough_to_plan(server: KonnectServer) -> None:
    snapshot, _ = read(server, token=READ_TOKEN)

    assert (snapshot.problem, snapshot.accounts) == ("", frozenset())


def test_the_token_must_be_there(server: KonnectServer) -> None:
    with pytest.raises(InputError) as raised:
        read(server, token="")

    assert raised.value.message == 'portal "here": PORTAL_TOKEN is empty'
