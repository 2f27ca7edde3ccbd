"""Requests for access, on each database."""

import pytest

from tests.portal_server.asking import asked, decide
from tests.portal_server.driver import Portal
from tests.portal_server.pages.company import Company, found


@pytest.fixture
def company(portal: Portal) -> Company:
    return found(portal)


@pytest.fixture
def token(portal: Portal, company: Company) -> str:
    """The token of the team integration, which may consume the group until the end of 2026."""
    return portal.token("team", {"id": company.integration})


def test_a_team_asks_for_longer_and_the_operator_grants_it(
    portal: Portal, company: Company, token: str
) -> None:
    body = {"teamId": company.integration, "groupId": company.group, "until": "2027-12-31"}
    answer = portal.post("/access-requests", body, token=token)
    request = answer.json()

    assert (answer.status_code, answer.headers["location"]) == (201, f"/access-requests/{request['id']}")
    shown = {
        **body,
        "id": request["id"],
        "team": "Integration",
        "partner": "Acme Logistics",
        "group": "Logistics partners",
        "level": "consume",
        "reason": None,
        "state": "open",
        "requestedBy": "a team token",
        "requestedAt": "2026-03-01T12:00:00Z",
        "decidedBy": None,
        "decidedAt": None,
        "answer": None,
        "grantId": company.grant,
        "grantedLevel": "consume",
        "grantedUntil": "2026-12-31",
        "managed": False,
        "etag": request["etag"],
    }
    assert request == shown
    assert portal.items("/access-requests", token=token) == [shown]
    known = {"If-None-Match": request["etag"]}
    assert portal.get(answer.headers["location"], headers=known).status_code == 304

    portal.pass_time(hours=1)
    body = {"until": "2027-06-30", "answer": "For half a year."}
    granted = decide(portal, request, "grant", body, headers={"If-Match": request["etag"]})
    decision = {
        "state": "granted",
        "until": "2027-06-30",
        "decidedBy": "the administrator",
        "decidedAt": "2026-03-01T13:00:00Z",
        "answer": "For half a year.",
        "grantedUntil": "2027-06-30",
    }
    assert granted.json() == {**shown, **decision, "etag": granted.headers["etag"]}
    grant = portal.get(f"/grants/{company.grant}").json()
    assert (grant["level"], grant["until"]) == ("consume", "2027-06-30")
    seen = portal.get(f"/access-requests/{request['id']}", token=token).json()
    assert (seen["state"], seen["decidedBy"]) == ("granted", None)
    entries = portal.items("/audit", params={"object": request["id"]})
    assert [(each["action"], each["after"]["state"]) for each in entries] == [
        ("create", "open"),
        ("update", "granted"),
    ]


def test_requests_do_not_keep_a_team_or_a_group(portal: Portal, company: Company) -> None:
    group = portal.group()["id"]
    asked(portal, company, groupId=group)
    portal.made("/access-requests", teamId=company.globex_ops, reason="Something")

    assert portal.delete(f"/access-groups/{group}").status_code == 204
    assert portal.delete(f"/teams/{company.globex_ops}").status_code == 204
    assert portal.items("/access-requests") == []


def test_a_list_has_only_requests_of_the_own_team(portal: Portal, company: Company, token: str) -> None:
    asked(portal, company)
    other = portal.token("team", {"id": company.globex_ops})

    totals = [
        portal.get("/access-requests", token=bearer).json().get("total")
        for bearer in (portal.admin, portal.token("read"), token, other)
    ]
    assert totals == [1, 1, 1, 0]
