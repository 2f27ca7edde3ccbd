"""In a portal that grants APIs, access has the paths by groups that the files define."""

import json
from typing import Any

import pytest

from tests.cli.git.commits import committed
from tests.cli.running import PARTNER, Place
from tests.project.conftest import Shelved
from tests.security.forging import forge

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
MEMBER = PARTNER + "      members: [bo@acme.example]\n"
LISTED = ("partners", "teams", "people", "apis")
UNKNOWN = {"id": "api-grant/labels-v1/team/acme/ops", "fields": {"level": "consume"}}


@pytest.fixture
def place(shelved: Shelved) -> Place:
    return bundled(shelved, BOTH)


def bundled(shelved: Shelved, partner: str, *lacks: str, group: str = GROUPS, more: str = "") -> Place:
    """Write a partner's file next to groups with a product."""
    place = shelved(*LACKS, *lacks, partner=partner, group=group, more=more)
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


STORES_NO_END = (*LACKS, "api-grant.until")
DAILY = ", fallbacks: {until: daily-run}"
GRANTED = ("tracking-v2", TRACKING, None)


def applied(place: Place, *arguments: str) -> dict[str, list[tuple[str, list[str], str | None]]]:
    """Return the rows of the receipt of a run."""
    ran = place.run("apply", "--format", "json", *(arguments or ["--auto-approve"]))
    assert ran.code == 0, ran.err
    return {side: rows(found) for side, found in json.loads(ran.out)["access"].items()}


def test_a_receipt_names_the_groups_of_what_was_granted(place: Place) -> None:
    assert applied(place) == {"gained": EXPECTED, "lost": []}


def test_the_receipt_of_a_saved_plan_names_the_groups_that_the_plan_names(place: Place) -> None:
    place.run("plan", "--out", "plan.json")

    assert applied(place, "plan.json") == {"gained": EXPECTED, "lost": []}


def test_the_receipt_of_a_saved_plan_of_a_branch_names_the_group_that_it_withdraws(shelved: Shelved) -> None:
    place = shelved(*LACKS)
    place.run("apply", "--auto-approve")
    base = committed(place.folder, "Begin")
    shelved(*LACKS, partner=PARTNER.replace("[tracking]", "[]"))
    place.run("plan", "--base", base, "--out", "plan.json")

    assert applied(place, "plan.json", "--base", base) == {"gained": [], "lost": [GRANTED]}


def test_a_plan_file_cannot_put_anything_but_groups_on_a_path(shelved: Shelved) -> None:
    place = shelved(*LACKS)
    place.run("plan", "--out", "plan.json")
    forge(place, lambda plan: plan["access"]["gained"][0].update(via=["team/acme/ops", "api-product/suite"]))

    assert applied(place, "plan.json")["gained"] == [("tracking-v2", ["api/tracking-v2"], None)]


@pytest.mark.parametrize("more", [[], ["--only-expired"]])
def test_removing_an_expired_grant_names_its_group(shelved: Shelved, more: list[str]) -> None:
    place = shelved(*STORES_NO_END, more=DAILY, partner=ENDING)
    applied(place, "--auto-approve", "--today", "2027-01-31")
    day = ("--today", "2027-02-01")

    assert access(place, "--live", *day) == [GRANTED]
    assert access(place, "--live", "--group", "tracking", *day) == [GRANTED]
    assert rows(planned(place, *day)["access"]["lost"]) == [GRANTED]
    assert applied(place, *more, *day, "--auto-approve") == {"gained": [], "lost": [GRANTED]}


def test_a_level_that_expired_names_the_group_that_gave_it(shelved: Shelved) -> None:
    partner = BOTH.replace("group: bundle", "group: bundle, level: consume").replace(
        "[tracking", "[{group: tracking, level: view}"
    )
    place = bundled(shelved, partner, "api-grant.until", more=DAILY)
    applied(place, "--auto-approve", "--today", "2027-01-31")

    assert planned(place, "--today", "2027-02-01")["access"]["lost"] == [
        {
            "api": "tracking-v2",
            "from": "consume",
            "to": "view",
            "team": "acme/ops",
            "people": ["ana@acme.example"],
            "via": BUNDLE,
            "until": None,
            "remainingUntil": None,
        }
    ]


@pytest.mark.parametrize("status", ["suspended", "ended"])
def test_a_suspended_or_ended_partner_loses_access_by_its_group(shelved: Shelved, status: str) -> None:
    shelved(*LACKS).run("apply", "--auto-approve")
    place = shelved(*LACKS, partner=PARTNER.replace("spec:\n", f"spec:\n      status: {status}\n", 1))

    assert rows(planned(place)["access"]["lost"]) == [GRANTED]
    assert applied(place) == {"gained": [], "lost": [GRANTED]}


def test_a_renamed_group_has_its_new_name_in_what_a_branch_withdraws(place: Place, shelved: Shelved) -> None:
    place.run("apply", "--auto-approve")
    base = committed(place.folder, "Begin")
    bundled(
        shelved,
        PARTNER.replace("[tracking]", "[{group: freight, level: view, until: 2027-01-31}]"),
        group=GROUPS.replace("name: bundle}", "name: freight, previously: bundle}")
        .replace("name: suite}", "name: parcels, previously: suite}")
        .replace("[suite]", "[parcels]"),
    )

    assert rows(planned(place, "--base", base)["access"]["lost"]) == [
        ("tracking-v2", ["access-group/freight", "api-product/parcels"], "2027-01-31"),
        GRANTED,
    ]


@pytest.mark.parametrize("compared", ["with the base", "with the portal"])
def test_a_renamed_team_keeps_the_groups_of_what_its_new_member_gets(shelved: Shelved, compared: str) -> None:
    place = shelved(*LACKS)
    place.run("apply", "--auto-approve")
    since = ("--base", committed(place.folder, "Begin")) if compared == "with the base" else ()
    shelved(*LACKS, partner=MEMBER.replace("name: ops", "name: operations\n          previously: ops"))

    assert rows(planned(place, *since)["access"]["gained"]) == [GRANTED]


@pytest.mark.parametrize("compared", ["with the base", "with the portal"])
def test_a_member_gets_access_by_the_group_that_replaces_another(shelved: Shelved, compared: str) -> None:
    place = bundled(shelved, PARTNER)
    place.run("apply", "--auto-approve")
    since = ("--base", committed(place.folder, "Begin")) if compared == "with the base" else ()
    bundled(shelved, MEMBER.replace("[tracking]", "[bundle]"))

    assert rows(planned(place, *since)["access"]["gained"]) == [("tracking-v2", BUNDLE, None)]


def test_lists_of_the_portal_select_by_group(shelved: Shelved) -> None:
    partner = PARTNER.replace("[tracking]", "[]") + "      access: [bundle]\n        - name: it\n"
    place = bundled(shelved, f"{partner}          admins: [bo@acme.example]\n          access: [tracking]\n")
    applied(place)

    def listed(what: str, group: str) -> list[str]:
        ran = place.run("list", what, "--live", "--group", group, "--format", "json")
        return [row["name"] for row in json.loads(ran.out)["rows"]]

    assert {group: [listed(what, group) for what in LISTED] for group in ("bundle", "tracking")} == {
        "bundle": [["acme"], ["acme/ops"], ["ana@acme.example"], ["tracking-v2"]],
        "tracking": [["acme"], ["acme/it"], ["bo@acme.example"], ["tracking-v2"]],
    }
