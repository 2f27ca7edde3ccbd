"""What a branch could do with dates: access that is ended later, by a run that no guard denies."""

import json
import re
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
  guard: {{endWithinDays: {days}}}
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
DAY = ["--today", "2026-11-24"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository of twelve partners with a person each, who have access without an end."""
    (tmp_path / "partners").mkdir()
    (tmp_path / "group.yaml").write_text(GROUP)
    configure(tmp_path, 30)
    end(tmp_path, None)
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "--auto-approve", *DAY]) == 0
    return tmp_path


def configure(folder: Path, days: int) -> None:
    (folder / "reconciler.yaml").write_text(CONFIGURATION.format(days=days))


def end(folder: Path, day: str | None) -> None:
    for number in range(12):
        spec = {
            "type": "reseller",
            "displayName": f"P{number}",
            "owner": "sales",
            "agreement": "MSA-1",
            "teams": [{"name": "ops", "admins": [f"ana@p{number}.example"], "access": ["gold"]}],
            **({"until": day} if day else {}),
        }
        document = {
            "apiVersion": "reconciler/v1",
            "kind": "Partner",
            "metadata": {"name": f"p{number}"},
            "spec": spec,
        }
        (folder / "partners" / f"p{number}.yaml").write_text(json.dumps(document))


def test_a_branch_cannot_end_everybody_s_access_tomorrow_as_if_nobody_lost_any(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    end(folder, "2026-11-25")
    capsys.readouterr()

    assert run(["plan", *DAY]) == 3
    told = capsys.readouterr().out
    assert (
        "12 of them because their end is brought forward to within 30 days), but at most 10 may" in told,
        run(["apply", "--auto-approve", *DAY]),
    ) == (True, 3)


def test_ends_that_the_guard_kept_out_of_the_portal_are_not_taken_for_past_on_their_day(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    end(folder, "2026-11-25")
    tomorrow = ["--today", "2026-11-26"]
    expired = ["apply", "--only-expired", "--auto-approve", *tomorrow]
    capsys.readouterr()

    denied = run(expired)
    digest = re.search("sha256:[0-9a-f]{64}", capsys.readouterr().out)
    assert digest is not None
    assert (denied, run([*expired, "--allow", digest[0]]), run(expired)) == (3, 0, 0)


def test_what_ended_in_the_portal_too_is_taken_away_whoever_had_it(folder: Path) -> None:
    end(folder, "2029-12-31")
    applied = run(["apply", "--auto-approve", *DAY])

    assert (applied, run(["apply", "--only-expired", "--auto-approve", "--today", "2030-01-01"])) == (0, 0)


def test_a_plan_that_was_saved_under_another_guard_is_judged_by_this_one(folder: Path) -> None:
    configure(folder, 5)
    end(folder, "2026-12-20")
    saved = run(["plan", "--out", "plan.json", *DAY])
    configure(folder, 30)

    assert (saved, run(["apply", "plan.json", *DAY])) == (0, 3)


def test_whoever_reviews_reads_every_end_that_moves_forward_whatever_the_date(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", "--auto-approve", *DAY]) == 0
    end(folder, "2029-12-31")
    capsys.readouterr()

    assert run(["plan", "--format", "markdown", *DAY]) == 0
    told = capsys.readouterr().out
    assert [f"grant p{number}/ops → gold" in told for number in range(12)] == [True] * 12
