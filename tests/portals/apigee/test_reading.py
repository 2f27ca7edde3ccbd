"""What an organization is read as."""

from collections import Counter

import pytest

from reconciler.model.resource import Resource
from reconciler.portals.apigee.app_group import MEMBERS
from reconciler.portals.apigee.schemas import APP_GROUPS
from tests.portals.apigee.estates import app, organization, team
from tests.portals.apigee.organizations import read
from tests.servers.apigee.server import ApigeeServer


@pytest.fixture
def server() -> ApigeeServer:
    return organization("tracking", "rates")


def grants(server: ApigeeServer) -> dict[str, str | None]:
    """Return the grants with their states."""
    found = read(server).resources.values()
    return {each.id: each.state for each in found if each.kind == "api-grant"}


def test_teams_and_members(server: ApigeeServer) -> None:
    members = [
        {"developer": "Ana@Acme.example", "roles": ["billing", "admin"]},
        {"developer": "bo@acme.example", "roles": ["member"]},
        {"developer": "cy@acme.example"},
        {"developer": "bo@acme.example", "roles": ["admin"]},
        {"developer": "7f3e", "roles": []},
    ]
    team(server, "acme.ops", members=members)
    team(server, "internal", owner=None)

    assert read(server).resources == {
        each.id: each
        for each in (
            Resource("team/acme/ops", {}, "our-company"),
            Resource("membership/acme/ops/ana@acme.example", {"role": "admin"}),
            Resource("membership/acme/ops/bo@acme.example", {"role": "admin"}),
            Resource("membership/acme/ops/cy@acme.example", {"role": "member"}),
            Resource("membership/acme/ops/7f3e@users.invalid", {"role": "member"}),
            Resource("team/%/internal", {}),
        )
    }


def test_a_grant_without_a_key_waits_for_one(server: ApigeeServer) -> None:
    team(server, "acme.ops", "rates")

    assert grants(server) == {"api-grant/rates/team/acme/ops": "waits-for-key"}


def test_a_grant_is_complete_if_all_keys_have_the_api(server: ApigeeServer) -> None:
    team(server, "acme.ops", "rates")
    app(server, "rates", "tracking")
    app(server, "tracking", name="other")

    assert grants(server) == {
        "api-grant/rates/team/acme/ops": "partial",
        "api-grant/tracking/team/acme/ops": None,
    }


@pytest.mark.parametrize("what", ["the app", "the key", "the product"])
def test_keys_that_do_not_work_give_nothing(server: ApigeeServer, what: str) -> None:
    team(server, "acme.ops")
    key = app(server, "rates")
    if what == "the app":
        server.organization.set_app_status("acme.ops", "app", "revoke")
    elif what == "the key":
        key["status"] = "revoked"
    else:
        server.organization.set_product_status(key, "rates", "revoke")

    assert grants(server) == {}


def test_keys_without_an_app_group_that_is_listed_are_ignored(server: ApigeeServer) -> None:
    team(server, "acme.ops")
    app(server, "rates")
    del server.organization.groups["acme.ops"]

    assert read(server).resources == {}


@pytest.mark.parametrize("text", ["[", "{}", '[{"roles": []}]', '["ana@acme.example"]'])
def test_members_that_cannot_be_read_are_a_problem(server: ApigeeServer, text: str) -> None:
    server.organization.create_group({"name": "acme.ops", "attributes": [{"name": MEMBERS, "value": text}]})

    found = read(server)

    assert found.proof == ""
    assert found.problem.startswith(f"AppGroup acme.ops: the attribute {MEMBERS} is not ")


def test_apis_and_accounts(server: ApigeeServer) -> None:
    server.organization.create_developer(
        {"email": "ana@acme.example", "userName": "ana", "firstName": "Ana", "lastName": "A"}
    )
    found = read(server)

    assert {name: api.visibility for name, api in found.apis.items()} == {
        "rates": "restricted",
        "tracking": "restricted",
    }
    assert (found.accounts, found.portal_id) == (frozenset({"ana@acme.example"}), "apigee/acme-apis")


@pytest.mark.parametrize("what", ["appgroups.list", "apps.list", "apiproducts.list", "developers.list"])
def test_a_list_that_may_not_be_read_is_a_problem(server: ApigeeServer, what: str) -> None:
    server.tokens = dict.fromkeys(server.tokens, lambda method: method != what)

    assert what.partition(".")[0] in read(server).problem


@pytest.mark.parametrize("recovers", [True, False])
def test_an_incomplete_read_is_repeated_once(server: ApigeeServer, *, recovers: bool) -> None:
    refused = iter([False] if recovers else [False, False])
    server.tokens = dict.fromkeys(
        server.tokens, lambda method: method != "developers.list" or next(refused, True)
    )
    found = read(server)

    assert (found.proof != "", found.problem == "") == (recovers, recovers)
    assert Counter(server.requests) == {
        "GET get": 1,
        **{f"GET {name}.list": 2 for name in ("appgroups", "apps", "apiproducts", "developers")},
    }


def test_numbers_of_milliseconds_are_read_as_texts_and_as_numbers() -> None:
    groups = APP_GROUPS.decode(
        b'{"appGroups": [{"name": "a", "lastModifiedAt": 1691588699617},'
        b' {"name": "b", "lastModifiedAt": "1691588699617"}]}'
    ).app_groups

    assert [group.last_modified_at for group in groups] == [1691588699617] * 2
