"""A person who leaves is out of all portals by one command and one apply, with receipts."""

import json
from textwrap import dedent

import pytest

from tests.cli.commands.test_several_portals import AWAY
from tests.cli.conftest import place
from tests.cli.running import CONFIGURATION, Place
from tests.cli.running import PARTNER as ONE_TEAM
from tests.end_to_end.drupal_company import drupal_settings
from tests.forge.serving import served
from tests.portals.drupal.granted import granted
from tests.portals.drupal.sites import PASSWORD, site_with
from tests.servers.drupal.server import Drupal

__all__ = ["place"]

BO = "bo@acme.example"
PARTNER = dedent(ONE_TEAM).replace("[ana@acme.example]", f"[ana@acme.example, {BO}]")
FINANCE = f"    - {{name: finance, admins: [{BO}], members: [{BO.replace('bo', 'cy')}]}}\n"


def test_who_leaves_is_out_of_all_portals_and_the_receipts_say_so(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    application = Drupal(site_with({}))
    application.site.add("node--api_product", {"title": "tracking-v2"})
    with served(application) as url:
        site = f"    site: {json.dumps(drupal_settings(url))}"
        place.write(reconciler=CONFIGURATION.replace(AWAY, site), partners__acme=PARTNER + FINANCE)
        place.run("apply", "--portal", "all", "--auto-approve")
        before = granted(application.site, BO)

        left = place.run("offboard", BO)
        place.run("member", "add", "acme/finance", "dan@acme.example", "--admin")
        ran = place.run("apply", "--only-removals", "--portal", "all", "--auto-approve", "--format", "json")
        live = json.loads(place.run("access", "--live", "--format", "json").out)["rows"]

    assert (before, left.code, ran.code) == ({"tracking-v2"}, 0, 0)
    found = {each["portal"]: each for each in json.loads(ran.out)["receipts"]}
    assert {name: each["outcome"] for name, each in found.items()} == {
        "local": "complete",
        "site": "complete",
    }
    assert {
        person for each in found.values() for row in each["access"]["lost"] for person in row["people"]
    } == {BO}
    assert {each["action"] for receipt in found.values() for each in receipt["entries"]} <= {
        "update",
        "delete",
    }
    assert (granted(application.site, BO), {row["person"] for row in live}) == (
        set(),
        {"ana@acme.example", "cy@acme.example"},
    )
