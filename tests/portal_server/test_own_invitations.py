"""The pending invitations of a person who is signed in."""

import json
from typing import Any

import pytest

from reconciler.portal_server.operations.context import NO_HEADERS, Call, Caller
from reconciler.portal_server.operations.problems import ProblemError
from reconciler.portal_server.operations.table import operations
from tests.portal_server.driver import Portal

OPERATIONS = {each.name: each for each in operations("Portal")}
ANA = "ana@acme.example"


def perform(portal: Portal, name: str, email: str | None, member: str = "") -> Any:
    caller = Caller(None, "somebody", "person", email=email)
    with portal.app.state.database.writing() as connection:
        call = Call(connection, portal.clock, caller, {"id": member}, None, None, NO_HEADERS)
        return json.loads(OPERATIONS[name].run(call).body)


def test_a_person_sees_the_own_pending_invitations(portal: Portal) -> None:
    partner = portal.partner(displayName="Acme", name="acme")
    first = portal.member(portal.team(partner, displayName="One"), ANA, "admin")
    portal.pass_time(hours=1)
    second = portal.member(portal.team(partner, displayName="Two"), ANA, until="2026-12-31")
    declined = portal.member(portal.team(partner), ANA)
    portal.answer(portal.codes(ANA)[-1], "decline")
    portal.member(portal.team(partner), "bo@acme.example")
    [one, two] = perform(portal, "list-own-invitations", ANA)["items"]

    assert one == {
        "id": first["id"],
        "email": ANA,
        "teamId": first["teamId"],
        "team": "One",
        "partner": "Acme",
        "role": "admin",
        "until": None,
        "state": "pending",
        "expiresAt": "2026-03-08T12:00:00Z",
        "inviter": None,
        "hasAccount": False,
    }
    assert (two["id"], two["until"]) == (second["id"], "2026-12-31")
    assert declined["state"] == "invited"
    portal.patch(f"/partners/{partner['id']}", {"blocked": [ANA]})
    assert perform(portal, "list-own-invitations", ANA) == {"items": []}


@pytest.mark.parametrize(("verb", "state"), [("accept", "active"), ("decline", "declined")])
def test_a_person_answers_by_the_id_of_the_membership(portal: Portal, verb: str, state: str) -> None:
    member = portal.member(portal.team(), ANA)
    answered = perform(portal, f"{verb}-own-invitation", ANA, member["id"])

    assert (answered["state"], answered["id"]) == (state, member["id"])
    [entry] = [each for each in portal.items("/audit") if each["action"] == verb]
    assert entry["object"] == member["id"]


@pytest.mark.parametrize("verb", ["accept", "decline"])
@pytest.mark.parametrize("why", ["other", "expired", "blocked", "unknown", "answered"])
def test_nobody_answers_what_is_not_a_pending_invitation_of_theirs(
    sqlite_portal: Portal, verb: str, why: str
) -> None:
    portal = sqlite_portal
    partner = portal.partner()
    member = portal.member(portal.team(partner), ANA)
    email = ANA
    match why:
        case "other":
            email = "bo@acme.example"
        case "expired":
            portal.pass_time(days=7)
        case "blocked":
            portal.patch(f"/partners/{partner['id']}", {"blocked": [ANA]})
        case "answered":
            portal.answer(portal.codes(ANA)[0], "accept")
        case _:
            member = {"id": "mem_nothing"}

    with pytest.raises(ProblemError) as refused:
        perform(portal, f"{verb}-own-invitation", email, member["id"])
    assert refused.value.status == 404


def test_a_token_has_no_invitations(sqlite_portal: Portal) -> None:
    with pytest.raises(ProblemError) as refused:
        perform(sqlite_portal, "list-own-invitations", None)

    assert refused.value.status == 403
