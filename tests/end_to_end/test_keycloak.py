"""The sample company on a real Keycloak server, through the command line."""

import pytest

from tests.cli.running import TODAY
from tests.end_to_end.keycloak_company import Company

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keycloak")]


def test_the_sample_is_applied_once_and_tokens_have_the_reported_access(company: Company) -> None:
    company.apply()
    reported = company.reported("--live")

    assert len(reported) > 20
    assert company.reported("--today", TODAY) == reported
    assert company.issued(reported) == reported

    company.forget_writes()

    assert company.planned() == []
    assert company.writes() == 0


def test_drift_is_found_and_undone(company: Company) -> None:
    company.apply()
    reported = company.reported("--live")
    realm = company.realm
    dispatch, adam = company.group("cargolane/dispatch"), company.user("adam.kos@cargolane.example")
    tracking = realm.ask("GET", "/roles/tracking")
    realm.ask("DELETE", f"/users/{adam['id']}/groups/{company.group('cargolane/accounts')}")
    realm.ask("DELETE", f"/groups/{dispatch}/role-mappings/realm", [tracking])
    realm.ask("POST", f"/users/{adam['id']}/role-mappings/realm", [tracking])

    assert sorted(company.planned()) == [
        ("create", "grant/tracking/team/cargolane/dispatch"),
        ("create", "membership/cargolane/accounts/adam.kos@cargolane.example"),
        ("delete", "grant/tracking/developer/adam.kos@cargolane.example"),
    ]

    company.apply()

    assert company.planned() == []
    assert company.issued(reported) == reported


def test_a_blocked_person_is_removed_and_an_ended_partner_deleted(company: Company) -> None:
    company.apply()
    people = ["adam.kos@cargolane.example", "jana.vogt@kaufwerk.example"]
    assert all(company.issued(people).values())
    assert "kaufwerk" in {group["name"] for group in company.realm.ask("GET", "/groups")}
    company.replace(
        "partners/cargolane.yaml", "marek.zielinski@cargolane.example", "adam.kos@cargolane.example"
    )
    company.replace("partners/cargolane.yaml", "      members: [adam.kos@cargolane.example]\n", "")
    company.replace("partners/kaufwerk.yaml", "spec:\n", "spec:\n  status: ended\n")

    company.apply()

    assert company.planned() == []
    assert company.issued(people) == {person: {} for person in people}
    groups = company.realm.ask("GET", "/groups")
    assert "kaufwerk" not in {group["name"] for group in groups}


def test_access_is_removed_on_the_day_after_its_end(company: Company) -> None:
    person = "bram.jansen@quaysoft.example"
    company.apply()
    before = company.issued([person])[person]

    company.apply("--only-expired", "--today", "2028-06-30")
    on_its_last_day = company.issued([person])[person]
    company.apply("--only-expired", "--today", "2028-07-01")

    assert before != {}
    assert (on_its_last_day, company.issued([person])[person]) == (before, {})


def test_a_killed_run_is_completed_by_the_next_one(company: Company) -> None:
    company.apply_until_killed(lambda: company.writes() >= 40)

    company.apply()
    reported = company.reported("--live")

    assert company.planned() == []
    assert company.issued(reported) == reported
