"""From a portal that has grown without files to `No changes.`, by one command."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from starlette.types import Receive, Scope, Send

from reconciler.cli.storage.configuration_file import NAME
from tests.cli.running import CONFIGURATION, Place, Ran, on_terminal
from tests.clocks import start_at
from tests.end_to_end.grown_portal import NOW, Size, grow
from tests.end_to_end.grown_realm import grown_realm
from tests.forge.serving import served
from tests.portal_server.driver import Portal
from tests.portals.drupal.sites import PASSWORD, site_with
from tests.servers.apigee.server import TOKEN, ApigeeServer
from tests.servers.drupal.server import Drupal
from tests.servers.keycloak import SECRET, KeycloakServer

TINY = Size(partners=1, teams=1, members=2)
SMALL = Size(partners=5, teams=14, members=60)
# Those of a portal that was there before its files.
WHOLE = Size(partners=39, teams=114, members=554)
# It would be another owner if it were written as it is.
FORGED = 'x}, root: {email: "root@evil.example"} # '
OWNER = ("--owner", "partnerships=p@our-company.example")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with Portal(str(tmp_path / "portal.db")) as made:
        yield made


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty folder, which is the current one, on the day of these tests."""
    folder = tmp_path / "Our Company"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    start_at(NOW, monkeypatch)
    return Place(folder, capsys)


@pytest.mark.parametrize(
    "size",
    [SMALL, pytest.param(WHOLE, marks=[pytest.mark.real, pytest.mark.no_cover])],
    ids=["small", "whole"],
)
def test_one_command_leads_from_a_portal_to_no_changes(
    portal: Portal, empty: Place, monkeypatch: pytest.MonkeyPatch, size: Size
) -> None:
    grow(portal, size)
    before = portal.items("/grants?limit=500")
    monkeypatch.setenv("PORTAL_TOKEN", portal.admin)

    asked: list[str] = []

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(f"{scope.get('method')} {scope.get('path')}")
        await portal.app(scope, receive, send)

    with served(counted) as url:
        ran = empty.run("init", "--from", url, *OWNER, "--adopt")

        # Once for owners and files, three times for each of two plans and its apply, and for the last plan.
        assert asked.count("GET /grants") == 8
        adopted = size.partners + size.teams + 6
        assert ran.code == 0
        assert f"Plan: 0 to create, 0 to update, 0 to delete, {adopted} to adopt; 0 unchanged." in ran.out
        assert ran.out.splitlines()[-1] == empty.run("plan").out.splitlines()[-1] == "No changes."

    assert portal.items("/grants?limit=500") == before
    assert empty.run("validate").code == 0
    assert [empty.run(each, "--check").code for each in ("codeowners", "fmt", "schema")] == [0, 0, 0]
    written = [path.read_bytes() for path in empty.folder.rglob("*") if path.is_file()]
    assert not any(portal.admin.encode() in each for each in written)


@pytest.mark.real
def test_without_adopt_the_plan_is_shown_and_the_portal_stays_as_it_is(
    portal: Portal, empty: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(portal, TINY)
    partners, teams = portal.items("/partners"), portal.items("/teams")
    monkeypatch.setenv("PORTAL_TOKEN", portal.token("read"))

    with served(portal.app) as url:
        ran = empty.run("init", "--from", f"{url}/", *OWNER, "--ci", "none")
        again = empty.run("init", "--from", url, "--ci", "none")

    assert (ran.code, "8 to adopt" in ran.out, "Applied" in ran.out) == (0, True, False)
    assert ran.err.endswith(
        f"Next:\n  1. Check the owners in {NAME}.\n  2. Apply this plan: reconciler adopt --all-desired\n"
    )
    assert ran.err.count("Next:") == 1
    assert (portal.items("/partners"), portal.items("/teams")) == (partners, teams)
    assert (again.code, "8 to adopt" in again.out, "partners/" in again.out.partition("Plan for")[0]) == (
        0,
        True,
        False,
    )


@pytest.mark.real
def test_the_owners_that_the_portal_names_are_in_the_configuration(
    portal: Portal, empty: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(portal, TINY)
    portal.made("/partners", name="z", displayName="Z", type="external", owner=FORGED)
    monkeypatch.setenv("PORTAL_TOKEN", portal.admin)

    with served(portal.app) as url:
        empty.run("init", "--from", url, "--owner", "desk=desk@our-company.example", "--ci", "none")

    owners = (empty.folder / "reconciler.yaml").read_text().partition("owners:")[2].partition("default")[0]
    email = "{email: desk@our-company.example}"
    names = ("desk", "finance", "logistics", "partnerships")
    assert re.findall(r"^    ([a-z]+): (.*)$", owners, re.MULTILINE) == [(name, email) for name in names]
    text = (empty.folder / "partners" / "z.yaml").read_text()
    assert f'  owner: desk # TODO: the owner in the portal is "{FORGED}"' in re.sub(" +#", " #", text)
    assert empty.run("validate").code == 0


def test_the_portal_of_this_folder_needs_no_token(empty: Place) -> None:
    ran = empty.run("init", "--from", "embedded", *OWNER)

    assert (ran.code, "No changes.\n" in ran.out) == (0, True)
    assert empty.run("plan") == Ran(0, "No changes.\n")


@pytest.mark.parametrize(
    ("arguments", "token", "message"),
    [
        (
            "URL",
            "",
            "the portal needs a secret, and PORTAL_TOKEN is not set\nHint: run `export PORTAL_TOKEN=…`",
        ),
        ("URL", "wrong", 'portal "production" at URL does not accept the token'),
        (
            "keycloak",
            "t",
            "--from keycloak does not say where the portal is\nHint: give its address: https://id.",
        ),
        ("kong", "t", '"kong" is not a portal type\nHint: known: embedded, keycloak'),
        ("URL --portal-type kong", "t", '"kong" is not a portal type\nHint: known: embedded'),
        ("http://127.0.0.1:9", "t", "the portal at http://127.0.0.1:9 cannot be reached"),
    ],
    ids=["no token", "wrong token", "no address", "no type", "another type", "nobody answers"],
)
def test_nothing_is_written_before_the_portal_was_read(
    portal: Portal, empty: Place, arguments: str, token: str, message: str
) -> None:
    with served(portal.app) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_TOKEN", token)
        ran = empty.run("init", "--from", *arguments.replace("URL", url).split())

    assert (ran.code in {1, 5}, ran.out) == (True, "")
    assert ran.err.startswith(f"Error: {message.replace('URL', url)}")
    assert list(empty.folder.iterdir()) == []


def test_options_that_do_not_fit_together_are_refused(empty: Place) -> None:
    assert "--adopt needs --from" in empty.run("init", "--adopt").err
    assert (
        "--portal-type goes with an address"
        in empty.run("init", "--from", "embedded", "--portal-type", "embedded").err
    )


@pytest.mark.real
def test_a_configuration_that_exists_decides_where_its_token_goes(
    portal: Portal, empty: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", portal.admin)
    monkeypatch.setenv("DEPLOY_KEY", "not for portals")

    with served(portal.app) as url:
        empty.write(reconciler=CONFIGURATION)
        elsewhere = empty.run("init", "--from", url)
        empty.write(
            reconciler=CONFIGURATION.replace("http://127.0.0.1:9", url).replace("PORTAL_TOKEN", "DEPLOY_KEY")
        )
        other = empty.run("init", "--from", url, "--owner", "partnerships=p@our-company.example")

    assert elsewhere.err.startswith("Error: reconciler.yaml exists, and this portal is not in it\n")
    assert "the name of its secret's variable DEPLOY_KEY does not begin with" in other.err


@pytest.mark.real
def test_a_configuration_that_exists_decides_as_whom_the_portal_is_used(
    portal: Portal, empty: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(portal, TINY)
    monkeypatch.setenv("PORTAL_OF_OURS", portal.admin)

    with served(portal.app) as url:
        ours = CONFIGURATION.replace("http://127.0.0.1:9", url).replace("PORTAL_TOKEN", "PORTAL_OF_OURS")
        ours = ours.replace("[AccessGroup]", "[AccessGroup, ApiProduct]")
        empty.write(reconciler=ours)
        ran = empty.run("init", "--from", url, "--ci", "none", "--adopt")

    assert (ran.code, "Applied 8.\n" in ran.out) == (0, True), ran.err
    assert (empty.folder / "reconciler.yaml").read_text() == dedent(ours)


@pytest.mark.parametrize(
    ("kind", "path", "variable"),
    [("drupal", "", "PORTAL_PASSWORD"), ("apigee", "/v1/organizations/acme-apis", "PORTAL_TOKEN")],
)
@pytest.mark.real
def test_portals_of_other_types_are_exported_too(
    empty: Place, monkeypatch: pytest.MonkeyPatch, kind: str, path: str, variable: str
) -> None:
    site = site_with({})
    site.add("node--api_product", {"title": "orders"})
    site.add("node--access_group", {"title": "Big Group"})
    monkeypatch.setenv(variable, PASSWORD if kind == "drupal" else TOKEN)

    with served(Drupal(site) if kind == "drupal" else ApigeeServer()) as url:
        # Only the API of Drupal says what it is.
        options = ["--portal-type", kind] if path else []
        ran = empty.run("init", "--from", f"{url}{path}", *options, *OWNER, "--ci", "none", "--adopt")
        again = empty.run("plan")

    assert (ran.code, again.out.splitlines()[-1]) == (0, "No changes.")
    written = {"drupal": "name: big-group, externalName: Big Group", "apigee": "kind: Catalog"}[kind]
    assert written in "".join(path.read_text() for path in empty.folder.rglob("*.yaml"))


def test_on_a_terminal_the_given_address_is_trusted_without_another_question(
    portal: Portal, empty: Place, tmp_path: Path
) -> None:
    grow(portal, TINY)

    with served(portal.app) as url:
        ran = on_terminal(
            empty.folder,
            *("init", "--from", url, *OWNER),
            typed="\nnone\n",
            environment={"PORTAL_TOKEN": portal.admin, "XDG_CONFIG_HOME": str(tmp_path)},
        )

    assert (ran.code, ran.out.count("]: "), "8 to adopt" in ran.out) == (0, 2, True)
    trusted = json.loads((tmp_path / "reconciler" / "trusted.json").read_text())
    assert trusted["tokens"] == [{"address": url, "variable": "PORTAL_TOKEN"}]


@pytest.mark.real
@pytest.mark.no_cover
@pytest.mark.xdist_group("keycloak")
def test_a_realm_of_keycloak_comes_to_no_changes_as_well(
    keycloak: KeycloakServer, empty: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    realm = grown_realm(keycloak, WHOLE)
    monkeypatch.setenv("PORTAL_SECRET", SECRET)

    ran = empty.run("init", "--from", f"{realm.url}/realms/{realm.name}", *OWNER, "--adopt")

    adopted = WHOLE.partners + WHOLE.teams + 3
    assert ran.code == 0
    assert f"Plan: 0 to create, 0 to update, 0 to delete, {adopted} to adopt; 0 unchanged." in ran.out
    assert ran.out.splitlines()[-1] == empty.run("plan").out.splitlines()[-1] == "No changes."
    assert empty.run("validate").code == 0
