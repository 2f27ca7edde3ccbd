"""Requests that Apigee rejects, and objects that cannot be read or written."""

import pytest

from reconciler.model.plan import Change
from reconciler.model.portal import Portal
from reconciler.model.write_result import Resolution
from reconciler.portals.apigee.app_group import APIS, MEMBERS, AppGroup, Attribute, person_of
from reconciler.testing.harness import ALL, SCOPE, quiet
from tests.portals.apigee.estates import TEAM, app, attributes, member, organization, products, team
from tests.portals.apigee.organizations import within
from tests.portals.apigee.test_writing import RATES, change, person, write
from tests.servers.apigee.server import TOKEN, ApigeeServer


@pytest.fixture
def server() -> ApigeeServer:
    server = organization("rates")
    team(server, members=[member("bo@acme.example", "member")])
    return server


def deny(server: ApigeeServer, method: str) -> None:
    server.tokens = {TOKEN: lambda what: what != method}


def test_a_new_member_without_an_account_that_may_be_created_fails_alone(server: ApigeeServer) -> None:
    deny(server, "developers.create")

    found = write(server, person("ana", None, "member"), person("bo", "member"))

    assert [each.outcome for each in found] == ["failed", "applied"]
    assert 'Permission denied for "developers.create"' in found[0].message
    assert attributes(server)[MEMBERS] == []


def test_a_team_that_may_not_be_written_keeps_everything(server: ApigeeServer) -> None:
    key = app(server)
    deny(server, "appgroups.update")

    found = write(server, person("bo", "member", "admin"), change("create", RATES, None, {}))

    assert [each.outcome for each in found] == ["failed"] * 2
    assert products(key) == {}


def test_members_that_cannot_be_read_are_never_written(server: ApigeeServer) -> None:
    group = server.organization.group(TEAM)
    group["attributes"] = [
        {**each, "value": "[" if each["name"] == MEMBERS else each["value"]} for each in group["attributes"]
    ]

    [result] = write(server, person("bo", "member"))

    assert result.outcome == "failed"
    assert result.message.startswith(f"AppGroup {TEAM}: the attribute {MEMBERS} is not JSON")
    assert server.writes == []


def test_a_team_that_was_deleted_meanwhile_is_not_created_again(server: ApigeeServer) -> None:
    server.before = lambda request: (
        server.organization.groups.clear() if request == "GET appgroups.get" else None
    )

    [result] = write(server, person("bo", "member"))

    assert (result.outcome, result.message) == ("failed", f"AppGroup {TEAM} has changed since it was read")


def test_a_grant_to_a_person_is_refused(server: ApigeeServer) -> None:
    [result] = write(server, change("create", "api-grant/rates/developer/ana@acme.example", None, {}))

    assert (result.outcome, server.writes) == ("failed", [])


@pytest.mark.parametrize(
    ("planned", "resolution"),
    [
        (change("delete", "team/acme/other", {}, None), Resolution("applied")),
        (change("delete", "team/acme/ops", {}, None), Resolution("unknown")),
        (change("update", "team/acme/ops", {}, {}), Resolution("applied")),
        (change("create", "team/acme/other", None, {}), Resolution("unknown")),
        (person("bo", None, "member"), Resolution("applied")),
        (person("bo", "member"), Resolution("unknown")),
        (change("create", RATES, None, {}), Resolution("unknown")),
        (change("delete", RATES, {}, None), Resolution("applied")),
    ],
)
def test_what_became_of_a_change_is_read(
    server: ApigeeServer, planned: Change, resolution: Resolution
) -> None:
    async def act(portal: Portal) -> Resolution:
        await portal.read(ALL, quiet)
        return await portal.resolve(planned)

    assert within(server, act) == resolution


def test_what_cannot_be_read_stays_unknown(server: ApigeeServer) -> None:
    deny(server, "appgroups.get")

    async def act(portal: Portal) -> Resolution:
        await portal.read(ALL, quiet)
        return await portal.resolve(person("bo", "member"))

    found = within(server, act)

    assert (found.outcome, found.retry) == ("unknown", False)
    assert 'Permission denied for "appgroups.get"' in found.message


def test_a_grant_that_reached_some_keys_is_unknown(server: ApigeeServer) -> None:
    app(server)
    app(server, name="second")
    keys = "POST appgroups.apps.keys.updateAppGroupAppKey"

    def second(request: str) -> None:
        if request == keys and server.requests.count(keys) == 2:
            deny(server, keys.removeprefix("POST "))

    server.before = second

    [result] = write(server, change("create", RATES, None, {}))

    assert result.outcome == "unknown"


def test_the_label_of_another_adoption_is_not_overwritten(server: ApigeeServer) -> None:
    server.organization.create_group({"name": "acme.free"})
    taken = {"name": "acme.free", "attributes": [{"name": "reconciler_owner", "value": "others"}]}
    adoption = change("adopt", "team/acme/free", {}, {})

    async def act(portal: Portal) -> str:
        await portal.read(ALL, quiet)
        server.organization.replace_group("acme.free", taken)
        [result] = await portal.write((adoption,), SCOPE)
        return result.outcome

    assert within(server, act) == "failed"
    assert attributes(server, "acme.free") == {"reconciler_owner": "others"}


def test_texts_that_are_no_addresses_and_no_lists_are_read_as_far_as_possible() -> None:
    assert person_of("ana@" + "ü" * 300) == "ana@" + "ü" * 300 + "@users.invalid"
    assert AppGroup("a", attributes=(Attribute(APIS, "{}"),)).apis == frozenset()
    assert AppGroup("a", attributes=(Attribute(APIS, "["),)).apis == frozenset()
