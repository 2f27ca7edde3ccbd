"""Members sorted by address and searched, on each database."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.portal_server.driver import Portal


def test_members_are_sorted_by_address_and_searched(portal: Portal) -> None:
    team, other = portal.team(), portal.team()
    for email in ("cy@acme.example", "ana@acme.example", "bo_b@globex.example", "zürich@acme.example"):
        portal.member(team, email)
    portal.member(other, "ana@other.example")
    portal.member(team, "dora@acme.example", "admin")

    def found(**params: str) -> list[str]:
        answer = portal.get("/members", params={"team": team["id"], **params}).json()
        assert answer["total"] == len(answer["items"])
        return [item["email"] for item in answer["items"]]

    sorted_by_address = [
        "ana@acme.example",
        "bo_b@globex.example",
        "cy@acme.example",
        "dora@acme.example",
        "zürich@acme.example",
    ]
    assert found(sort="email") == sorted_by_address
    assert found(search="") == sorted_by_address
    assert found(search=" ACME.") == [
        "ana@acme.example",
        "cy@acme.example",
        "dora@acme.example",
        "zürich@acme.example",
    ]
    assert found(search="ZÜ") == ["zürich@acme.example"]
    assert found(search="o_b") == ["bo_b@globex.example"]
    assert found(search="%") == []
    assert found(search="\\") == []
    assert found(role="admin") == ["dora@acme.example"]
    assert found(role="member", search="cy", state="invited") == ["cy@acme.example"]
    assert found(role="member", search="cy", state="active") == []


def test_sorting_and_searching_need_a_team_unless_the_token_has_one(portal: Portal) -> None:
    team, other = portal.team(), portal.team()
    portal.member(team, "bo@acme.example")
    ana = portal.member(team, "ana@acme.example")
    portal.member(other, "ana@other.example")
    token = portal.token("team", team)

    for params in ({"sort": "email"}, {"search": "ana"}, {"sort": "email", "partner": "par_1"}):
        refused = portal.get("/members", params=params)
        assert (refused.status_code, refused.json()["errors"]) == (
            422,
            [{"pointer": "?team", "detail": "is required with ?sort and ?search"}],
        )
    assert portal.items("/members", params={"search": "ana"}, token=token) == [ana]
    assert portal.items("/members", params={"sort": "email", "team": other["id"]}, token=token) == []


@pytest.mark.parametrize("cursor", ["Y2FuYQ", "YQ=", "____", "a", "YQBh"])
def test_a_cursor_of_another_order_is_refused(sqlite_portal: Portal, cursor: str) -> None:
    team = sqlite_portal.team()
    for params in ({"sort": "email", "cursor": cursor}, {"cursor": "YWFuYQ"}):
        refused = sqlite_portal.get("/members", params={"team": team["id"], **params})
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == ["?cursor"]
    assert sqlite_portal.get("/members", params={"cursor": "1" * 19}).status_code == 422
    assert sqlite_portal.get("/members", params={"cursor": "1" * 18}).status_code == 200


def test_pages_have_every_member_once_whatever_their_size(portal: Portal) -> None:
    team = portal.team()
    emails = sorted(f"{name}{number}@acme.example" for name in ("ana", "bo") for number in range(6))
    for email in reversed(emails):
        portal.member(team, email)

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.integers(1, 14), st.sampled_from(["", "a", "bo", "1@", "nobody"]))
    def law(limit: int, search: str) -> None:
        found, cursor = [], None
        while True:
            params: dict[str, Any] = {"team": team["id"], "search": search, "limit": limit}
            page = portal.get("/members", params=params | ({"cursor": cursor} if cursor else {})).json()
            assert page["total"] == len([email for email in emails if search in email])
            found += [item["email"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert found == [email for email in emails if search in email]

    law()
