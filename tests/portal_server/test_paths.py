"""How people and teams reach an API, and who may see it."""

from typing import Any

import pytest

from tests.portal_server.driver import Portal
from tests.portal_server.pages.company import MEMBER, Company, found


@pytest.fixture
def company(portal: Portal) -> Company:
    return found(portal)


def test_a_path_names_team_group_product_and_api_and_ends_with_the_first_of_its_ends(
    portal: Portal, company: Company
) -> None:
    portal.patch(f"/members/{company.bo}", {"until": "2026-06-30"})
    personal = portal.made("/grants", groupId=company.group, email=MEMBER, level="view", until="2026-05-31")
    through = {
        "memberId": company.bo,
        "teamId": company.integration,
        "team": "Integration",
        "partner": "Acme Logistics",
        "grantId": company.grant,
        "groupId": company.group,
        "group": "Logistics partners",
        "level": "consume",
        "until": "2026-06-30",
    }
    direct: dict[str, Any] = {
        **dict.fromkeys(("memberId", "teamId", "team", "partner")),
        "grantId": personal["id"],
        "groupId": company.group,
        "group": "Logistics partners",
        "level": "view",
        "until": "2026-05-31",
    }
    rates = {"product": "Shipping", "api": "rates-v1", "apiDisplayName": "Rates"}
    tracking = {"product": None, "api": "tracking-v2", "apiDisplayName": "Tracking"}

    answer = portal.get(f"/people/{MEMBER.upper()}/paths").json()
    assert (answer["email"], answer["on"]) == (MEMBER, "2026-03-01")
    assert answer["paths"] == [direct | rates, through | rates, direct | tracking, through | tracking]


def test_the_access_of_a_team_has_all_grants_but_only_paths_that_work(
    portal: Portal, company: Company
) -> None:
    empty = portal.group(name="managed", displayName="Empty", description="Nothing yet", managedBy="git")
    portal.made("/grants", groupId=empty["id"], teamId=company.integration, level="view", until="2026-02-28")
    answer = portal.get(f"/teams/{company.integration}/access").json()

    assert [{**each, "etag": ""} for each in answer["grants"]] == [
        {
            "id": answer["grants"][0]["id"],
            "groupId": empty["id"],
            "group": "Empty",
            "description": "Nothing yet",
            "level": "view",
            "until": "2026-02-28",
            "managed": True,
            "etag": "",
        },
        {
            "id": company.grant,
            "groupId": company.group,
            "group": "Logistics partners",
            "description": None,
            "level": "consume",
            "until": "2026-12-31",
            "managed": False,
            "etag": "",
        },
    ]
    assert [(each["api"], each["product"], each["level"], each["until"]) for each in answer["access"]] == [
        ("rates-v1", "Shipping", "consume", "2026-12-31"),
        ("tracking-v2", None, "consume", "2026-12-31"),
    ]
    portal.patch(f"/partners/{company.acme}", {"status": "suspended"})
    suspended = portal.get(f"/teams/{company.integration}/access").json()
    assert (suspended["partnerStatus"], suspended["access"], len(suspended["grants"])) == ("suspended", [], 2)


def test_a_team_can_ask_for_open_groups_and_for_those_that_its_partner_has(
    portal: Portal, company: Company
) -> None:
    def group(name: str, *visibilities: str) -> dict[str, Any]:
        made = portal.group(name=name, displayName=name)
        for visibility in visibilities:
            api = portal.api(visibility=visibility)
            portal.made("/access-items", groupId=made["id"], apiId=api["id"])
        return made

    group("Public", "public", "organization")
    group("empty")
    group("mixed", "public", "restricted")
    hidden = group("hidden")
    portal.made("/access-items", groupId=hidden["id"], productId=portal.product()["id"])
    shown = group("product")
    portal.made("/access-items", groupId=shown["id"], productId=portal.product(visibility="public")["id"])
    sister = group("sister", "restricted")
    portal.made("/grants", groupId=sister["id"], teamId=company.finance, level="view")

    token = portal.token("team", {"id": company.integration})
    items = portal.get(f"/teams/{company.integration}/requestable-groups", token=token).json()["items"]
    assert [(each["displayName"], each["level"], each["until"]) for each in items] == [
        ("Logistics partners", "consume", "2026-12-31"),
        ("product", None, None),
        ("Public", None, None),
        ("sister", None, None),
    ]


def test_a_team_sees_no_path_through_another_team(portal: Portal, company: Company) -> None:
    portal.member({"id": company.globex_ops}, MEMBER)
    portal.made("/grants", groupId=company.group, teamId=company.globex_ops)
    portal.made("/grants", groupId=company.group, email=MEMBER)
    token = portal.token("team", {"id": company.integration})

    def seen(token: str, **params: str) -> set[str | None]:
        paths = portal.get(f"/people/{MEMBER}/paths", token=token, params=params).json()["paths"]
        return {path["team"] for path in paths}

    assert seen(portal.admin) == {"Integration", "Operations", None}
    assert seen(token) == {"Integration"}
    assert seen(token, team=company.integration) == {"Integration"}
    elsewhere = {"team": company.globex_ops}
    assert portal.get(f"/people/{MEMBER}/paths", token=token, params=elsewhere).status_code == 403


def test_a_team_that_does_not_exist_has_no_access(portal: Portal) -> None:
    assert portal.get("/teams/team_0/access").status_code == 404
    assert portal.get("/people/nobody/paths").status_code == 422
