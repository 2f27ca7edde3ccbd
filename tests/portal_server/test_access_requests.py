"""Requests for access: who asks, who decides, and what becomes of the grant."""

from typing import Any

import pytest

from tests.portal_server.asking import asked, decide
from tests.portal_server.driver import Portal
from tests.portal_server.pages.company import Company, found


@pytest.fixture
def company(portal: Portal) -> Company:
    return found(portal)


@pytest.fixture
def portal(sqlite_portal: Portal) -> Portal:
    """What depends on the database is tested on both in test_requests_stored."""
    return sqlite_portal


@pytest.fixture
def token(portal: Portal, company: Company) -> str:
    return portal.token("team", {"id": company.integration})


def test_a_request_without_a_group_is_granted_with_the_one_that_the_operator_chooses(
    portal: Portal, company: Company
) -> None:
    fields = {"groupId": None, "level": "view", "until": None}
    request = asked(portal, company, **fields, reason="We need the customs API.")
    customs = portal.group(managedBy="git")["id"]

    refused = decide(portal, request, "grant", {})
    assert refused.json()["errors"] == [
        {"pointer": "/groupId", "detail": "the request names no access group; choose the one to grant"}
    ]
    granted = decide(portal, request, "grant", {"groupId": customs}).json()
    grant = portal.get(f"/grants/{granted['grantId']}").json()
    assert (granted["groupId"], granted["managed"]) == (customs, True)
    assert {**grant, "id": "", "etag": ""} == {
        "id": "",
        "groupId": customs,
        "teamId": company.integration,
        "email": None,
        "level": "view",
        "until": None,
        "reason": "We need the customs API.",
        "etag": "",
    }


def test_only_one_of_two_operators_decides(portal: Portal, company: Company) -> None:
    request = asked(portal, company)
    shown = {"If-Match": request["etag"]}
    assert decide(portal, request, "decline", {"answer": "No."}, headers=shown).status_code == 200

    second = decide(portal, request, "grant", {}, headers=shown)
    third = decide(portal, request, "grant", {})
    assert (second.status_code, third.status_code) == (412, 409)
    assert third.json()["detail"] == "The request was already declined by the administrator."
    assert portal.get(f"/grants/{company.grant}").json()["until"] == "2026-12-31"
    assert decide(portal, request, "withdraw").status_code == 409


def test_the_same_request_again_is_one_request(portal: Portal, company: Company) -> None:
    first = asked(portal, company)
    again = asked(portal, company)
    wish = {"groupId": None, "reason": "Customs"}
    wishes = [asked(portal, company, **wish, until=until)["id"] for until in (None, None, "2027-01-01")]

    assert again == first
    assert (wishes[0] == wishes[1], wishes[1] == wishes[2]) == (True, False)
    other = {"teamId": company.integration, "groupId": company.group, "until": "2028-12-31"}
    refused = portal.post("/access-requests", other)
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "The team has already asked for this access group; withdraw that request first.",
    )
    assert decide(portal, first, "withdraw").json()["state"] == "withdrawn"
    assert portal.post("/access-requests", other).status_code == 201
    assert len(portal.items("/access-requests", params={"state": "open"})) == 3
    assert portal.items("/access-requests", params={"team": company.finance}) == []


CONSUME = "The team has consume until 2026-12-31"
VIEW = "The team has view without an end"


@pytest.mark.parametrize(
    ("held", "wanted", "request_refused", "grant_refused"),
    [
        (("consume", "2026-12-31"), ("consume", "2026-12-31"), CONSUME, None),
        (("consume", "2026-12-31"), ("view", "2027-12-31"), CONSUME, CONSUME),
        (("view", None), ("consume", "2026-12-31"), VIEW, VIEW),
        (("consume", "2026-12-31"), ("consume", None), None, None),
        (("view", "2026-12-31"), ("consume", "2026-12-31"), None, None),
        (("consume", "2026-02-28"), ("view", "2026-03-01"), None, None),
    ],
)
def test_a_request_asks_for_more_than_the_team_has(
    portal: Portal,
    company: Company,
    held: tuple[str, str | None],
    wanted: tuple[str, str | None],
    request_refused: str | None,
    grant_refused: str | None,
) -> None:
    request = asked(portal, company, until=None)
    portal.patch(f"/grants/{company.grant}", {"level": held[0], "until": held[1]})
    decision = {"level": wanted[0], "until": wanted[1]}
    granted = decide(portal, request, "grant", decision).json()
    decide(portal, request, "withdraw")
    portal.patch(f"/grants/{company.grant}", {"level": held[0], "until": held[1]})
    body = {"teamId": company.integration, "groupId": company.group, **decision}
    again = portal.post("/access-requests", body).json()

    assert granted.get("detail") == (
        grant_refused and f"{grant_refused}, which this would reduce. Change the grant itself for that."
    )
    assert again.get("detail") == (
        request_refused
        and f"{request_refused.replace('has', 'already has')}. Ask for a higher level or a later last day."
    )


def test_a_team_that_has_the_most_has_nothing_to_ask_for(portal: Portal, company: Company) -> None:
    portal.patch(f"/grants/{company.grant}", {"level": "consume", "until": None})
    body = {"teamId": company.integration, "groupId": company.group, "level": "consume", "until": None}
    answer = portal.post("/access-requests", body)

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "The team already has consume without an end. There is nothing more to ask for.",
    )


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"until": "2026-02-28"}, "/until"),
        ({"groupId": "grp_0"}, "/groupId"),
        ({"groupId": None}, ""),
        ({"groupId": None, "reason": ""}, ""),
    ],
)
def test_what_is_asked_for_must_make_sense(
    portal: Portal, company: Company, token: str, fields: dict[str, Any], pointer: str
) -> None:
    body = {"teamId": company.integration, "groupId": company.group} | fields
    for bearer in (token, portal.admin):
        refused = portal.post("/access-requests", body, token=bearer)
        assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]


def test_a_group_that_a_team_may_not_know_does_not_exist_for_it(
    portal: Portal, company: Company, token: str
) -> None:
    hidden = portal.group()["id"]
    answers = [
        portal.post("/access-requests", {"teamId": company.integration, "groupId": group}, token=token)
        for group in (hidden, "grp_0")
    ]

    assert answers[0].status_code == 422
    assert answers[0].json() == {
        **answers[1].json(),
        "errors": [{"pointer": "/groupId", "detail": f"{hidden} does not exist"}],
    }


def test_a_decision_must_make_sense(portal: Portal, company: Company) -> None:
    request = asked(portal, company)
    other = portal.group()["id"]

    assert decide(portal, request, "grant", {"until": "2026-02-28"}).json()["errors"] == [
        {"pointer": "/until", "detail": "This day has passed."}
    ]
    assert decide(portal, request, "grant", {"groupId": other}).json()["errors"] == [
        {"pointer": "/groupId", "detail": "the request names another access group"}
    ]
    assert decide(portal, request, "decline", {"answer": ""}).status_code == 422


def test_a_team_asks_twenty_times_an_hour_and_has_twenty_open_requests(
    portal: Portal, company: Company, token: str
) -> None:
    def ask(number: int) -> Any:
        body = {"teamId": company.integration, "reason": f"Wish {number}"}
        return portal.post("/access-requests", body, token=token)

    requests = [ask(number) for number in range(20)]
    assert {each.status_code for each in requests} == {201}
    portal.pass_time(minutes=15)
    full = ask(20)
    assert (full.status_code, "20 open requests" in full.json()["detail"]) == (409, True)
    assert decide(portal, requests[0].json(), "withdraw", token=token).status_code == 200
    often = ask(20)
    assert (often.status_code, often.headers["retry-after"]) == (429, "2700")
    portal.pass_time(minutes=45)
    assert ask(20).status_code == 201
