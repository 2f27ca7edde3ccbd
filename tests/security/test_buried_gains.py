"""What a branch could hide from its reviewers: one gain among many that look harmless."""

import json
from pathlib import Path

import pytest

from reconciler.cli.main import run

CONFIGURATION = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {{name: our-company}}
spec:
  paths: {{partners: [Partner], group.yaml: [AccessGroup, Catalog]}}
  owners: {{sales: {{email: sales@our.example}}}}
  defaultPortal: local
  portals: {{local: {{type: embedded, database: portal.db}}}}
  guard: {{allow: [{allow}]}}
"""
GROUP = """\
apiVersion: reconciler/v1
kind: AccessGroup
metadata: {name: gold}
spec: {displayName: Gold, owner: sales, apis: [tracking], offers: [{type: reseller}]}
---
apiVersion: reconciler/v1
kind: Catalog
metadata: {name: catalog}
spec: {apis: [{name: tracking, owner: sales}]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one partner, acme, which was applied."""
    (tmp_path / "partners").mkdir()
    (tmp_path / "group.yaml").write_text(GROUP)
    configure(tmp_path)
    write(tmp_path, "acme", members=[], access=[])
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "--auto-approve"]) == 0
    return tmp_path


def configure(folder: Path, allow: str = "") -> None:
    (folder / "reconciler.yaml").write_text(CONFIGURATION.format(allow=allow))


def write(folder: Path, name: str, members: list[str], access: list[str]) -> None:
    team = {"name": "ops", "admins": [f"ana@{name}.example"], "members": members, "access": access}
    spec = {
        "type": "reseller",
        "displayName": name,
        "owner": "sales",
        "agreement": "MSA-1",
        "teams": [team],
    }
    document = {
        "apiVersion": "reconciler/v1",
        "kind": "Partner",
        "metadata": {"name": name},
        "spec": spec,
    }
    (folder / "partners" / f"{name}.yaml").write_text(json.dumps(document))


@pytest.mark.parametrize("access", [[], ["gold"]])
def test_a_branch_cannot_bury_a_member_of_an_existing_team_under_many_new_teams(
    folder: Path, capsys: pytest.CaptureFixture[str], access: list[str]
) -> None:
    write(folder, "acme", members=["mallory@evil.example"], access=access)
    for number in range(400):
        people = [f"person{each}@new{number}.example" for each in range(3)]
        write(folder, f"new{number}", members=people, access=["gold"])
    capsys.readouterr()

    assert run(["plan", "--format", "markdown"]) == 0
    comment = capsys.readouterr().out
    assert len(comment) <= 60_000
    assert "\n+ member acme/ops/mallory@evil.example\n" in comment
    assert ("`acme/ops`<br>`ana@acme.example`, `mallory@evil.example` | `tracking` |" in comment) == bool(
        access
    )


def test_a_plan_that_fits_into_no_comment_is_let_through_by_its_digest_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "acme", members=[f"p{number}@acme.example" for number in range(2_000)], access=["gold"])
    capsys.readouterr()

    assert run(["plan", "--format", "json"]) == 0
    made = json.loads(capsys.readouterr().out)
    run(["plan", "--format", "markdown"])
    comment = capsys.readouterr().out
    configure(folder, allow=made["digest"])
    run(["plan", "--format", "json"])
    through = json.loads(capsys.readouterr().out)

    assert f"add `{made['digest']}` to `guard.allow` on the base branch" in comment
    assert (made["allowed"], through["allowed"], through["digest"]) == (False, True, made["digest"])
