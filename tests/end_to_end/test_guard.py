"""The guard as its users meet it: refused, let through once by a flag or by the configuration."""

import asyncio
import json
import re
from pathlib import Path

import httpx2
import pytest

from reconciler.cli.main import run
from reconciler.portal_server import Operator, create_app

CONFIGURATION = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {{name: our-company}}
spec:
  paths: {{partners: [Partner], access-groups: [AccessGroup, Catalog]}}
  owners: {{sales: {{email: sales@our.example}}}}
  defaultPortal: local
  portals: {{local: {{type: embedded, database: portal.db}}}}
  guard: {{deletions: {{count: 5, percent: 10}}, peopleLosing: {people}, allow: [{allow}]}}
"""
PARTNER = """\
apiVersion: reconciler/v1
kind: Partner
metadata: {{name: {name}}}
spec:
  type: reseller
  displayName: {name}
  owner: sales
  agreement: MSA-1
  teams: [{{name: ops, admins: ["ana@{name}.example"], access: [gold]}}]
"""
GROUP = """\
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: gold}
spec: {displayName: Gold, owner: sales, offers: [{type: reseller}]}
"""
CATALOG = """\
apiVersion: reconciler/v1
kind: Catalog
metadata: {name: catalog}
spec: {apis: [{name: tracking, owner: sales}]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository of two partners that was applied, and whose second partner's file is gone."""
    (tmp_path / "partners").mkdir()
    (tmp_path / "access-groups").mkdir()
    (tmp_path / "access-groups" / "gold.yaml").write_text(GROUP)
    for name in ("acme", "bolt"):
        (tmp_path / "partners" / f"{name}.yaml").write_text(PARTNER.format(name=name))
    configure(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "--auto-approve"]) == 0
    (tmp_path / "partners" / "bolt.yaml").unlink()
    return tmp_path


def configure(folder: Path, allow: str = "", people: str = "{count: 50, percent: 25}") -> None:
    (folder / "reconciler.yaml").write_text(CONFIGURATION.format(allow=allow, people=people))


def refused_digest(capsys: pytest.CaptureFixture[str]) -> str:
    """Plan, be refused, and return the digest that the refusal names."""
    capsys.readouterr()
    assert run(["plan"]) == 3
    found = re.search(
        r"--allow (sha256:[0-9a-f]{64}), or add that digest to guard.allow", capsys.readouterr().out
    )
    assert found is not None
    return found[1]


@pytest.mark.usefixtures("folder")
def test_a_refused_plan_is_shown_and_apply_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    refused_digest(capsys)

    assert (run(["apply", "--auto-approve"]), run(["plan"])) == (3, 3)


@pytest.mark.usefixtures("folder")
def test_its_digest_lets_one_plan_through(capsys: pytest.CaptureFixture[str]) -> None:
    digest = refused_digest(capsys)

    assert (
        run(["apply", "--auto-approve", "--allow", "sha256:" + "0" * 64]),
        run(["apply", "--auto-approve", "--allow", digest]),
        run(["plan", "--detailed-exitcode"]),
    ) == (3, 0, 0)


def test_its_digest_in_the_configuration_lets_it_through_and_no_other_plan(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = refused_digest(capsys)
    configure(folder, allow=digest)
    (folder / "access-groups" / "silver.yaml").write_text(GROUP.replace("gold", "silver"))
    other = run(["plan"])
    (folder / "access-groups" / "silver.yaml").unlink()

    assert (other, run(["apply", "--auto-approve"])) == (3, 0)


def test_a_saved_plan_that_is_denied_is_let_through_by_its_digest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "--out", "plan.json"]) == 3
    digest = json.loads((folder / "plan.json").read_text())["digest"]

    assert (run(["apply", "plan.json"]), run(["apply", "plan.json", "--allow", digest])) == (3, 0)
    capsys.readouterr()


@pytest.mark.usefixtures("folder")
def test_a_plan_that_the_guard_let_pass_is_refused_once_more_people_would_lose_access(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path.cwd()
    (folder / "partners" / "bolt.yaml").write_text(PARTNER.format(name="bolt"))
    (folder / "access-groups" / "gold.yaml").write_text(
        f"{GROUP}---\n{CATALOG}".replace("owner: sales, offers", "owner: sales, apis: [tracking], offers")
    )
    configure(folder, people="{count: 1, percent: 25}")
    assert run(["apply", "--auto-approve"]) == 0
    (folder / "partners" / "acme.yaml").write_text(
        PARTNER.format(name="acme").replace(", access: [gold]", "")
    )
    assert run(["plan", "--out", "plan.json"]) == 0
    join(folder / "portal.db", "acme/ops", 5)
    capsys.readouterr()

    assert run(["apply", "plan.json"]) == 3

    error, rule, _ = capsys.readouterr().err.splitlines()
    assert (error, rule.partition(": ")[2].partition(": ")[0]) == (
        "Error: the guard denies the plan in the current state of the portal; nothing was written:",
        "6 of 7 people with access would lose some of it, but at most 1 may (the larger of 1 and 25 %)",
    )


def join(database: Path, team: str, number: int) -> None:
    """Let so many people join a team, as its admins let them."""
    partner, name = team.split("/")

    async def run_all() -> None:
        app = create_app(str(database), apis=[], operator=Operator("somebody", "secret"))
        transport = httpx2.ASGITransport(app)
        headers = {"Authorization": "Bearer secret"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://p", headers=headers) as client:
            partners = (await client.get("/partners")).json()["items"]
            teams = (await client.get("/teams")).json()["items"]
            (partner_id,) = [each["id"] for each in partners if each["name"] == partner]
            (team_id,) = [
                each["id"] for each in teams if each["name"] == name and each["partnerId"] == partner_id
            ]
            for each in range(number):
                body = {"teamId": team_id, "email": f"person{each}@acme.example", "role": "member"}
                assert (await client.post("/members", json=body)).is_success
        app.state.database.close()

    asyncio.run(run_all())
