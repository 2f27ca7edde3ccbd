"""Operations of pages on members refuse what no page asks for."""

import json
from typing import Any

import pytest

from reconciler.portal_server.api.requests import convert_body, convert_query
from reconciler.portal_server.operations.context import Call, Caller
from reconciler.portal_server.operations.member_operations import OPERATIONS
from reconciler.portal_server.operations.problems import ProblemError
from tests.portal_server.driver import Portal

BODIES: dict[str, Any] = {"find-members": {"ids": []}, "preview-members": {"emails": []}}


def performed(portal: Portal, name: str, caller: Caller, team: str, body: Any = None, **query: str) -> Any:
    operation: Any = next(each for each in OPERATIONS if each.name == name)
    with portal.app.state.database.writing() as connection:
        call = Call(connection, portal.clock, caller, {"id": team}, None, None, {})
        call.query = convert_query(query, operation.query)
        call.body = operation.body and convert_body(body, operation.body)
        response = operation.run(call)
    return json.loads(response.body) if response.body else None


def test_the_list_of_a_team_is_filtered_on_each_database(portal: Portal) -> None:
    partner = portal.partner()
    team = portal.team(partner)
    portal.made("/people", email="ana@acme.example")
    portal.member(team, "ana@acme.example", "admin")
    portal.member(team, "bo@acme.example")
    portal.patch(f"/partners/{partner['id']}", {"blocked": ["bo@acme.example"]})
    portal.member(team, "cy@acme.example", until="2026-03-31")
    portal.member(team, "di@acme.example", until="2026-02-28")
    eve = portal.member(team, "eve@acme.example")
    refused = portal.member(team, "flo@acme.example")
    portal.answer(portal.codes("flo@acme.example")[0], "decline")
    portal.delete(f"/members/{refused['id']}")
    admin = Caller(
        None,
        "ana@acme.example",
        "team",
        team["id"],
        delegated=True,
        partner_id=partner["id"],
        partner_status="active",
        email="ana@acme.example",
    )

    def found(**query: str) -> list[str]:
        listed = performed(portal, "browse-members", admin, team["id"], **query)
        assert listed["total"] == len(listed["items"])
        return [each["email"][:3] for each in listed["items"]]

    assert found() == ["ana", "bo@", "cy@", "di@", "eve"]
    assert found(search="E@A") == ["eve"]
    assert found(state="invited", role="member") == ["cy@", "di@", "eve"]
    assert found(state="blocked") == ["bo@"]
    assert found(managed="yes") == ["ana", "cy@", "di@"]
    assert found(ending="2026-03-31") == ["cy@"]
    assert found(ending="2026-03-30") == []
    first = performed(portal, "browse-members", admin, team["id"], limit="2")
    second = performed(portal, "browse-members", admin, team["id"], limit="2", cursor=first["next"])
    assert [each["email"] for each in second["items"]] == ["cy@acme.example", "di@acme.example"]
    back = performed(portal, "browse-members", admin, team["id"], limit="2", cursor=second["previous"])
    assert back == first
    known = performed(portal, "find-members", admin, team["id"], {"ids": [eve["id"], "mem_0"]})
    assert [each["email"] for each in known] == ["eve@acme.example"]
    preview = performed(
        portal,
        "preview-members",
        admin,
        team["id"],
        {"emails": ["bo+x@acme.example", "eve@acme.example", "flo@acme.example", "gus@acme.example"]},
    )
    assert preview == {"outcomes": ["blocked", "invited", "recent", "new"], "left": 100, "moreAt": None}
    portal.pass_time(days=2)
    preview = performed(portal, "preview-members", admin, team["id"], {"emails": ["flo@acme.example"]})
    assert preview["outcomes"] == ["refused"]
    portal.made("/people", email="gus@acme.example")
    gus = portal.member(team, "gus@acme.example")
    person = Caller(
        None,
        "gus@acme.example",
        "person",
        team["id"],
        delegated=True,
        partner_id=partner["id"],
        partner_status="active",
        email="gus@acme.example",
    )
    assert performed(portal, "browse-members", person, team["id"])["total"] == 1
    performed(portal, "leave-team", person, team["id"])
    assert portal.get(f"/members/{gus['id']}").status_code == 404


def refusal(portal: Portal, name: str, caller: Caller, team: str) -> tuple[int, str]:
    operation: Any = next(each for each in OPERATIONS if each.name == name)
    body = operation.body(**BODIES[name]) if operation.body else None
    with portal.app.state.database.reading() as connection:
        call = Call(connection, portal.clock, caller, {"id": team}, operation.query(), body, {})
        with pytest.raises(ProblemError) as refused:
            operation.run(call)
    return refused.value.status, refused.value.detail


def test_the_members_of_other_teams_are_out_of_reach(sqlite_portal: Portal) -> None:
    own, other = sqlite_portal.team(), sqlite_portal.team()
    admin = Caller(None, "ana@acme.example", "team", own["id"], delegated=True, email="ana@acme.example")

    assert {
        name: refusal(sqlite_portal, name, admin, other["id"]) for name in [*BODIES, "browse-members"]
    } == {
        "browse-members": (403, "You can only see the members of your own teams."),
        "find-members": (403, "You can only see the members of your own teams."),
        "preview-members": (403, "You can only invite people to your own team."),
    }
    assert refusal(sqlite_portal, "leave-team", admin, other["id"]) == (
        403,
        "You can only leave a team that you are in.",
    )


def test_a_team_that_does_not_exist_has_no_members(sqlite_portal: Portal) -> None:
    operator = Caller(None, "olga@portal.example", "admin", email="olga@portal.example")

    assert {
        name: refusal(sqlite_portal, name, operator, "team_0")[0] for name in [*BODIES, "browse-members"]
    } == {
        "browse-members": 404,
        "find-members": 404,
        "preview-members": 404,
    }
