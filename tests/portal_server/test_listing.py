import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.statements import statements


def test_pages_hold_everything_once_and_in_order(portal: Portal) -> None:
    made = [portal.api()["name"] for _ in range(7)]

    assert [[item["name"] for item in page] for page in pages(portal, "/apis", 3)] == [
        made[:3],
        made[3:6],
        made[6:],
    ]


def test_what_is_added_or_deleted_between_pages_moves_nothing_else(portal: Portal) -> None:
    kept = [portal.api() for _ in range(4)]
    gone = portal.api()
    first = portal.get("/apis", params={"limit": 2}).json()

    portal.delete(f"/apis/{gone['id']}")
    portal.delete(f"/apis/{kept[1]['id']}")
    added = portal.api()
    second = portal.get("/apis", params={"limit": 10, "cursor": first["next"]}).json()

    assert [item["id"] for item in first["items"]] == [kept[0]["id"], kept[1]["id"]]
    assert [item["id"] for item in second["items"]] == [kept[2]["id"], kept[3]["id"], added["id"]]
    assert (first["total"], second["total"], second["next"]) == (5, 4, None)


def test_what_replaces_a_deleted_last_row_is_not_passed_over(portal: Portal) -> None:
    made = [portal.api() for _ in range(3)]
    first = portal.get("/apis", params={"limit": 2}).json()
    for gone in made[1:]:
        portal.delete(f"/apis/{gone['id']}")
    added = portal.api()

    assert portal.items("/apis", params={"cursor": first["next"]}) == [added]


def test_a_page_that_ends_with_the_list_has_no_next_page(portal: Portal) -> None:
    made = [portal.api()["name"] for _ in range(4)]

    assert [[item["name"] for item in page] for page in pages(portal, "/apis", 2)] == [made[:2], made[2:]]


def test_a_page_keeps_its_order_when_its_objects_change(portal: Portal) -> None:
    made = [portal.group() for _ in range(5)]
    for each in made[::2]:
        portal.patch(f"/access-groups/{each['id']}", {"description": each["name"] * 500})

    assert [each["id"] for each in portal.items("/access-groups")] == [each["id"] for each in made]


def test_texts_lists_and_switches_are_the_same_in_a_list_as_alone(portal: Portal) -> None:
    odd = "\"quoted\" \\ a/b %25 <&> 'x' \t\n\r é ü 漢 😀 \u2028 \u00a0"
    texts = ["", " ", "null", "true", "1", '["json"]', '{"a": 1}', odd]
    partner = portal.partner(domains=["acme.example", "bücher.example"], blocked=["o'neil@acme.example"])
    products = [portal.product(description=text) for text in texts]
    teams = [portal.team(partner, displayName='a\\b"c', delegated=each) for each in (True, False)]

    assert [each["description"] for each in portal.items("/products")] == texts
    assert portal.items("/products") == products
    assert portal.items("/partners") == [partner]
    assert [each["delegated"] for each in portal.items("/teams")] == [True, False]
    assert portal.items("/teams") == teams


def test_only_after_a_full_page_is_looked_for_more(sqlite_portal: Portal) -> None:
    for _ in range(3):
        sqlite_portal.api()
    limits = {}
    for limit in (2, 3, 4):
        with statements() as seen:
            sqlite_portal.get("/apis", params={"limit": limit})
        limits[limit] = sum(each.startswith("SELECT") and "apis" in each for each in seen)

    assert limits == {2: 3, 3: 3, 4: 2}


def test_an_empty_list_has_no_next_page(portal: Portal) -> None:
    assert portal.get("/grants").json() == {"items": [], "total": 0, "next": None}


def test_members_are_found_by_team_partner_address_and_state(portal: Portal) -> None:
    partner = portal.partner()
    first, second = portal.team(partner), portal.team(partner)
    portal.made("/people", email="bo@acme.example")
    ana = portal.member(first, "ana@acme.example")
    bo = portal.member(second, "bo@acme.example")
    other = portal.member(portal.team(), "ana@acme.example")

    def found(**params: str) -> list[str]:
        return [item["id"] for item in portal.items("/members", params=params)]

    assert found(team=first["id"]) == [ana["id"]]
    assert found(partner=partner["id"]) == [ana["id"], bo["id"]]
    assert found(email="ANA@Acme.example") == [ana["id"], other["id"]]
    assert found(state="active") == [bo["id"]]
    assert found(state="invited", partner=partner["id"], email="ana@acme.example") == [ana["id"]]
    portal.pass_time(days=7)
    assert found(state="expired") == [ana["id"], other["id"]]
    assert found(team="team_0") == []


def test_items_and_grants_are_found_by_what_they_join(portal: Portal) -> None:
    group, product, api, team = portal.group(), portal.product(), portal.api(), portal.team()
    in_product = portal.made("/product-items", productId=product["id"], apiId=api["id"])
    in_group = portal.made("/access-items", groupId=group["id"], apiId=api["id"])
    to_team = portal.made("/grants", groupId=group["id"], teamId=team["id"])
    to_person = portal.made("/grants", groupId=group["id"], email="sam@indie.example")

    assert portal.items("/product-items", params={"product": product["id"], "api": api["id"]}) == [in_product]
    assert portal.items("/access-items", params={"group": group["id"]}) == [in_group]
    assert portal.items("/grants", params={"group": group["id"]}) == [to_team, to_person]
    assert portal.items("/grants", params={"team": team["id"]}) == [to_team]
    assert portal.items("/grants", params={"email": "SAM@indie.example"}) == [to_person]
    assert portal.items("/teams", params={"partner": team["partnerId"]}) == [team]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "?limit"),
        ("limit=5001", "?limit"),
        ("limit=many", "?limit"),
        ("limit=1&limit=2", "?"),
        ("cursor=x", "?cursor"),
        ("cursor=1%00", "?cursor"),
        ("cursor=" + "9" * 30, "?cursor"),
        ("colour=red", "?colour"),
        ("state=gone", "?state"),
        ("team=%00", "?team"),
        ("email=nobody", "?email"),
        ("email=a@b.%2D", "?email"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(sqlite_portal: Portal, query: str, pointer: str) -> None:
    refusal = sqlite_portal.get(f"/members?{query}")

    assert refusal.status_code == 422
    assert [error["pointer"] for error in refusal.json()["errors"]] == [pointer]


def pages(portal: Portal, path: str, limit: int) -> list[list[dict[str, str]]]:
    found, cursor = [], None
    while True:
        page = portal.get(path, params={"limit": limit, **({"cursor": cursor} if cursor else {})}).json()
        found.append(page["items"])
        cursor = page["next"]
        if cursor is None:
            return found
