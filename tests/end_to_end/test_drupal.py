"""The sample company on a Drupal site, through the command line, with member fields and with groups."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from drupal_api_client import BasicAuth, JsonApiClient

from tests.cli.running import TODAY, Place
from tests.end_to_end.drupal_company import DrupalCompany, drupal_company
from tests.end_to_end.drupal_estate import copy_estate
from tests.end_to_end.sample_company import Access
from tests.forge.serving import served
from tests.portals.drupal.sites import PASSWORD, WITH_FIELDS, WITH_GROUPS, site_with
from tests.servers.drupal.server import Drupal

pytestmark = [pytest.mark.real, pytest.mark.no_cover]

SHAPES: dict[str, Mapping[str, Any]] = {"profile": {}, "objects": WITH_FIELDS, "groups": WITH_GROUPS}
ADAM = "adam.kos@cargolane.example"


@pytest.fixture(params=SHAPES)
def company(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DrupalCompany]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    with drupal_company(Place(tmp_path, capsys), SHAPES[request.param]) as found:
        yield found


def consumed(access: Access) -> Access:
    """Return access without the level `view`, which is left out of the portal."""
    found = {
        person: {api: level for api, level in levels.items() if level == "consume"}
        for person, levels in access.items()
    }
    return {person: levels for person, levels in found.items() if levels}


def test_the_sample_is_applied_once_and_the_site_gives_the_reported_access(company: DrupalCompany) -> None:
    company.apply()
    reported = company.reported("--live")

    assert len(reported) > 20
    assert consumed(company.reported("--today", TODAY)) == reported
    assert company.granted(reported) == reported

    company.application.requests.clear()

    assert company.planned() == []
    assert company.application.writes == []


def test_drift_is_found_and_undone(company: DrupalCompany) -> None:
    company.apply()
    reported = company.reported("--live")
    dispatch, tracking = company.called(_title(company, "cargolane", "dispatch")), company.called("tracking")
    adam = company.site.user(ADAM)
    company.site.entities[tracking.id].references["field_teams"].remove(dispatch.id)
    company.site.entities[tracking.id].references["field_developers"].append(adam.id)

    assert sorted(company.planned()) == [
        ("create", "grant/tracking/team/cargolane/dispatch"),
        ("delete", f"grant/tracking/developer/{ADAM}"),
    ]

    company.apply()

    assert company.planned() == []
    assert company.granted(reported) == reported


def test_a_blocked_person_is_removed_and_an_ended_partner_deleted(company: DrupalCompany) -> None:
    company.apply()
    people = [ADAM, "jana.vogt@kaufwerk.example"]
    assert all(company.granted(people).values())
    assert any("kaufwerk" in title for title in _titles(company))
    company.replace("partners/cargolane.yaml", "marek.zielinski@cargolane.example", ADAM)
    company.replace("partners/cargolane.yaml", f"      members: [{ADAM}]\n", "")
    company.replace("partners/kaufwerk.yaml", "spec:\n", "spec:\n  status: ended\n")

    company.apply()

    assert company.planned() == []
    assert company.granted(people) == {person: {} for person in people}
    assert [title for title in _titles(company) if "kaufwerk" in title] == []


def test_access_is_removed_on_the_day_after_its_end(company: DrupalCompany) -> None:
    person = "bram.jansen@quaysoft.example"
    company.apply("--today", "2028-06-30")
    before = company.granted([person])

    company.apply("--only-expired", "--today", "2028-07-01")

    assert (before[person] != {}, company.granted([person])[person]) == (True, {})


def test_a_killed_run_is_completed_by_the_next_one(company: DrupalCompany) -> None:
    company.apply_until_killed(lambda: len(company.application.writes) >= 20)

    company.apply()
    reported = company.reported("--live")

    assert company.planned() == []
    assert company.granted(reported) == reported


def test_an_estate_of_another_client_is_adopted_without_a_change(company: DrupalCompany) -> None:
    company.apply()
    reported = company.reported("--live")
    copied = Drupal(site_with(company.map_changes))
    for api in company.apis:
        copied.site.add("node--api_product", {"title": api})
    with served(copied) as url:
        with (
            JsonApiClient(company.url, authentication=BasicAuth("admin", "admin")) as source,
            JsonApiClient(url, authentication=BasicAuth("admin", "admin")) as target,
        ):
            copy_estate(source, target)
        company.replace("reconciler.yaml", company.url, url)
        before = {each.id: dict(each.references) for each in copied.site.entities.values()}

        copied.requests.clear()
        adopted = company.place.run("adopt", "--all-desired", "--auto-approve")

        assert adopted.code == 0, adopted.out + adopted.err
        assert {method for method, _ in copied.writes} == {"PATCH"}
        assert company.planned() == []
        for each in copied.site.entities.values():
            now = {name: ids for name, ids in each.references.items() if name != "revision_uid"}
            then = {name: ids for name, ids in before[each.id].items() if name != "revision_uid"}
            assert now == then
        assert company.reported("--live") == reported


def _titles(company: DrupalCompany) -> list[str]:
    return [
        str(each.attributes.get("title") or each.attributes.get("label"))
        for each in company.site.entities.values()
    ]


def _title(company: DrupalCompany, partner: str, team: str) -> str:
    return team if "partner" in company.map_changes else f"{partner}/{team}"
