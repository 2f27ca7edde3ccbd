"""The numbers of the whole portal; a law compares them with a read of everything."""

from typing import Any

import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.statements import statements

NOTHING = {
    "partners": 0,
    "teams": 0,
    "members": 0,
    "products": 0,
    "productItems": 0,
    "accessGroups": 0,
    "accessItems": 0,
    "grants": 0,
}


def totals(portal: Portal, **more: Any) -> dict[str, Any]:
    response = portal.post("/totals", {"managedBy": "us", **more})
    assert response.status_code == 200, response.text
    return dict(response.json())


def granted(portal: Portal, group: dict[str, Any], **receiver: Any) -> None:
    portal.made("/grants", groupId=group["id"], **receiver)


def test_an_empty_portal_has_nothing(sqlite_portal: Portal) -> None:
    assert totals(sqlite_portal) == {"managed": NOTHING, "people": None}
    assert totals(sqlite_portal, on="2026-03-01") == {"managed": NOTHING, "people": 0}


def test_children_count_for_the_configuration_that_manages_their_parent(portal: Portal) -> None:
    api = portal.api()
    for label in ("us", "them", None):
        partner = portal.partner(managedBy=label)
        portal.member(portal.team(partner, managedBy=label), "ana@acme.example")
        # A team of another configuration can be in our partner.
        portal.team(portal.partner(managedBy="us"), managedBy=label)
        product, group = portal.product(managedBy=label), portal.group(managedBy=label)
        portal.made("/product-items", productId=product["id"], apiId=api["id"])
        portal.made("/access-items", groupId=group["id"], apiId=api["id"])
        portal.made("/access-items", groupId=group["id"], productId=product["id"])
        granted(portal, group, email="sam@indie.example")

    assert totals(portal)["managed"] == {
        "partners": 4,
        "teams": 2,
        "members": 1,
        "products": 1,
        "productItems": 1,
        "accessGroups": 1,
        "accessItems": 2,
        "grants": 1,
    }
    assert totals(portal, managedBy="nobody")["managed"] == NOTHING


def test_a_grant_to_another_configuration_counts_only_for_an_external_partner(sqlite_portal: Portal) -> None:
    group = sqlite_portal.group(managedBy="us")
    ours, bolt, free = (
        sqlite_portal.partner(),
        sqlite_portal.partner(name="bolt"),
        sqlite_portal.partner(name="free"),
    )
    granted(sqlite_portal, group, teamId=sqlite_portal.team(ours, managedBy="us")["id"])
    granted(sqlite_portal, group, teamId=sqlite_portal.team(bolt, managedBy="them")["id"])
    granted(sqlite_portal, group, teamId=sqlite_portal.team(free)["id"])

    counts = [
        totals(sqlite_portal, externalPartners=external)["managed"]["grants"]
        for external in ([], ["bolt"], ["free", "nobody"], ["bolt", "free"])
    ]

    assert counts == [1, 2, 2, 3]


def test_people_count_once_while_something_gives_them_access(portal: Portal) -> None:
    group, empty, api = portal.group(), portal.group(), portal.api()
    portal.made("/access-items", groupId=group["id"], apiId=api["id"])
    partner = portal.partner(blocked=["b_o@acme.example"])
    team, without = portal.team(partner), portal.team(partner)
    granted(portal, group, teamId=team["id"], until="2026-03-05")
    granted(portal, empty, teamId=without["id"])
    granted(portal, group, email="ana@acme.example", until="2026-03-09")
    granted(portal, group, email="sam@indie.example", until="2026-03-03")
    portal.member(team, "ana@acme.example")
    portal.member(team, "bxo@acme.example", until="2026-03-04")
    portal.post("/members", {"teamId": without["id"], "email": "zoe@acme.example", "role": "member"})

    counts = {day: totals(portal, on=f"2026-03-0{day}")["people"] for day in range(3, 9)}

    # Sam, Ana and the person whose address is like the blocked one; nobody by a group without APIs.
    assert counts == {3: 3, 4: 2, 5: 1, 6: 1, 7: 1, 8: 1}


def test_blocked_suspended_and_expired_people_do_not_count(sqlite_portal: Portal) -> None:
    group, api, product = sqlite_portal.group(), sqlite_portal.api(), sqlite_portal.product()
    sqlite_portal.made("/product-items", productId=product["id"], apiId=api["id"])
    sqlite_portal.made("/access-items", groupId=group["id"], productId=product["id"])
    partner = sqlite_portal.partner()
    team = sqlite_portal.team(partner)
    granted(sqlite_portal, group, teamId=team["id"])
    for name in ("ana", "bo", "cy"):
        sqlite_portal.member(team, f"{name}@acme.example")
    sqlite_portal.answer(sqlite_portal.codes("ana@acme.example")[0], "accept")
    sqlite_portal.answer(sqlite_portal.codes("bo@acme.example")[0], "decline")
    path = f"/partners/{partner['id']}"

    assert totals(sqlite_portal, on="2026-03-01")["people"] == 2
    sqlite_portal.pass_time(days=7)
    assert totals(sqlite_portal, on="2026-03-01")["people"] == 1
    sqlite_portal.patch(path, {"blocked": ["ana@acme.example"]})
    assert totals(sqlite_portal, on="2026-03-01")["people"] == 0
    sqlite_portal.patch(path, {"blocked": [], "status": "suspended"})
    assert totals(sqlite_portal, on="2026-03-01")["people"] == 0


def test_totals_take_one_statement_and_one_more_for_people(portal: Portal) -> None:
    with statements() as without:
        totals(portal)
    with statements() as with_people:
        totals(portal, on="2026-03-01")

    # The token is looked up twice.
    assert [len([each for each in seen if each.startswith("SELECT")]) for seen in (without, with_people)] == [
        3,
        4,
    ]


@pytest.mark.parametrize("body", [{}, {"managedBy": ""}, {"managedBy": "us", "on": "2026-02-30"}])
def test_a_label_is_required_and_a_day_is_one(sqlite_portal: Portal, body: dict[str, Any]) -> None:
    assert sqlite_portal.post("/totals", body).status_code == 422
