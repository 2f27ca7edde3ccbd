"""People come, change and leave in a realm of Keycloak, and `people pull` writes it to people.lock."""

from collections.abc import Iterator
from textwrap import dedent

import pytest
import yaml

from tests.cli.running import CONFIGURATION, PARTNER, Place
from tests.servers.keycloak import CLIENT, SECRET
from tests.sources.keycloak.realms import DoubledRealm, RealmGround

GROUP = "/partners/acme"
ADMINS = f"{GROUP}/admins"
TEAM = f"""\
  teams:
    - name: ops
      admins: {{from: people, group: {ADMINS}}}
      members: {{from: people, group: {GROUP}}}
"""
Rows = dict[str, list[tuple[str, ...]]]


@pytest.fixture
def files(place: Place, realm: RealmGround, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Files with a team whose people come from groups of a realm."""
    monkeypatch.setenv("PORTAL_PEOPLE", SECRET)
    for path in (GROUP, ADMINS):
        realm.group(path)
    with realm.served() as (url, name):
        source = (
            f"  sources:\n    people: {{type: keycloak, url: '{url}', realm: {name}, clientId: {CLIENT},"
            " clientSecret: {env: PORTAL_PEOPLE}}\n"
        )
        partner = dedent(PARTNER).partition("  teams:")[0] + TEAM
        yield place.write(reconciler=dedent(CONFIGURATION) + source, partners__acme=partner)


def pulled(files: Place, code: int = 0) -> Rows:
    """Pull, and return the addresses of each role, the present one before the former ones."""
    ran = files.run("people", "pull")
    assert ran.code == code, ran
    team = yaml.safe_load((files.folder / "people.lock").read_text())["spec"]["teams"]["acme/ops"]
    return {role: [(row["email"], *row.get("previously", ())) for row in rows] for role, rows in team.items()}


def test_people_come_change_and_leave(files: Place, realm: RealmGround) -> None:
    realm.user("ana", ADMINS)
    bob, carl, dora = (realm.user(name, GROUP) for name in ("bob", "carl", "dora"))
    admins = [("ana@acme.example",)]
    assert pulled(files) == {
        "admins": admins,
        "members": [("bob@acme.example",), ("carl@acme.example",), ("dora@acme.example",)],
    }

    realm.change(bob, enabled=False)
    realm.change(carl, email="carl.b@acme.example")
    realm.delete(dora)
    last = [("carl.b@acme.example", "carl@acme.example")]
    assert pulled(files) == {"admins": admins, "members": last}

    # The last member can leave: the list is empty, and the own entry confirms it.
    realm.leave(carl, GROUP)
    assert pulled(files) == {"admins": admins, "members": []}

    realm.join(carl, GROUP)
    assert pulled(files) == {"admins": admins, "members": [("carl.b@acme.example",)]}

    realm.delete_group(ADMINS)
    assert pulled(files, code=5) == {"admins": admins, "members": [("carl.b@acme.example",)]}


@pytest.mark.parametrize("hidden", ["one", "all"])
@pytest.mark.parametrize("realm", ["double"], indirect=True)
def test_a_list_that_hides_people_removes_nobody(files: Place, realm: DoubledRealm, hidden: str) -> None:
    realm.user("ana", ADMINS)
    ids = [realm.user(name, GROUP) for name in ("bob", "carl")]
    before = pulled(files)

    realm.double.hidden = set(ids if hidden == "all" else ids[:1])

    assert pulled(files, code=5) == before


@pytest.mark.parametrize("realm", ["double"], indirect=True)
def test_a_right_that_is_taken_away_removes_nobody(files: Place, realm: DoubledRealm) -> None:
    realm.user("ana", ADMINS)
    realm.user("bob", GROUP)
    before = pulled(files)

    realm.double.rights = frozenset({"query-users", "query-groups"})

    assert pulled(files, code=5) == before
