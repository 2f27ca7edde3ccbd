"""The guard as its users meet it: refused, let through once by a flag or by the configuration."""

import json
import re
from pathlib import Path

import pytest

from reconciler.cli.program import run

CONFIGURATION = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {{name: our-company}}
spec:
  paths: {{partners: [Partner], access-groups: [AccessGroup]}}
  owners: {{sales: {{email: sales@our.example}}}}
  defaultPortal: local
  portals: {{local: {{type: embedded, database: portal.db}}}}
  guard: {{deletions: {{count: 5, percent: 10}}, peopleLosing: {{count: 50, percent: 25}}, allow: [{allow}]}}
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


def configure(folder: Path, allow: str = "") -> None:
    (folder / "reconciler.yaml").write_text(CONFIGURATION.format(allow=allow))


def refused_digest(capsys: pytest.CaptureFixture[str]) -> str:
    """Plan, be refused, and return the digest that the refusal names."""
    capsys.readouterr()
    assert run(["plan"]) == 3
    found = re.search(
        r"--allow (sha256:[0-9a-f]{64}), or with that digest under guard.allow", capsys.readouterr().out
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
