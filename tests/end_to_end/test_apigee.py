"""The sample company in an organization of Apigee; what the gateway allows is read by Google's client."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import TODAY, Place
from tests.end_to_end.apigee_company import Company, company, members
from tests.servers.apigee.server import TOKEN

DISPATCH = "cargolane.dispatch"


@pytest.fixture
def halden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Company]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_TOKEN", TOKEN)
    with company(Place(tmp_path, capsys)) as opened:
        yield opened


def test_the_sample_is_applied_once_and_keys_have_the_reported_access(halden: Company) -> None:
    halden.issue_keys()
    halden.apply()
    reported = halden.reported("--live")

    assert len(reported) > 20
    assert halden.callable() == reported
    assert halden.reported("--today", TODAY) == reported

    halden.server.requests.clear()

    assert halden.planned() == []
    assert (len(halden.server.requests), halden.server.writes) == (5, [])


@pytest.mark.real
@pytest.mark.no_cover
def test_grants_wait_for_keys_and_reach_them_with_the_next_run(halden: Company) -> None:
    halden.apply()

    assert (halden.planned(), halden.callable()) == ([], {})
    assert 'team "cargolane/accounts" has no key for invoices-v1, linehaul' in " ".join(
        halden.findings("waits-for-key")
    )

    halden.issue_keys()
    halden.apply()

    assert halden.callable() == halden.reported("--live")
    assert (halden.planned(), halden.findings("waits-for-key")) == ([], [])


def test_drift_is_found_and_undone(halden: Company) -> None:
    halden.issue_keys()
    halden.apply()
    before = halden.callable()
    client = halden.client
    group = client.call("appgroups", "get", name=f"appgroups/{DISPATCH}")
    kept = [each for each in members(group) if each["developer"] != "ewa.nowak@cargolane.example"]
    client.set_members(group, kept)
    key = client.keys(DISPATCH)[0]
    client.call("appgroups.apps.keys.apiproducts", "delete", name=f"{key}/apiproducts/tracking-v2")
    client.call(
        "appgroups.apps.keys", "updateAppGroupAppKey", name=key, body={"apiProducts": ["invoices-v1"]}
    )

    assert sorted(halden.planned()) == [
        ("create", "api-grant/tracking-v2/team/cargolane/dispatch"),
        ("create", "membership/cargolane/dispatch/ewa.nowak@cargolane.example"),
        ("delete", "api-grant/invoices-v1/team/cargolane/dispatch"),
    ]

    halden.apply()

    assert (halden.planned(), halden.callable()) == ([], before)


@pytest.mark.real
@pytest.mark.no_cover
def test_a_blocked_person_is_removed_and_an_ended_partner_deleted(halden: Company) -> None:
    halden.issue_keys()
    halden.apply()
    adam, jana = "adam.kos@cargolane.example", "jana.vogt@kaufwerk.example"
    assert {adam, jana} <= halden.callable().keys()
    halden.replace("partners/cargolane.yaml", "marek.zielinski@cargolane.example", adam)
    halden.replace("partners/cargolane.yaml", f"      members: [{adam}]\n", "")
    halden.replace("partners/kaufwerk.yaml", "spec:\n", "spec:\n  status: ended\n")

    halden.apply()

    assert halden.planned() == []
    assert not {adam, jana} & halden.callable().keys()
    groups = halden.client.groups()
    assert [each["name"] for each in groups if each["name"].startswith("kaufwerk.")] == []
    assert adam not in {entry["developer"] for group in groups for entry in members(group)}


@pytest.mark.real
@pytest.mark.no_cover
def test_access_is_removed_on_the_day_after_its_end(halden: Company) -> None:
    halden.issue_keys()
    halden.apply()
    assert "bram.jansen@quaysoft.example" in halden.callable()

    halden.apply("--only-expired", "--today", "2028-07-01")

    assert "bram.jansen@quaysoft.example" not in halden.callable()


def test_an_estate_of_googles_client_is_adopted_without_a_change(halden: Company) -> None:
    halden.issue_keys()
    wanted = halden.asked()
    halden.client.make(wanted)
    before = halden.client.facts()
    halden.server.requests.clear()

    adopted = halden.place.run("adopt", "--all-desired", "--auto-approve")

    assert adopted.code == 0, adopted.out + adopted.err
    teams = [each for each in wanted if each.startswith("team/")]
    assert halden.server.writes == ["PUT appgroups.update"] * len(teams)
    assert halden.client.facts() == before
    assert halden.client.labels() == {"halden-freight"}
    halden.server.requests.clear()
    assert (halden.planned(), halden.server.writes) == ([], [])


@pytest.mark.real
@pytest.mark.no_cover
def test_a_killed_run_is_completed_by_the_next_one(halden: Company) -> None:
    halden.issue_keys()
    halden.apply_until_killed(lambda: len(halden.server.writes) >= 60)

    halden.apply()

    assert halden.planned() == []
    assert halden.callable() == halden.reported("--live")
