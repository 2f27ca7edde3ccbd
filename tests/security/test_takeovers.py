"""What a branch could take over by a name: teams, people and tokens of others."""

import json
from pathlib import Path

import msgspec
import pytest

from reconciler.cli.main import run
from reconciler.model.plan import Change
from reconciler.policy import approvals
from tests.builders import group, partner, team
from tests.policy.planning import world
from tests.states import holding

CONFIGURATION = """\
apiVersion: reconciler/v1
kind: Configuration
metadata: {name: our-company}
spec:
  paths: {partners: [Partner]}
  owners:
    partnerships: {email: partnerships@our.example}
    logistics: {email: logistics@our.example}
  defaultPortal: local
  portals: {local: {type: embedded, database: portal.db}}
"""
PARTNER = """\
apiVersion: reconciler/v1
kind: Partner
metadata: {{name: {name}{previously}}}
spec:
  type: reseller
  displayName: {name}
  owner: {owner}
  agreement: MSA-1
  teams: [{{name: ops, admins: ["ana@{name}.example"]}}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository whose one partner, cargolane, was applied."""
    (tmp_path / "partners").mkdir()
    (tmp_path / "reconciler.yaml").write_text(CONFIGURATION)
    write(tmp_path, "cargolane")
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "--auto-approve"]) == 0
    return tmp_path


def write(folder: Path, name: str, previously: str = "", owner: str = "partnerships") -> None:
    former = f", previously: {previously}" if previously else ""
    text = PARTNER.format(name=name, previously=former, owner=owner)
    (folder / "partners" / f"{name}.yaml").write_text(text)


def test_a_branch_cannot_take_over_a_partner_that_is_still_in_the_files(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "mallory", previously="cargolane", owner="logistics")
    capsys.readouterr()

    assert (run(["validate"]), run(["plan"])) == (1, 1)
    assert (
        'partners/mallory.yaml:3:39: error: partner "mallory" has the former name "cargolane", which '
        "is still defined at"
        " partners/cargolane.yaml:3:18; remove previously, or remove the old definition [duplicate-name]"
    ) in capsys.readouterr().out.splitlines()


def test_a_branch_cannot_take_over_a_partner_by_a_former_name_that_it_has_had_for_long(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "cargolane", previously="cargo")
    write(folder, "mallory", previously="cargolane", owner="logistics")
    capsys.readouterr()

    # Only the portal knows that nothing is called "cargo" any more.
    assert (run(["validate"]), run(["plan"]), run(["apply", "--auto-approve"])) == (0, 1, 1)
    assert (
        "partners/mallory.yaml:3:18: error: partner/mallory has the former name partner/cargolane, which is"
        " live and still defined in the files; remove `previously`, or the definition with the former name"
        " [duplicate-name]"
    ) in capsys.readouterr().out.splitlines()


def test_a_partner_that_is_renamed_to_another_owner_asks_both(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "partners" / "cargolane.yaml").unlink()
    write(folder, "mallory", previously="cargolane", owner="logistics")
    capsys.readouterr()

    assert run(["plan", "--format", "json"]) == 0
    asked = [(each["owner"], each["reason"]) for each in json.loads(capsys.readouterr().out)["approvals"]]
    assert asked == [
        ("logistics", "changes partner/mallory"),
        ("partnerships", "takes over partner/cargolane as partner/mallory"),
    ]


def test_a_team_that_moves_to_a_partner_of_another_owner_asks_both() -> None:
    before = [partner("cargolane", team("ops")), partner("mallory", owner="logistics")]
    after = [partner("cargolane"), partner("mallory", team("ops"), owner="logistics")]
    moved = Change(
        id="team/mallory/ops",
        kind="team",
        action="update",
        renamed_from="team/cargolane/ops",
        before={"displayName": "ops", "delegated": True},
        after={"displayName": "ops", "delegated": True},
    )
    judged = msgspec.structs.replace(world(holding(*before), *after), changes=(moved,))

    assert [(each.owner, each.reason) for each in approvals(judged)] == [
        ("logistics", "changes partner/mallory"),
        ("partnerships", "takes over team/cargolane/ops as team/mallory/ops"),
    ]


def test_a_group_that_is_renamed_to_another_owner_asks_both() -> None:
    after = group("gold", owner="payments", metadata={"previously": "silver"})

    assert [(each.owner, each.reason) for each in approvals(world(holding(group("silver")), after))] == [
        ("logistics", "takes over access-group/silver as access-group/gold"),
        ("payments", "changes access-group/gold"),
    ]
