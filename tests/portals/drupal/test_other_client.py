"""An independent client of Drupal reads and writes the same double."""

from collections.abc import Iterator
from typing import Any

import pytest
from drupal_api_client import BasicAuth, JsonApiClient, OAuthAuth
from drupal_api_client.auth import Authentication

from reconciler.model.resource import Resource
from reconciler.testing.harness import SCOPE, asking, reach, read, run
from tests.forge.serving import served
from tests.portals.drupal.ground import DrupalUnderTest
from tests.portals.drupal.sites import PASSWORD

ACCOUNTS: dict[str, Authentication] = {
    "password": BasicAuth("reconciler", PASSWORD),
    "token": OAuthAuth("sync", PASSWORD),
}
WANTED = (
    Resource("team/acme/ops", {}, SCOPE),
    Resource("membership/acme/ops/ana@acme.example", {"role": "admin"}),
    Resource("membership/acme/ops/bo@acme.example", {"role": "member"}),
    Resource("access-group/gold", {}, SCOPE),
    Resource("access-item/gold/api/rates", {}),
    Resource("grant/gold/team/acme/ops", {}),
)


@pytest.fixture
def ground() -> DrupalUnderTest:
    found = DrupalUnderTest()
    found.site.clients["sync"] = (PASSWORD, found.site.user("reconciler@portal.example").id)
    return found


@pytest.fixture(params=ACCOUNTS)
def client(ground: DrupalUnderTest, request: pytest.FixtureRequest) -> Iterator[JsonApiClient]:
    with (
        served(ground.application) as url,
        JsonApiClient(url, authentication=ACCOUNTS[request.param], index_lookup=True) as found,
    ):
        yield found


def listed(client: JsonApiClient, kind: str, query: str = "") -> list[dict[str, Any]]:
    """Return the items on all pages."""
    items: list[dict[str, Any]] = []
    while True:
        page = f"page[offset]={len(items)}"
        found = client.get_collection(kind, query_string=f"{query}&{page}", raise_for_status=True)
        assert isinstance(found, dict)
        items += found["data"]
        if "next" not in found["links"]:
            return items


def referred(item: dict[str, Any], name: str) -> list[str]:
    return [each["id"] for each in item["relationships"][name]["data"]]


def test_it_reads_what_the_adapter_has_written(ground: DrupalUnderTest, client: JsonApiClient) -> None:
    run(reach(ground, asking(*WANTED)))

    mails = {each["id"]: each["attributes"]["mail"] for each in listed(client, "user--user")}
    [team] = listed(client, "node--team", "filter[title]=acme/ops")
    [group] = listed(client, "node--access_group")
    [api] = [each for each in listed(client, "node--api_product") if each["attributes"]["title"] == "rates"]

    assert team["attributes"]["field_reconciler_owner"] == SCOPE
    assert [mails[each] for each in referred(team, "field_members")] == ["bo@acme.example"]
    assert [mails[each] for each in referred(team, "field_admins")] == ["ana@acme.example"]
    assert referred(group, "field_teams") == [team["id"]]
    assert referred(group, "field_api_products") == [api["id"]]


def test_the_adapter_reads_what_it_has_written(ground: DrupalUnderTest, client: JsonApiClient) -> None:
    def create(kind: str, attributes: dict[str, Any], **targets: tuple[str, str]) -> str:
        data = {
            "type": kind,
            "attributes": attributes,
            "relationships": {
                name: {"data": [{"type": target, "id": each}]} for name, (target, each) in targets.items()
            },
        }
        made = client.create_resource(kind, {"data": data}, raise_for_status=True)
        assert isinstance(made, dict)
        return str(made["data"]["id"])

    people = {
        name: create("user--user", {"name": name, "mail": f"{name}@acme.example", "status": True})
        for name in ("ana", "bo")
    }
    [api] = [
        each["id"] for each in listed(client, "node--api_product") if each["attributes"]["title"] == "rates"
    ]
    team = create(
        "node--team",
        {"title": "acme/ops"},
        field_admins=("user--user", people["ana"]),
        field_members=("user--user", people["bo"]),
    )
    create(
        "node--access_group",
        {"title": "gold"},
        field_api_products=("node--api_product", api),
        field_teams=("node--team", team),
    )

    found = run(read(ground)).resources

    assert {each.id: each.fields for each in found.values()} == {each.id: each.fields for each in WANTED}
    assert {each.owner_label for each in found.values()} == {None}
