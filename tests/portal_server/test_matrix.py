"""Who has access to what: the list agrees with the access of each person, and each filter with the list."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from reconciler.portal_server import issue_token, reset
from tests.laws import examples
from tests.portal_server.driver import START, Portal
from tests.portal_server.test_access import PEOPLE, TODAY, build, worlds


def listed(portal: Portal, **params: Any) -> list[dict[str, Any]]:
    """All rows, by pages of the given size; a page may be shorter, but no row is missing or twice."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = portal.get("/access", params={**params, **({"cursor": cursor} if cursor else {})}).json()
        assert len(page["items"]) <= params.get("limit", 100)
        rows += page["items"]
        cursor = page["next"]
        if cursor is None:
            return rows


def shown(rows: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    return {row["email"]: {each["api"]: each["level"] for each in row["access"]} for row in rows}


@pytest.mark.no_cover  # it runs the same lines again and again
@examples(80, HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
@given(world=worlds, ahead=st.integers(-1, 9), limit=st.sampled_from([1, 2, 100]))
def test_the_list_is_what_each_person_reaches(
    portal: Portal, world: dict[str, Any], ahead: int, limit: int
) -> None:
    reset(portal.database)
    portal.clock = START
    portal.admin = issue_token(portal.database, name="again", scope="admin")
    build(portal, world)
    on = (TODAY + timedelta(days=ahead)).isoformat()
    groups = [each["id"] for each in portal.items("/access-groups")]
    apis = {each["name"]: each["id"] for each in portal.items("/apis")}
    grants = portal.items("/grants", params={"limit": 1000})
    partner_of = {team["id"]: team["partnerId"] for team in portal.items("/teams")}

    everybody = listed(portal, on=on, limit=limit)
    by_partner = {
        partner: {
            row["email"]
            for row in everybody
            if any(partner_of[team["id"]] == partner for team in row["teams"])
        }
        for partner in set(partner_of.values())
    }
    rows = shown(everybody)

    assert [row["email"] for row in everybody] == sorted(rows, key=str.encode)
    assert rows == {email: portal.reaches(email, on) for email in rows}
    assert {each.lower() for each in PEOPLE if portal.reaches(each, on)} <= rows.keys()
    for level in ("view", "consume"):
        with_level = {email: row for email, row in rows.items() if level in row.values()}
        assert shown(listed(portal, on=on, limit=limit, level=level)) == with_level
    for name, api in apis.items():
        reaching = {email: row for email, row in rows.items() if name in row}
        assert shown(listed(portal, on=on, limit=limit, api=api)) == reaching
        consuming = {email: row for email, row in reaching.items() if row[name] == "consume"}
        assert shown(listed(portal, on=on, limit=limit, api=api, level="consume")) == consuming
    for group in groups:
        of_group = {
            row["email"]
            for row in everybody
            if any(receives(grant, row) and lasts(grant, on) for grant in grants if grant["groupId"] == group)
        }
        assert shown(listed(portal, on=on, limit=limit, group=group)).keys() == of_group
        for partner, of_partner in by_partner.items():
            both = {"partner": partner, "group": group, "level": "view"}
            assert shown(listed(portal, on=on, limit=limit, **both)).keys() == {
                row["email"]
                for row in everybody
                if row["email"] in of_group & of_partner and "view" in rows[row["email"]].values()
            }
    for ending in (0, 3):
        last = (date.fromisoformat(on) + timedelta(days=ending)).isoformat()
        soon = {row["email"] for row in everybody if row["until"] and row["until"] <= last}
        assert shown(listed(portal, on=on, limit=limit, ending=ending)).keys() == soon


def receives(grant: dict[str, Any], row: dict[str, Any]) -> bool:
    teams = {team["id"] for team in row["teams"] if team["counts"]}
    return grant["email"] == row["email"] or grant["teamId"] in teams


def lasts(grant: dict[str, Any], on: str) -> bool:
    return grant["until"] is None or grant["until"] >= on


@pytest.fixture
def company(portal: Portal) -> dict[str, Any]:
    """Two partners: ana and bo in one team, bo also in the other's; cy declined; dee has a grant alone."""
    acme, globex = (
        portal.made("/partners", name=name, type="reseller", displayName=name.title(), owner="sales")
        for name in ("acme", "globex")
    )
    first = portal.made("/teams", partnerId=acme["id"], name="integration", displayName="Integration")
    second = portal.made("/teams", partnerId=globex["id"], name="ops", displayName="Operations")
    tracking, rates = (portal.api(name=name) for name in ("tracking", "rates"))
    both, one = portal.group(), portal.group()
    for api in (tracking, rates):
        portal.made("/access-items", groupId=both["id"], apiId=api["id"])
    portal.made("/access-items", groupId=one["id"], apiId=rates["id"])
    for email in ("ana@acme.example", "bo@acme.example"):
        portal.made("/people", email=email)
    portal.member(first, "ana@acme.example")
    bo_in_first = portal.member(first, "bo@acme.example")
    bo_in_second = portal.member(second, "bo@acme.example", until="2026-03-20")
    portal.member(second, "cy@globex.example")
    portal.answer(portal.codes("cy@globex.example")[0], "decline")
    portal.made("/grants", groupId=both["id"], teamId=first["id"], level="view")
    portal.made("/grants", groupId=one["id"], teamId=second["id"], level="consume")
    portal.made("/grants", groupId=one["id"], email="dee@other.example", level="consume", until="2026-03-10")
    return {
        "acme": acme["id"],
        "first": first["id"],
        "second": second["id"],
        "rates": rates["id"],
        "tracking": tracking["id"],
        "one": one["id"],
        "bo_in_first": bo_in_first["id"],
        "bo_in_second": bo_in_second["id"],
    }


ANA = {"ana@acme.example": {"rates": "view", "tracking": "view"}}
BO = {"bo@acme.example": {"rates": "consume", "tracking": "view"}}
DEE = {"dee@other.example": {"rates": "consume"}}


@pytest.mark.parametrize(
    ("filters", "expected", "total"),
    [
        (lambda _: {}, ANA | BO | DEE, 3),
        (lambda made: {"partner": made["acme"]}, ANA | BO, 2),
        (lambda made: {"team": made["second"]}, BO, 1),
        (lambda made: {"group": made["one"]}, BO | DEE, None),
        (lambda made: {"api": made["tracking"]}, ANA | BO, None),
        (lambda made: {"api": made["rates"], "level": "view"}, ANA, None),
        (lambda _: {"api": "api_0"}, {}, None),
        (lambda _: {"level": "view"}, ANA | BO, None),
        (lambda _: {"person": "BO@acme.example"}, BO, 1),
        (lambda _: {"search": "De"}, DEE, 1),
        (lambda _: {"ending": 9}, DEE, None),
        (lambda _: {"ending": 3660}, BO | DEE, None),
        (lambda _: {"on": "9999-12-31", "ending": 1}, {}, None),
        (lambda _: {"on": "2026-03-11"}, ANA | BO | {"dee@other.example": {}}, 3),
    ],
)
def test_filters_narrow_the_list(
    portal: Portal,
    company: dict[str, Any],
    filters: Callable[[dict[str, Any]], dict[str, Any]],
    expected: dict[str, dict[str, str]],
    total: int | None,
) -> None:
    answer = portal.get("/access", params=filters(company)).json()

    assert (shown(answer["items"]), answer["total"], answer["next"]) == (expected, total, None)


def test_a_row_names_the_teams_of_the_person_and_the_next_end(
    portal: Portal, company: dict[str, Any]
) -> None:
    assert portal.items("/access", params={"on": "2026-03-21", "person": "bo@acme.example"}) == [
        {
            "email": "bo@acme.example",
            "teams": [
                {
                    "id": company["first"],
                    "name": "Integration",
                    "partner": "Acme",
                    "memberId": company["bo_in_first"],
                    "counts": True,
                },
                {
                    "id": company["second"],
                    "name": "Operations",
                    "partner": "Globex",
                    "memberId": company["bo_in_second"],
                    "counts": False,
                },
            ],
            "access": [{"api": "rates", "level": "view"}, {"api": "tracking", "level": "view"}],
            "until": None,
        }
    ]
    [today] = portal.items("/access", params={"person": "bo@acme.example"})
    assert today["until"] == "2026-03-20"


def test_a_blocked_person_and_a_suspended_partner_reach_nothing(
    portal: Portal, company: dict[str, Any]
) -> None:
    path = f"/partners/{company['acme']}"
    portal.patch(path, {"blocked": ["ana@acme.example"]})
    assert shown(listed(portal)) == {"ana@acme.example": {}} | BO | DEE

    portal.patch(path, {"status": "suspended"})
    assert (
        shown(listed(portal))
        == {
            "ana@acme.example": {},
            "bo@acme.example": {"rates": "consume"},
        }
        | DEE
    )


def test_a_filter_that_few_people_match_ends_a_page_early(portal: Portal, company: dict[str, Any]) -> None:
    # The grant is for the group, but the memberships have ended.
    for number in range(10):
        email = f"a{number}@acme.example"
        portal.made("/people", email=email)
        portal.member({"id": company["second"]}, email, until="2026-02-28")

    page = portal.get("/access", params={"group": company["one"], "limit": 1}).json()

    assert (page["items"], page["next"]) == ([], "a7@acme.example")
    assert shown(listed(portal, group=company["one"], limit=1)) == BO | DEE


def test_many_teams_are_searched_in_the_order_of_addresses(
    portal: Portal, company: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.portal_server.operations.matrix_people._FEW_TEAMS", 0)

    assert shown(listed(portal, api=company["tracking"])) == ANA | BO
    assert shown(listed(portal, partner=company["acme"], limit=1)) == ANA | BO


def test_people_beyond_a_thousand_are_not_counted(
    sqlite_portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.portal_server.operations.matrix_people.MOST_COUNTED", 2)
    team = sqlite_portal.team()
    totals = []
    for name in ("ana", "bo", "cy"):
        sqlite_portal.member(team, f"{name}@acme.example")
        totals.append(sqlite_portal.get("/access").json()["total"])

    assert totals == [1, 2, None]


@pytest.mark.parametrize(
    "params",
    [{"person": "nobody"}, {"person": "a@-.example"}, {"ending": -1}, {"level": "all"}, {"on": "now"}],
)
def test_a_wrong_filter_is_named(sqlite_portal: Portal, params: dict[str, Any]) -> None:
    (name,) = params
    answer = sqlite_portal.get("/access", params=params)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"?{name}")


def test_the_list_is_for_administrators_and_readers(sqlite_portal: Portal) -> None:
    tokens = (
        None,
        sqlite_portal.token("team", sqlite_portal.team()),
        sqlite_portal.token("read"),
        sqlite_portal.admin,
    )
    assert [sqlite_portal.get("/access", token=token).status_code for token in tokens] == [401, 403, 200, 200]


def test_an_empty_portal_has_an_empty_list(portal: Portal) -> None:
    assert portal.get("/access").json() == {"on": "2026-03-01", "items": [], "total": 0, "next": None}
