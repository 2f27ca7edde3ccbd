"""In a portal that grants APIs, access has the paths by groups that the files define."""

import json
from typing import Any

import pytest

from tests.cli.git.commits import committed
from tests.cli.running import PARTNER, Place
from tests.project.conftest import Shelved

LACKS = ("grant", "access-group", "access-item", "api-product", "product-item")
GROUPS = """\
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: tracking}
    spec: {displayName: Tracking, owner: logistics, apis: [tracking-v2], offers: [{type: reseller}]}
    ---
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: bundle}
    spec: {displayName: Bundle, owner: logistics, products: [suite], offers: [{type: reseller}]}
    ---
    apiVersion: reconciler/v1
    kind: ApiProduct
    metadata: {name: suite}
    spec: {displayName: Suite, owner: logistics, visibility: restricted, apis: [tracking-v2]}
    """
ENDING = PARTNER.replace("[tracking]", "[{group: tracking, until: 2027-01-31, reason: Pilot}]")
BOTH = PARTNER.replace("[tracking]", "[tracking, {group: bundle, until: 2027-01-31}]")
TRACKING = ["access-group/tracking"]
BUNDLE = ["access-group/bundle", "api-product/suite"]
UNKNOWN = {"id": "api-grant/labels-v1/team/acme/ops", "fields": {"level": "consume"}}


@pytest.fixture
def place(shelved: Shelved) -> Place:
    place = shelved(*LACKS, partner=BOTH, group=GROUPS)
    configuration = place.folder / "reconciler.yaml"
    configuration.write_text(configuration.read_text().replace("[AccessGroup]", "[AccessGroup, ApiProduct]"))
    return place


def rows(found: list[dict[str, Any]]) -> list[tuple[str, list[str], str | None]]:
    return [(each["api"], each["via"], each["until"]) for each in found]


def planned(place: Place, *more: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(place.run("plan", "--format", "json", *more).out)
    return made


def access(place: Place, *more: str) -> list[tuple[str, list[str], str | None]]:
    return rows(json.loads(place.run("access", "--format", "json", *more).out)["rows"])


EXPECTED = [("tracking-v2", BUNDLE, "2027-01-31"), ("tracking-v2", TRACKING, None)]


def test_a_plan_names_the_groups_and_products_of_new_grants(place: Place) -> None:
    assert rows(planned(place)["access"]["gained"]) == EXPECTED


def test_the_portal_has_the_same_paths_as_the_files(place: Place) -> None:
    place.run("apply", "--auto-approve")

    assert access(place, "--live") == access(place) == EXPECTED
    assert access(place, "--live", "--group", "bundle") == access(place, "--group", "bundle") == EXPECTED[:1]
    assert access(place, "--live", "--ending", "100") == access(place, "--ending", "100") == EXPECTED[:1]


def test_a_grant_that_only_the_portal_has_names_the_api(place: Place) -> None:
    place.run("apply", "--auto-approve")
    stored = json.loads((place.folder / "shelf.json").read_text())
    (place.folder / "shelf.json").write_text(json.dumps({**stored, UNKNOWN["id"]: UNKNOWN}))

    assert access(place, "--live") == [("labels-v1", ["api/labels-v1"], None), *EXPECTED]
    assert rows(planned(place)["access"]["lost"]) == [("labels-v1", ["api/labels-v1"], None)]


def test_a_grant_at_another_level_than_in_the_files_names_the_api(shelved: Shelved) -> None:
    shelved(*LACKS).run("apply", "--auto-approve")
    place = shelved(*LACKS, partner=PARTNER.replace("[tracking]", "[{group: tracking, level: view}]"))

    assert access(place, "--live") == [("tracking-v2", ["api/tracking-v2"], None)]
    assert rows(planned(place)["access"]["lost"]) == [("tracking-v2", ["api/tracking-v2"], None)]


def test_markdown_and_text_name_the_group(shelved: Shelved) -> None:
    place = shelved(*LACKS, partner=ENDING)
    plan = place.run("plan", "--format", "markdown", "--people", "names").out
    place.run("apply", "--auto-approve")

    assert ("| `tracking` |" in plan, "directly" in plan) == (True, False)
    assert place.run("access", "--live").out.splitlines()[1].split()[4:] == [
        "consume",
        "tracking",
        "2027-01-31",
    ]
    explained = place.run("access", "--live", "--explain").out
    assert explained.splitlines()[:-1] == place.run("access", "--explain").out.splitlines()[:-2]


def test_a_forecast_of_the_portal_names_group_reason_and_place(shelved: Shelved) -> None:
    place = shelved(*LACKS, partner=ENDING)
    place.run("apply", "--auto-approve", "--today", "2026-11-24")
    asked = ("forecast", "--today", "2026-11-24", "--until", "2027-12-31", "--format", "json")
    live, files = (json.loads(place.run(*asked, *more).out)["rows"] for more in (["--live"], []))

    assert (live, [(each["via"], each["reason"]) for each in live]) == (files, [(TRACKING, "Pilot")])


def test_a_branch_that_withdraws_a_group_names_it(shelved: Shelved) -> None:
    place = shelved(*LACKS)
    place.run("apply", "--auto-approve")
    base = committed(place.folder, "Begin")
    place = shelved(*LACKS, partner=PARTNER.replace("[tracking]", "[]"))

    assert rows(planned(place, "--base", base)["access"]["lost"]) == [("tracking-v2", TRACKING, None)]
    assert rows(planned(place)["access"]["lost"]) == [("tracking-v2", ["api/tracking-v2"], None)]
