"""What is written to an organization, and what is left as it is."""

import json
import logging
from collections.abc import Sequence
from typing import Any

import pytest

from reconciler.model.plan import Change
from reconciler.model.portal import Portal
from reconciler.model.write_result import WriteResult
from reconciler.portals.apigee.app_group import APIS, MEMBERS, OWNER
from reconciler.testing.harness import ALL, SCOPE, quiet
from tests.portals.apigee.estates import TEAM, app, attributes, member, organization, products, team
from tests.portals.apigee.organizations import within
from tests.servers.apigee.server import ApigeeServer

RATES = "api-grant/rates/team/acme/ops"


def change(action: str, resource_id: str, before: Any = None, after: Any = None) -> Change:
    return Change(
        id=resource_id,
        kind=resource_id.partition("/")[0],
        action=action,  # type: ignore[arg-type]
        before=before,
        after=after,
        precondition="",
    )


def person(name: str, before: str | None = None, after: str | None = None) -> Change:
    """Return the change of a membership from a role to another one."""
    action = "create" if before is None else "update" if after else "delete"
    roles = [{"role": role} if role else None for role in (before, after)]
    return change(action, f"membership/acme/ops/{name}@acme.example", *roles)


def write(server: ApigeeServer, *changes: Change, **options: Any) -> list[WriteResult]:
    """Read, and write changes together."""

    async def act(portal: Portal) -> Sequence[WriteResult]:
        await portal.read(ALL, quiet)
        server.requests.clear()
        return await portal.write(changes, SCOPE)

    return list(within(server, act, **options))


def outcomes(server: ApigeeServer, *changes: Change) -> list[str]:
    return [result.outcome for result in write(server, *changes)]


def test_ten_new_members_of_a_team_are_one_write() -> None:
    server = organization()
    team(server)
    names = [f"p{number}" for number in range(10)]
    for name in names:
        address = f"{name}@acme.example"
        server.organization.create_developer(
            {"email": address, "userName": name, "firstName": name, "lastName": name}
        )

    results = write(server, *(person(name, None, "member") for name in names))

    assert results == [WriteResult("applied", "", 1)] * 10
    assert server.requests == ["GET appgroups.get", "PUT appgroups.update", "GET appgroups.get"]
    assert len(attributes(server)[MEMBERS]) == 10


def test_a_person_without_an_account_gets_one() -> None:
    server = organization()
    team(server)

    results = write(server, person("ana", None, "admin"))

    assert results == [WriteResult("applied", "", 2)]
    assert server.writes == ["POST developers.create", "PUT appgroups.update"]
    made = server.organization.developers["ana@acme.example"]
    assert [made[key] for key in ("userName", "firstName", "lastName")] == [
        "ana@acme.example",
        "ana",
        "acme.example",
    ]
    assert attributes(server)[MEMBERS] == [member("ana@acme.example", "admin")]


def test_other_attributes_members_and_roles_survive() -> None:
    server = organization()
    entries = [
        member("ana@acme.example", "billing", "admin", note="keep"),
        member("Bo@Acme.example", "billing"),
        member("cy@acme.example", "admin"),
        member("dee@acme.example", "member"),
    ]
    team(server, members=entries)
    server.organization.groups[TEAM] |= {"channelUri": "https://portal.example", "email": "ops@acme.example"}
    before = {key: value for key, value in server.organization.group(TEAM).items() if key != "attributes"}

    found = outcomes(
        server,
        person("ana", "admin", "member"),
        person("bo", "member", "admin"),
        person("cy", "admin", "member"),
        person("dee", "member"),
    )

    assert found == ["applied"] * 4
    assert attributes(server) == {
        "tier": "gold",
        OWNER: "our-company",
        APIS: "[]",
        MEMBERS: [
            member("ana@acme.example", "billing", note="keep"),
            member("Bo@Acme.example", "billing", "admin"),
            member("cy@acme.example", "member"),
        ],
    }
    after = {**server.organization.group(TEAM), "lastModifiedAt": before["lastModifiedAt"]}
    assert {key: value for key, value in after.items() if key != "attributes"} == before


def test_a_grant_reaches_every_key_that_works_and_keeps_what_keys_have() -> None:
    server = organization("rates", "tracking", "manual")
    server.organization.products["manual"]["approvalType"] = "manual"
    team(server)
    first, second = app(server, "tracking"), app(server, name="second")
    revoked = app(server, name="third")
    revoked["status"] = "revoked"
    first["attributes"], first["scopes"] = [{"name": "note", "value": "keep"}], ["READ"]

    found = outcomes(
        server,
        change("create", RATES, None, {}),
        change("create", RATES.replace("rates", "manual"), None, {}),
    )

    assert found == ["applied"] * 2
    assert json.loads(attributes(server)[APIS]) == ["manual", "rates"]
    assert products(first) == {"tracking": "approved", "rates": "approved", "manual": "approved"}
    assert products(second) == {"rates": "approved", "manual": "approved"}
    assert products(revoked) == {}
    assert (first["attributes"], first["scopes"]) == ([{"name": "note", "value": "keep"}], ["READ"])


def test_a_grant_that_ends_is_taken_from_every_key_first() -> None:
    server = organization("rates", "tracking")
    team(server, TEAM, "rates", "tracking")
    works, revoked = app(server, "rates", "tracking"), app(server, "rates", name="second")
    revoked["status"] = "revoked"

    assert outcomes(server, change("delete", RATES, {}, None)) == ["applied"]

    assert (products(works), products(revoked)) == ({"tracking": "approved"}, {})
    assert json.loads(attributes(server)[APIS]) == ["tracking"]
    assert server.writes == [
        "DELETE appgroups.apps.keys.apiproducts.delete",
        "DELETE appgroups.apps.keys.apiproducts.delete",
        "PUT appgroups.update",
    ]


def test_a_product_that_was_revoked_is_approved_again() -> None:
    server = organization("rates")
    team(server, TEAM, "rates")
    key = app(server, "rates")
    server.organization.set_product_status(key, "rates", "revoke")

    assert outcomes(server, change("create", RATES, None, {})) == ["applied"]
    assert products(key) == {"rates": "approved"}
    assert server.writes == ["POST appgroups.apps.keys.apiproducts.updateAppGroupAppKeyApiProduct"]


def test_a_team_that_gives_access_is_not_deleted() -> None:
    server = organization("rates")
    team(server)
    key = app(server, "rates")

    [refused] = write(server, change("delete", "team/acme/ops", {}, None))
    server.organization.set_product_status(key, "rates", "revoke")
    [done] = write(server, change("delete", "team/acme/ops", {}, None))

    assert (refused.outcome, done.outcome) == ("failed", "applied")
    assert refused.message == ("team/acme/ops cannot be deleted: a key of the app app is for an API product")
    assert server.organization.groups == {}


@pytest.mark.parametrize(
    "planned",
    [
        person("ana", "member", "admin"),
        person("bo", "admin"),
        change("update", "team/acme/ops", {"displayName": "Former"}, {"displayName": "New"}),
    ],
)
def test_a_change_that_no_longer_fits_is_refused_and_the_others_are_made(planned: Change) -> None:
    server = organization("rates")
    team(server, members=[member("bo@acme.example", "member"), member("cy@acme.example", "admin")])

    found = write(server, planned, person("cy", "admin", "member"))

    assert [(each.outcome, each.message) for each in found] == [
        ("failed", f"{planned.id} has changed since it was read"),
        ("applied", ""),
    ]


@pytest.mark.parametrize("owner", [None, "another-company"])
def test_a_team_with_another_owner_label_is_left_alone(owner: str | None) -> None:
    server = organization("rates")
    team(server, members=[member("bo@acme.example", "member")], owner=owner)
    key = app(server, "rates")

    found = outcomes(server, person("bo", "member"), change("delete", RATES, {}, None))

    assert found == ["failed"] * 2
    assert server.writes == []
    assert products(key) == {"rates": "approved"}


def test_a_new_team_has_the_channel_of_the_settings() -> None:
    server = organization()

    [result] = write(
        server, change("create", "team/acme/ops", None, {"displayName": "Ops"}), channelId="partners"
    )

    assert result == WriteResult("applied", "", 1)
    group = server.organization.group(TEAM)
    assert (group["channelId"], group["displayName"], attributes(server)) == (
        "partners",
        "Ops",
        {OWNER: "our-company"},
    )


def test_keys_and_their_secrets_are_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = organization("rates")
    team(server)
    key = app(server)
    server.before = lambda request: (
        server.organization.apps[TEAM, "app"]["credentials"].clear()
        if request.startswith("POST appgroups.apps.keys")
        else None
    )

    [result] = write(server, change("create", RATES, None, {}))

    assert result.outcome == "unknown"
    assert "AppGroupAppKey ••• does not exist" in result.message
    assert "/keys/•••" in caplog.text
    shown = [record.getMessage() for record in caplog.records if record.name.startswith("reconciler.")]
    for secret in (key["consumerKey"], key["consumerSecret"]):
        assert secret not in "".join([*shown, result.message])


def test_changes_without_a_valid_name_are_refused() -> None:
    server = organization()

    [result] = write(server, change("create", "membership/a.b/ops/ana@acme.example", None, {"role": "admin"}))

    assert result.outcome == "failed"
    assert server.requests == []
