"""Access that an administrator gives beside the files, on a real Keycloak server."""

import json
from typing import Any

import pytest

from tests.end_to_end.keycloak_company import Company

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]

ADAM, EVE = "adam.kos@cargolane.example", "eve@cargolane.example"


@pytest.fixture(autouse=True)
def applied(company: Company) -> None:
    company.apply()


def role(company: Company, name: str) -> Any:
    return company.realm.ask("GET", f"/roles/{name}")


def give(company: Company, holder: str, *roles: str) -> None:
    """Map roles to a group or user."""
    found = [role(company, name) for name in roles]
    company.realm.ask("POST", f"/{holder}/role-mappings/realm", found)


def below(company: Company, path: str, name: str, *members: str) -> str:
    """Create a group below another one, with these members, and return it as a holder of roles."""
    company.realm.ask("POST", f"/groups/{company.group(path)}/children", {"name": name})
    group = company.group(f"{path}/{name}")
    join(company, group, *members)
    return f"groups/{group}"


def join(company: Company, group: str, *members: str) -> None:
    for address in members:
        company.realm.ask("PUT", f"/users/{company.user(address)['id']}/groups/{group}")


def test_every_access_of_the_portal_is_reported_and_that_of_teams_is_removed(company: Company) -> None:
    realm = company.realm
    realm.ask("POST", "/users", {"username": EVE, "email": EVE, "enabled": True})
    give(company, f"groups/{company.group('cargolane/dispatch')}", "customs-declarations-v2")
    give(company, f"users/{company.user(ADAM)['id']}", "customs-declarations-v2")
    night = below(company, "cargolane/dispatch", "night", EVE)
    give(company, night, "labels-v3")
    deep = below(company, "cargolane/dispatch/night", "deep", ADAM)
    give(company, deep, "rates-v2")
    give(company, f"groups/{company.group('cargolane/dispatch/admins')}", "pickups-v1")
    join(company, company.group("halden-iberia"), EVE)
    give(company, f"groups/{company.group('halden-iberia')}", "tariff-codes-v1")

    reported = company.reported("--live")

    assert {api for levels in reported.values() for api in levels} >= {
        "customs-declarations-v2",
        "tariff-codes-v1",
    }
    assert reported[EVE] != {}
    assert company.issued(reported) == reported
    assert ("delete", "api-grant/customs-declarations-v2/team/cargolane/dispatch") in company.planned()

    realm.ask(
        "DELETE",
        f"/groups/{company.group('halden-iberia')}/role-mappings/realm",
        [role(company, "tariff-codes-v1")],
    )
    company.apply()

    assert company.planned() == []
    left = company.reported("--live")
    assert company.issued(left) == left


def test_an_api_in_the_default_role_is_reported_as_open_to_all_users(company: Company) -> None:
    [default] = [
        each for each in company.realm.ask("GET", "/roles") if each["name"].startswith("default-roles-")
    ]
    company.realm.ask(
        "POST", f"/roles-by-id/{default['id']}/composites", [role(company, "customs-declarations-v2")]
    )

    findings = json.loads(company.place.run("plan", "--format", "json").out)["findings"]

    assert 'API "customs-declarations-v2" is organization in the portal, but restricted in the catalog' in {
        each["message"] for each in findings if each["rule"] == "catalog-stale"
    }
