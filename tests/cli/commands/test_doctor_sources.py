"""`reconciler doctor` for sources: connection, credentials, rights, and the groups that teams name."""

import json
from collections.abc import Iterator
from textwrap import dedent

import pytest

from tests.cli.running import CONFIGURATION, PARTNER, Place, Ran
from tests.forge.serving import served
from tests.servers.keycloak import CLIENT, SECRET
from tests.sources.keycloak.realms import DoubledRealm

DIRECTORY = """\
  sources:
    people:
      type: keycloak
      url: {url}
      realm: company
      clientId: {client}
      clientSecret: {{env: PORTAL_PEOPLE}}
    crm:
      type: csv
      file: accounts.csv
      id: Id
      fields:
        displayName: Name
        owner: {{default: partnerships}}
        type: {{default: reseller}}
"""


def with_sources(place: Place, url: str, *groups: str) -> Place:
    """Write a configuration with sources, and a partner whose teams name groups."""
    teams = [
        f"    - {{name: t{number}, admins: [ana@acme.example], members: {{from: people, group: {group}}}}}\n"
        for number, group in enumerate(groups)
    ]
    partner = dedent(PARTNER)
    if teams:
        partner = f"{partner.partition('  teams:')[0]}  teams:\n{''.join(teams)}"
    sources = DIRECTORY.format(url=url, client=CLIENT)
    return place.write(reconciler=dedent(CONFIGURATION) + sources, partners__acme=partner)


@pytest.fixture
def realm(monkeypatch: pytest.MonkeyPatch) -> DoubledRealm:
    monkeypatch.setenv("PORTAL_PEOPLE", SECRET)
    realm = DoubledRealm()
    for path in ("/acme", "/partners", "/partners/acme"):
        realm.group(path)
    realm.user("ana", "/acme")
    return realm


@pytest.fixture
def url(realm: DoubledRealm) -> Iterator[str]:
    with served(realm.double) as address:
        yield address


def rows(ran: Ran) -> list[tuple[str, str]]:
    """Return name and status of each check of the only target, which is a source."""
    [target] = json.loads(ran.out)["targets"]
    assert (target["kind"], target["name"]) == ("source", "people")
    return [(each["name"], each["status"]) for each in target["checks"]]


def test_a_source_that_can_be_used_is_fine(place: Place, url: str) -> None:
    ran = with_sources(place, url, "/acme", "/partners/acme").run("doctor", "--source", "people")

    assert (ran.code, ran.err) == (0, "")
    assert [line.split(maxsplit=2) for line in ran.out.splitlines()[1:-2]] == [
        ["ok", "reachable", "responds (404 Not Found)"],
        ["ok", "tls", "not encrypted, but within this machine"],
        ["ok", "clock", "as this machine's"],
        ["ok", "credentials", "from PORTAL_PEOPLE"],
        ["ok", "account", f"an access token for the client {CLIENT}"],
        ["ok", "right-read", "reads users and groups"],
        ["ok", "groups", "2 groups can be read"],
    ]
    assert ran.out.splitlines()[0] == f"Source people (keycloak) at {url}"


def test_groups_that_do_not_exist_are_named(place: Place, url: str) -> None:
    ran = with_sources(place, url, "acme", "/partners/gone", "/acme").run(
        "doctor", "--source", "people", "--format", "json"
    )

    check = json.loads(ran.out)["targets"][0]["checks"][-1]
    assert (ran.code, check["name"], check["status"]) == (5, "groups", "failed")
    assert check["detail"] == (
        "2 of 3 groups cannot be read: /partners/gone: there is no group with this path;"
        " acme: several groups have this name; write the path of one: /acme, /partners/acme"
    )


def test_a_missing_right_is_a_failure_and_not_an_empty_list(
    place: Place, url: str, realm: DoubledRealm
) -> None:
    realm.double.rights = frozenset({"query-users", "query-groups"})
    ran = with_sources(place, url, "/acme").run("doctor", "--source", "all", "--format", "json")

    assert (ran.code, rows(ran)[4:]) == (
        5,
        [("account", "ok"), ("right-read", "failed"), ("groups", "skipped")],
    )


def test_rejected_credentials_are_a_failure(place: Place, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_PEOPLE", "another")
    ran = with_sources(place, url, "/acme").run("doctor", "--source", "people", "--format", "json")

    assert (ran.code, rows(ran)[4:]) == (
        5,
        [("account", "failed"), ("right-read", "skipped"), ("groups", "skipped")],
    )


def test_without_options_the_default_portal_and_all_sources_with_an_address_are_checked(
    place: Place, url: str
) -> None:
    ran = with_sources(place, url).run("doctor", "--format", "json")
    targets = json.loads(ran.out)["targets"]

    assert [(each["kind"], each["name"]) for each in targets] == [("portal", "local"), ("source", "people")]
    assert targets[1]["checks"][-1]["detail"] == "no team names a group of this source"
    only = with_sources(place, url).run("doctor", "--portal", "local", "--format", "json")
    assert [each["kind"] for each in json.loads(only.out)["targets"]] == ["portal"]


def test_a_secret_that_is_not_set_and_a_server_that_is_not_there(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORTAL_PEOPLE", raising=False)
    ran = with_sources(place, "http://127.0.0.1:9").run("doctor", "--source", "people", "--format", "json")

    statuses = dict(rows(ran))
    assert (ran.code, statuses["reachable"], statuses["credentials"], statuses["account"]) == (
        1,
        "failed",
        "failed",
        "skipped",
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("crm", 'reconciler.yaml:19:13: source "crm" is a file: there is no connection to check'),
        ("gone", 'source "gone" is not defined in reconciler.yaml'),
    ],
)
def test_a_source_that_cannot_be_checked_is_an_error(place: Place, name: str, message: str) -> None:
    ran = with_sources(place, "http://127.0.0.1:9").run("doctor", "--source", name)

    assert (ran.code, ran.err.splitlines()[0]) == (1, f"Error: {message}")


def test_partners_with_errors_are_a_warning(place: Place, url: str) -> None:
    with_sources(place, url, "/acme").write(partners__brix="kind: Partner\nspec: []\n")
    ran = place.run("doctor", "--source", "people", "--format", "json")

    assert (ran.code, rows(ran)[-2:]) == (0, [("groups", "ok"), ("files", "warning")])
