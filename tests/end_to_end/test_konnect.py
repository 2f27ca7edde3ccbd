"""The sample company on a developer portal of Konnect, through the command line."""

from pathlib import Path

import pytest

from reconciler.testing.crash_transport import KilledError
from tests.cli.running import TODAY, Place
from tests.end_to_end.konnect_company import Company
from tests.servers.konnect.application import TOKEN

pytestmark = pytest.mark.no_cover


@pytest.fixture
def company(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_TOKEN", TOKEN)
    return Company(Place(tmp_path, capsys), monkeypatch)


def test_the_sample_is_applied_once_and_the_portal_gives_the_reported_access(company: Company) -> None:
    company.apply()
    reported, writes = company.reported("--live"), company.server.writes

    assert len(reported) > 20
    assert company.reported("--today", TODAY) == reported
    assert company.granted() == reported
    assert company.planned() == []
    assert company.server.writes == writes


def test_drift_is_found_and_undone(company: Company) -> None:
    company.apply()
    granted, state = company.granted(), company.state
    accounts, dispatch = state.team("cargolane.accounts"), state.team("cargolane.dispatch")
    del state.members[accounts][state.developer("adam.kos@cargolane.example")]
    tracking = state.api("tracking-v2")
    [role] = [key for key, each in state.roles[dispatch].items() if each["entity_id"] == tracking]
    del state.roles[dispatch][role]
    state.assign(accounts, "API Viewer", state.api("tariff-codes-v1"))
    own = state.add_team("Made by hand")
    state.assign(own, "API Viewer", tracking)

    assert sorted(company.planned()) == [
        ("create", "api-grant/tracking-v2/team/cargolane/dispatch"),
        ("create", "membership/cargolane/accounts/adam.kos@cargolane.example"),
        ("delete", "api-grant/tariff-codes-v1/team/cargolane/accounts"),
    ]

    company.apply()

    assert (company.planned(), company.granted(), len(state.roles[own])) == ([], granted, 1)


@pytest.mark.real
def test_a_blocked_person_is_removed_and_an_ended_partner_deleted(company: Company) -> None:
    company.apply()
    gone = {"adam.kos@cargolane.example", "jana.vogt@kaufwerk.example"}
    before = company.granted()
    assert gone <= before.keys()
    assert company.state.team("kaufwerk.labs") in company.state.teams
    company.replace(
        "partners/cargolane.yaml", "marek.zielinski@cargolane.example", "adam.kos@cargolane.example"
    )
    company.replace("partners/cargolane.yaml", "      members: [adam.kos@cargolane.example]\n", "")
    company.replace("partners/kaufwerk.yaml", "spec:\n", "spec:\n  status: ended\n")
    company.apply()
    state = company.state

    assert company.planned() == []
    assert company.granted().keys().isdisjoint(gone)
    assert [each["name"] for each in state.teams.values() if each["name"].startswith("kaufwerk.")] == []
    assert state.developers[state.developer("adam.kos@cargolane.example")]["status"] == "approved"


@pytest.mark.real
def test_access_is_removed_on_the_day_after_its_end(company: Company) -> None:
    company.apply()
    before = company.granted()

    company.apply("--only-expired", "--today", "2028-06-30")
    on_its_last_day = company.granted()
    company.apply("--only-expired", "--today", "2028-07-01")

    person = "bram.jansen@quaysoft.example"
    assert (before[person], on_its_last_day.get(person), company.granted().get(person)) == (
        before[person],
        before[person],
        None,
    )


@pytest.mark.real
def test_a_killed_run_is_completed_by_the_next_one(company: Company) -> None:
    def die() -> None:
        if company.server.writes > 40:
            raise KilledError

    company.server.before_write = die
    with pytest.raises(KilledError):
        company.place.run("apply", "--auto-approve")
    company.server.before_write = lambda: None

    assert len(company.state.developers) > 0
    assert company.planned() != []

    company.apply()

    assert (company.planned(), company.granted()) == ([], company.reported("--live"))


@pytest.mark.real
def test_an_existing_estate_is_adopted_without_a_change(company: Company) -> None:
    company.apply()
    granted, teams = company.granted(), company.state.teams.values()
    for team in teams:
        team["description"] = f"Partners of {team['name']}"
    writes = company.server.writes
    adopted = company.place.run("adopt", "--all-desired", "--auto-approve")

    assert adopted.code == 0, adopted.out + adopted.err
    assert company.server.writes == writes + len(teams)
    assert {team["description"] for team in teams} == {
        f"Partners of {team['name']}\nManaged by Reconciler for halden-freight" for team in teams
    }
    assert (company.planned(), company.granted()) == ([], granted)


@pytest.mark.real
def test_a_partner_is_adopted_alone_and_konnect_has_no_groups_to_adopt(company: Company) -> None:
    company.apply()
    granted, teams = company.granted(), company.state.teams.values()
    labelled = {team["name"]: team["description"] for team in teams}
    own = {name for name in labelled if name.startswith("cargolane.")}
    for team in teams:
        team["description"] = "Made by hand"

    assert company.place.run("adopt", "--group", "customs").err.splitlines()[0] == (
        "Error: access-group/customs cannot be adopted; this portal has no access groups"
    )
    adopted = company.place.run("adopt", "--partner", "cargolane", "--auto-approve")

    assert adopted.code == 0, adopted.out + adopted.err
    assert {team["name"]: team["description"] for team in teams} == {
        name: f"Made by hand\n{label}" if name in own else "Made by hand" for name, label in labelled.items()
    }
    assert company.granted() == granted


@pytest.mark.real
def test_people_without_a_developer_wait_until_they_have_one(company: Company) -> None:
    company.replace("reconciler.yaml", '"invitations": "create"', '"invitations": "wait"')
    company.apply()
    waiting = (company.granted(), company.state.mails, company.planned())
    company.state.add_developer("adam.kos@cargolane.example")

    assert waiting == ({}, [], [])
    assert company.planned() == [("create", "membership/cargolane/accounts/adam.kos@cargolane.example")]


def test_a_name_that_the_portal_could_not_read_back_is_an_error_at_its_line(company: Company) -> None:
    company.replace(
        "partners/cargolane.yaml",
        "  name: cargolane\n",
        "  name: cargolane\n  externalName: Cargolane Sp. z o.o.\n",
    )
    ran = company.place.run("plan")

    assert (ran.code, company.server.writes) == (3, 0)
    place, message = (
        "partners/cargolane.yaml:6:17",
        "accepts only characters other than dots as name of a partner",
    )
    assert f"{place}: error: the portal {message}" in ran.out


def test_a_portal_without_access_control_is_refused_before_the_first_write(company: Company) -> None:
    company.state.portal["rbac_enabled"] = False
    ran = company.place.run("apply", "--auto-approve")

    assert (ran.code, company.server.writes) == (5, 0)
    assert "has no role-based access control" in ran.err
