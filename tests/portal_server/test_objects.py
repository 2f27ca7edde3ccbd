from typing import Any

import pytest

from tests.portal_server.driver import Portal


def test_a_partner_is_made_with_its_defaults(portal: Portal) -> None:
    response = portal.post(
        "/partners", {"name": "acme", "type": "reseller", "displayName": "Acme", "owner": "sales"}
    )

    made = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/partners/{made['id']}"
    assert response.headers["etag"] == made["etag"]
    assert {key: value for key, value in made.items() if key not in {"id", "etag"}} == {
        "name": "acme",
        "type": "reseller",
        "status": "active",
        "displayName": "Acme",
        "owner": "sales",
        "domains": [],
        "agreement": None,
        "blocked": [],
        "managedBy": None,
    }


def test_every_kind_is_read_alone_as_in_its_list(portal: Portal) -> None:
    one_of_each = everything(portal)

    for path, made in one_of_each.items():
        alone = portal.get(f"{path}/{made['id']}")
        assert alone.status_code == 200
        assert alone.json() in portal.items(path, params={"limit": 1000})
        assert alone.headers["etag"] == alone.json()["etag"]


def test_every_object_can_be_deleted(portal: Portal) -> None:
    one_of_each = everything(portal)

    for path, made in reversed(one_of_each.items()):
        assert portal.delete(f"{path}/{made['id']}").status_code == 204
        assert portal.get(f"{path}/{made['id']}").status_code == 404
        assert portal.delete(f"{path}/{made['id']}").status_code == 404


def test_addresses_and_domains_are_stored_in_one_spelling(portal: Portal) -> None:
    made = portal.partner(domains=["BÜCHER.example"], blocked=["Ana@Bücher.example"])

    assert made["domains"] == ["xn--bcher-kva.example"]
    assert made["blocked"] == ["ana@xn--bcher-kva.example"]


def test_a_name_that_is_taken_is_refused(portal: Portal) -> None:
    taken, other = portal.partner(), portal.partner()
    again = {"name": taken["name"], "type": "internal", "displayName": "B", "owner": "b"}

    assert portal.post("/partners", again).status_code == 409
    assert portal.patch(f"/partners/{other['id']}", {"name": taken["name"]}).status_code == 409


def test_a_team_name_is_taken_within_its_partner_only(portal: Portal) -> None:
    first, second = portal.partner(), portal.partner()
    portal.team(first, name="one")

    assert portal.team(second, name="one")["name"] == "one"
    same = {"partnerId": first["id"], "name": "one", "displayName": "One"}
    assert portal.post("/teams", same).status_code == 409


@pytest.mark.parametrize(
    "kind", ["/members", "/product-items", "/access-items", "/grants", "/people", "/apis"]
)
def test_a_pair_that_exists_is_refused(portal: Portal, kind: str) -> None:
    made = everything(portal)[kind]
    hidden = {"id", "etag", "state", "invitedAt"}
    again = {key: value for key, value in made.items() if key not in hidden}

    assert portal.post(kind, again).status_code == 409


def test_a_parent_with_children_is_never_deleted(portal: Portal) -> None:
    made = everything(portal)

    for parent in ("/partners", "/teams", "/products", "/access-groups", "/apis"):
        refusal = portal.delete(f"{parent}/{made[parent]['id']}")
        assert refusal.status_code == 409, parent
        assert portal.get(f"{parent}/{made[parent]['id']}").json() == made[parent]


def test_a_reference_to_what_does_not_exist_is_named(portal: Portal) -> None:
    refusal = portal.post("/access-items", {"groupId": "grp_0", "apiId": "api_0"})

    assert refusal.status_code == 422
    assert [error["pointer"] for error in refusal.json()["errors"]] == ["/groupId", "/apiId"]
    for path, body in (
        ("/teams", {"partnerId": "par_0", "name": "t", "displayName": "T"}),
        ("/members", {"teamId": "team_0", "email": "a@b.example", "role": "admin"}),
        ("/product-items", {"productId": "prod_0", "apiId": "api_0"}),
        ("/grants", {"groupId": "grp_0", "teamId": "team_0"}),
        ("/tokens", {"name": "t", "scope": "team", "teamId": "team_0"}),
    ):
        assert portal.post(path, body).status_code == 422, path


def test_a_patch_changes_what_it_names_and_the_entity_tag(portal: Portal) -> None:
    before = portal.partner(agreement="A-1", blocked=["x@y.example"])

    after = portal.patch(f"/partners/{before['id']}", {"agreement": None, "status": "suspended"})

    expected = {**before, "agreement": None, "status": "suspended", "etag": after.headers["etag"]}
    assert after.json() == expected
    assert portal.get(f"/partners/{before['id']}").json() == expected
    assert after.headers["etag"] != before["etag"]


def test_a_patch_that_changes_nothing_keeps_the_entity_tag_and_leaves_no_trace(portal: Portal) -> None:
    before = portal.partner(blocked=["x@y.example"])

    for body in ({}, {"blocked": ["X@y.example"]}, {"owner": before["owner"]}):
        assert portal.patch(f"/partners/{before['id']}", body).json() == before
    assert [entry["action"] for entry in portal.items("/audit", params={"object": before["id"]})] == [
        "create"
    ]


def test_what_cannot_be_changed_is_not_known_to_a_patch(portal: Portal) -> None:
    made = everything(portal)
    fixed = {
        "/partners": {"id": "par_1"},
        "/teams": {"id": "team_1"},
        "/members": {"email": "other@b.example"},
        "/grants": {"groupId": made["/access-groups"]["id"]},
        "/apis": {"name": "other"},
        "/people": {"email": "other@b.example"},
    }

    for path, body in fixed.items():
        assert portal.patch(f"{path}/{made[path]['id']}", body).status_code == 422, path


def test_tokens_and_items_have_no_patch(portal: Portal) -> None:
    made = everything(portal)

    for path in ("/tokens", "/product-items", "/access-items"):
        refusal = portal.patch(f"{path}/{made[path]['id']}", {})
        assert (refusal.status_code, refusal.headers["allow"]) == (405, "DELETE, GET, HEAD")


def test_an_outdated_entity_tag_stops_a_change_and_a_deletion(portal: Portal) -> None:
    before = portal.partner()
    path = f"/partners/{before['id']}"
    outdated = {"If-Match": before["etag"]}
    after = portal.patch(path, {"owner": "new"}, headers=outdated).json()

    assert portal.patch(path, {"owner": "newer"}, headers=outdated).status_code == 412
    assert portal.delete(path, headers=outdated).status_code == 412
    assert portal.get(path).json() == after
    assert portal.delete(path, headers={"If-Match": f'"other", {after["etag"]}'}).status_code == 204


def test_who_has_an_object_already_gets_no_body(portal: Portal) -> None:
    made = portal.partner()
    known = portal.get(f"/partners/{made['id']}", headers={"If-None-Match": f"W/{made['etag']}"})

    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", made["etag"])
    portal.patch(f"/partners/{made['id']}", {"owner": "new"})
    assert portal.get(f"/partners/{made['id']}", headers={"If-None-Match": made["etag"]}).status_code == 200


def everything(portal: Portal) -> dict[str, dict[str, Any]]:
    """One object of each kind, parents first."""
    partner = portal.partner()
    team = portal.team(partner)
    api, product, group = portal.api(), portal.product(), portal.group()
    return {
        "/partners": partner,
        "/teams": team,
        "/apis": api,
        "/products": product,
        "/access-groups": group,
        "/members": portal.member(team, "ana@acme.example", until="2030-01-31"),
        "/product-items": portal.made("/product-items", productId=product["id"], apiId=api["id"]),
        "/access-items": portal.made("/access-items", groupId=group["id"], productId=product["id"]),
        "/grants": portal.made("/grants", groupId=group["id"], teamId=team["id"], reason="a\nb"),
        "/people": portal.made("/people", email="sam@indie.example"),
        "/tokens": {
            key: value
            for key, value in portal.made("/tokens", name="t", scope="read").items()
            if key != "token"
        },
    }


def test_a_team_moves_to_another_partner_with_its_members(portal: Portal) -> None:
    left, joined = portal.partner(), portal.partner()
    team = portal.team(left)
    member = portal.made("/members", teamId=team["id"], email="ana@acme.example", role="admin")

    moved = portal.patch(f"/teams/{team['id']}", {"partnerId": joined["id"]})

    assert (moved.status_code, moved.json()["partnerId"]) == (200, joined["id"])
    assert portal.items("/teams", params={"partner": joined["id"]}) == [moved.json()]
    assert portal.items("/members", params={"team": team["id"]}) == [member]
    assert portal.delete(f"/partners/{left['id']}").status_code == 204


def test_a_team_moves_to_no_partner_that_is_not_there_or_has_a_team_of_its_name(portal: Portal) -> None:
    left, joined = portal.partner(), portal.partner()
    team = portal.team(left)
    portal.team(joined, name=team["name"])

    assert [
        portal.patch(f"/teams/{team['id']}", {"partnerId": each}).status_code
        for each in ("par_0", joined["id"])
    ] == [422, 409]
