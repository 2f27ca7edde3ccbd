"""What `reconciler doctor` finds out about a portal of Konnect."""

import pytest

from reconciler.errors import PortalError
from reconciler.model.health import CheckedPortal, CheckResult, failed, ok, warning
from reconciler.portals.konnect.checks import RIGHTS
from reconciler.portals.konnect.portal import SWITCH_ON
from reconciler.testing.harness import run
from tests.portals.konnect.opening import opened
from tests.servers.konnect import KonnectServer, KonnectState
from tests.servers.konnect.application import READ_TOKEN, TOKEN
from tests.servers.konnect.state import ConflictError


@pytest.fixture
def server() -> KonnectServer:
    return KonnectServer(KonnectState("tracking", "rates"))


def found(server: KonnectServer, token: str = TOKEN) -> dict[str, CheckResult]:
    """Run the checks in their order."""

    async def act() -> dict[str, CheckResult]:
        async with opened(server, token=token) as portal:
            assert isinstance(portal, CheckedPortal)
            return {check.name: await check.run() for check in portal.checks()}

    return run(act())


def test_a_portal_that_can_be_planned_and_applied(server: KonnectServer) -> None:
    server.state.add_developer("ana@acme.example")
    server.state.add_team("acme.ops")

    assert found(server) == {
        "account": ok('a token of a system account, which sees the portal "Partners"'),
        "settings": ok("authentication and role-based access control are on"),
        "map": ok("the levels view and consume are the roles API Viewer and API Consumer"),
        "identity-provider": ok("no groups of an identity provider are mapped to teams"),
        "right-plan": ok("2 published APIs, 1 developer and 1 team can be read"),
        "right-apply-teams": ok("the token may change teams"),
        "right-apply-developers": ok("the token may change developers"),
        "public-apis": ok("no API is public"),
        "rate-limit": ok("no rate limit in the headers of the responses"),
    }
    assert (len(server.state.teams), len(server.state.developers)) == (1, 1)


def test_a_token_that_only_reads_cannot_apply(server: KonnectServer) -> None:
    checks = found(server, READ_TOKEN)

    assert [checks[f"right-apply-{what}"] for what in ("teams", "developers")] == [
        warning(f"the token may not change {what}, so apply is not possible", RIGHTS)
        for what in ("teams", "developers")
    ]


def test_a_portal_without_access_control_fails(server: KonnectServer) -> None:
    server.state.portal["rbac_enabled"] = False

    assert found(server)["settings"] == failed(
        "the portal has no role-based access control, so every developer can use all its APIs", SWITCH_ON
    )


def test_groups_of_an_identity_provider_are_a_warning(server: KonnectServer) -> None:
    server.state.authentication["idp_mapping_enabled"] = True

    assert found(server)["identity-provider"].status == "warning"


def test_apis_that_are_not_shown_fail(server: KonnectServer) -> None:
    del server.state.apis[server.state.api("rates")]

    assert found(server)["right-plan"] == failed("1 published API is not shown", RIGHTS)


def test_public_apis_are_named(server: KonnectServer) -> None:
    server.state.publish(server.state.api("rates"), "public")

    assert found(server)["public-apis"] == ok(
        "1 API is open to everybody: rates",
        "to restrict one, set its visibility to private in its publication",
    )


def test_a_role_that_konnect_no_longer_has_fails(server: KonnectServer) -> None:
    server.roles = {"apiviewer": ("API Viewer", "read-only access")}
    server.expected = {r"^GET /portal-roles → 200: .*(is not one of|is a required property)"}

    assert found(server)["map"] == failed(
        "Konnect does not have the role API Consumer", "update the reconciler"
    )


def test_an_unexpected_answer_to_a_probe_fails(server: KonnectServer) -> None:
    server.before_write = conflict
    server.expected = {"^DELETE .* → 409: the status is not described$"}

    with pytest.raises(PortalError, match=r"rejected the request \(409\): busy"):
        found(server)


def conflict() -> None:
    raise ConflictError("busy")
