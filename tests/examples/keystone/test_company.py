"""A company with two partners on a real Keystone, through the command line."""

import json
import tomllib
from pathlib import Path

import pytest

from reconciler_keystone.mapping import LEVELS
from tests.cli.running import Place
from tests.servers.keystone import APIS, DOMAIN, PASSWORD, USER, KeystoneServer, keystone, keystone_server

__all__ = ["keystone", "keystone_server"]

pytestmark = [pytest.mark.real, pytest.mark.no_cover, pytest.mark.xdist_group("keystone")]

PROJECT = Path(__file__).parents[3] / "examples/keystone-portal/pyproject.toml"
CONFIGURATION = f"""\
    apiVersion: reconciler/v1
    kind: Configuration
    metadata: {{name: our-company}}
    spec:
      paths: {{partners: [Partner], access-groups: [AccessGroup], catalog.yaml: [Catalog]}}
      owners: {{partnerships: {{email: p@our-company.example}}}}
      defaultPortal: keystone
      portals:
        keystone:
          type: keystone
          url: URL
          domain: {DOMAIN}
          user: {USER}
          password: {{env: PORTAL_PASSWORD}}
          fallbacks:
            admins: as-members
            delegated: unmanaged
            blocked: each-run
            developerGrants: team-of-one
            until: daily-run
            invitations: create
    """
CATALOG = f"""\
    apiVersion: reconciler/v1
    kind: Catalog
    metadata: {{name: catalog}}
    spec:
      apis: [{", ".join(f"{{name: {api}, owner: partnerships}}" for api in APIS)}]
    """
GROUP = """\
    apiVersion: reconciler/v1
    kind: AccessGroup
    metadata: {name: NAME}
    spec:
      displayName: A group
      owner: partnerships
      apis: [NAME]
      offers: [{type: reseller}]
    """
PARTNER = """\
    apiVersion: reconciler/v1
    kind: Partner
    metadata: {name: NAME}
    spec:
      type: reseller
      displayName: A partner
      owner: partnerships
      agreement: MSA-1
      domains: [NAME.example]
      teams:
        - name: ops
          displayName: Operations
          admins: [ana@NAME.example]
          members: [bo@NAME.example]
          access: ACCESS
    """
ANA = "ana@acme.example"
BOTH = "[tracking, {group: rates, level: view}]"
Access = dict[tuple[str, str], str]


class Company:
    """A repository with two partners, and a new Keystone."""

    def __init__(self, place: Place, server: KeystoneServer) -> None:
        self.place = place
        self.server = server
        place.write(
            reconciler=CONFIGURATION.replace("URL", server.url),
            catalog=CATALOG,
            **{f"access-groups__{api}": GROUP.replace("NAME", api) for api in APIS},
        )
        self.write("acme", BOTH)
        self.write("bolt", "[rates]")

    def write(self, partner: str, access: str) -> None:
        """Write the file of a partner."""
        text = PARTNER.replace("NAME", partner).replace("ACCESS", access)
        self.place.write(**{f"partners__{partner}": text})

    def apply(self) -> None:
        """Apply the files."""
        ran = self.place.run("apply", "--auto-approve")
        assert ran.code == 0, ran.out + ran.err

    def planned(self) -> list[tuple[str, str]]:
        """Return the actions and ids of a plan."""
        ran = self.place.run("plan", "--format", "json")
        assert ran.code in {0, 3}, ran.out + ran.err
        return sorted((change["action"], change["id"]) for change in json.loads(ran.out)["changes"])

    def reported(self) -> Access:
        """Return the highest level of each person and API that `access --live` reports."""
        ran = self.place.run("access", "--live", "--format", "json")
        assert ran.code == 0, ran.err
        rows = ((row["person"], row["api"], row["level"]) for row in json.loads(ran.out)["rows"])
        return {(person, api): level for person, api, level in sorted(rows, key=_rank)}

    def effective(self) -> Access:
        """Return the same as Keystone works it out."""
        rows = ((name, api, LEVELS[role]) for name, api, role in self.server.effective_access())
        return {(person, api): level for person, api, level in sorted(rows, key=_rank)}


@pytest.fixture
def company(
    keystone: KeystoneServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Company:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_PASSWORD", PASSWORD)
    _install(tmp_path / "site", monkeypatch)
    return Company(Place(tmp_path, capsys), keystone)


def test_a_company_is_applied_once_and_keystone_gives_the_access_that_is_reported(company: Company) -> None:
    company.apply()

    assert company.planned() == []
    assert company.reported() == company.effective()
    assert company.effective() == {
        (ANA, "tracking"): "consume",
        (ANA, "rates"): "view",
        ("bo@acme.example", "tracking"): "consume",
        ("bo@acme.example", "rates"): "view",
        ("ana@bolt.example", "rates"): "consume",
        ("bo@bolt.example", "rates"): "consume",
    }

    company.write("acme", "[rates]")
    company.place.write(partners__bolt=None)

    assert ("update", "api-grant/rates/team/acme/ops") in company.planned()


def test_drift_is_found_and_undone(company: Company) -> None:
    company.apply()
    server, before = company.server, company.effective()
    acme = server.find("domains", name="acme")["id"]
    group, ana = server.find("groups", name="ops", domain_id=acme)["id"], server.find("users", name=ANA)["id"]
    rates, member = server.projects["rates"], server.roles["member"]
    server.ask("DELETE", f"groups/{group}/users/{ana}")
    server.ask("PUT", f"projects/{rates}/groups/{group}/roles/{member}")
    server.ask("PUT", f"projects/{rates}/users/{ana}/roles/{member}")

    assert company.planned() == [
        ("create", f"membership/acme/ops/{ANA}"),
        ("update", "api-grant/rates/team/acme/ops"),
    ]
    assert company.reported() == company.effective()

    company.apply()
    server.ask("DELETE", f"projects/{rates}/users/{ana}/roles/{member}")

    assert company.planned() == []
    assert company.effective() == before


def _rank(row: tuple[str, str, str]) -> tuple[str, str, bool]:
    """Sort the highest level of a person and API last."""
    return row[0], row[1], row[2] == "consume"


def _install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the package as pip does, so that it is found by its entry point."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    information = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    information.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    information.joinpath("METADATA").write_text(metadata)
    lines = [f"[{group}]" for group in project["entry-points"]]
    lines += [
        f"{name} = {value}" for found in project["entry-points"].values() for name, value in found.items()
    ]
    information.joinpath("entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(folder)
