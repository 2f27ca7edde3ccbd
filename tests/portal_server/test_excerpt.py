"""An excerpt against the same part of the lists, and how much work it is."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.statements import statements

LISTS = {
    "partners": "/partners",
    "teams": "/teams",
    "members": "/members",
    "products": "/products",
    "productItems": "/product-items",
    "accessGroups": "/access-groups",
    "accessItems": "/access-items",
    "grants": "/grants",
    "apis": "/apis",
}
EMPTY: dict[str, list[Any]] = {name: [] for name in LISTS}
MANY = """
    WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
    INSERT INTO members (id, team_id, email, role, state, etag)
    SELECT 'mem_' || n, ?, 'person' || n || '@acme.example', 'member', 'active', '"1"' FROM numbers
"""


def filled(portal: Portal) -> dict[str, dict[str, Any]]:
    """A portal with one of each object, and a second team of another partner that a person is in as well."""
    acme, bolt = portal.partner(name="acme"), portal.partner(name="bolt")
    ops, web = portal.team(acme, name="ops"), portal.team(bolt, name="web")
    rates, suite, gold = portal.api(name="rates"), portal.product(name="suite"), portal.group(name="gold")
    for team, email in ((ops, "ana@acme.example"), (web, "ana@acme.example"), (web, "zoe@bolt.example")):
        portal.member(team, email)
    portal.made("/product-items", productId=suite["id"], apiId=rates["id"])
    portal.made("/access-items", groupId=gold["id"], productId=suite["id"])
    portal.made("/access-items", groupId=gold["id"], apiId=rates["id"])
    portal.made("/grants", groupId=gold["id"], teamId=ops["id"])
    portal.made("/grants", groupId=gold["id"], email="sam@indie.example")
    return {"ops": ops, "web": web}


def lists(portal: Portal) -> dict[str, list[dict[str, Any]]]:
    return {name: portal.items(path, params={"limit": 1000}) for name, path in LISTS.items()}


def excerpt(portal: Portal, **body: Any) -> dict[str, list[dict[str, Any]]]:
    response = portal.post("/excerpt", body)
    assert response.status_code == 200, response.text
    return dict(response.json())


def many(portal: Portal, team: dict[str, Any], number: int) -> None:
    with closing(sqlite3.connect(portal.database)) as database, database:
        database.execute(MANY, (number, team["id"]))


def test_a_partner_brings_its_teams_their_people_and_all_that_these_reach(portal: Portal) -> None:
    filled(portal)
    whole = lists(portal)

    found = excerpt(portal, partners=["acme"])

    assert [each["email"] for each in found["members"]] == ["ana@acme.example", "ana@acme.example"]
    assert [grant["teamId"] for grant in found["grants"]] == [whole["teams"][0]["id"]]
    assert found == whole | {"members": whole["members"][:2], "grants": whole["grants"][:1]}


@pytest.mark.parametrize(
    "asked",
    [
        {"teams": [{"partner": "acme", "name": "ops"}]},
        {"accessGroups": ["gold"]},
        {"products": ["suite"]},
    ],
    ids=["team", "group", "product in a group"],
)
def test_the_people_behind_an_object_come_with_it(sqlite_portal: Portal, asked: dict[str, Any]) -> None:
    filled(sqlite_portal)
    whole = lists(sqlite_portal)

    found = excerpt(sqlite_portal, **asked)

    grants = whole["grants"] if "teams" not in asked else whole["grants"][:1]
    assert found == whole | {"members": whole["members"][:2], "grants": grants}


@pytest.mark.parametrize(
    ("asked", "alone"),
    [
        (
            {"contents": {"accessGroups": ["gold"]}},
            ("accessGroups", "accessItems", "products", "productItems"),
        ),
        ({"contents": {"products": ["suite"]}}, ("products", "productItems")),
        ({"partners": ["nobody"], "teams": [{"partner": "none", "name": "ops"}], "products": ["gold"]}, ()),
    ],
    ids=["contents of a group", "contents of a product", "what does not exist"],
)
def test_nothing_else_comes_with_contents_or_with_nothing(
    sqlite_portal: Portal, asked: dict[str, Any], alone: tuple[str, ...]
) -> None:
    filled(sqlite_portal)
    whole = lists(sqlite_portal)

    assert excerpt(sqlite_portal, **asked) == EMPTY | {name: whole[name] for name in (*alone, "apis")}


def test_a_team_that_does_not_exist_brings_its_partner(sqlite_portal: Portal) -> None:
    filled(sqlite_portal)
    whole = lists(sqlite_portal)

    found = excerpt(sqlite_portal, teams=[{"partner": "bolt", "name": "ops"}])

    assert found == EMPTY | {"partners": whole["partners"][1:], "apis": whole["apis"]}


def test_a_person_is_found_by_any_spelling_of_the_address(sqlite_portal: Portal) -> None:
    filled(sqlite_portal)
    whole = lists(sqlite_portal)

    found = excerpt(sqlite_portal, people=["ZOE@Bolt.example"])

    assert found == EMPTY | {
        "partners": whole["partners"][1:],
        "teams": whole["teams"][1:],
        "members": whole["members"][2:],
        "apis": whole["apis"],
    }


def test_an_address_that_is_none_is_named(sqlite_portal: Portal) -> None:
    response = sqlite_portal.post("/excerpt", {"people": ["ana@acme.example", "ana@-.example"]})

    assert response.status_code == 422
    assert response.json()["errors"] == [{"pointer": "/people/1", "detail": "not a valid domain"}]


def test_the_state_of_an_invitation_is_that_of_now(sqlite_portal: Portal) -> None:
    filled(sqlite_portal)
    sqlite_portal.pass_time(days=7)

    members = excerpt(sqlite_portal, partners=["bolt"])["members"]

    assert [each["state"] for each in members] == ["expired"] * 3
    assert members == sqlite_portal.items("/members")


def test_an_excerpt_takes_as_many_statements_for_one_object_as_for_many(portal: Portal) -> None:
    filled(portal)
    everything = {
        "partners": ["acme", "bolt"],
        "teams": [{"partner": "acme", "name": "ops"}, {"partner": "bolt", "name": "web"}],
        "accessGroups": ["gold"],
        "products": ["suite"],
        "contents": {"accessGroups": ["gold"], "products": ["suite"]},
        "people": ["sam@indie.example"],
    }
    counts = []
    for asked in ({}, {"partners": ["acme"]}, everything):
        with statements() as seen:
            excerpt(portal, **asked)
        counts.append(len([each for each in seen if each.startswith("SELECT") and "pg_" not in each]))

    # The token is looked up before the body is read, and again in the transaction of the operation.
    assert counts == [18, 18, 18]


def test_an_excerpt_waits_for_no_writer(portal: Portal) -> None:
    filled(portal)

    with portal.app.state.database.writing():
        assert excerpt(portal, partners=["acme"])["partners"][0]["name"] == "acme"
        assert portal.post("/totals", {"managedBy": "us"}).status_code == 200


def test_a_key_for_repetitions_is_of_no_use(sqlite_portal: Portal) -> None:
    headers = {"Idempotency-Key": "once"}
    before = sqlite_portal.post("/excerpt", {"partners": ["acme"]}, headers=headers).json()["partners"]
    sqlite_portal.partner(name="acme")
    after = sqlite_portal.post("/excerpt", {"partners": ["acme"]}, headers=headers).json()["partners"]

    assert (before, [each["name"] for each in after]) == ([], ["acme"])


def test_more_objects_than_an_excerpt_can_have_are_refused(sqlite_portal: Portal) -> None:
    team = sqlite_portal.team(sqlite_portal.partner(name="acme"))
    # The team and the partner are two more.
    many(sqlite_portal, team, 19_999)
    response = sqlite_portal.post("/excerpt", {"partners": ["acme"]})

    assert (response.status_code, response.json()["detail"]) == (
        413,
        "The excerpt has more than 20,000 objects; read the lists instead.",
    )


def test_more_people_than_an_excerpt_can_have_are_refused(sqlite_portal: Portal) -> None:
    team = sqlite_portal.team(sqlite_portal.partner(name="acme"))
    many(sqlite_portal, team, 20_001)

    with statements() as seen:
        response = sqlite_portal.post("/excerpt", {"partners": ["acme"]})

    assert response.status_code == 413
    # No membership is read.
    assert not [each for each in seen if "members.role" in each]


@pytest.mark.parametrize("place", ["/people", "/teams", "/partners", "/contents/products"])
def test_more_names_than_an_excerpt_can_have_objects_are_refused(sqlite_portal: Portal, place: str) -> None:
    one: Any = {"/people": "ana@acme.example", "/teams": {"partner": "acme", "name": "ops"}}.get(
        place, "acme"
    )
    most, more = ({place.rpartition("/")[2]: [one] * number} for number in (20_000, 20_001))
    asked = [{"contents": each} if "contents" in place else each for each in (most, more)]

    answers = [sqlite_portal.post("/excerpt", each) for each in asked]

    assert [each.status_code for each in answers] == [200, 422]
    assert answers[1].json()["errors"] == [
        {"pointer": place, "detail": "Expected `array` of length <= 20000"}
    ]


def test_a_token_that_reads_everything_can_ask_for_many_people(sqlite_portal: Portal) -> None:
    people = [f"person{number}@acme.example" for number in range(4_000)]
    read, team = sqlite_portal.token("read"), sqlite_portal.token("team", sqlite_portal.team())

    assert sqlite_portal.post("/excerpt", {"people": people}, token=read).status_code == 200
    assert sqlite_portal.post("/excerpt", {}, token=team).status_code == 403
    assert sqlite_portal.post("/totals", {"managedBy": "us"}, token=team).status_code == 403
