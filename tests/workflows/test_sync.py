"""The accounts of a CRM become pull requests, every day, run with act."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.acting import Ran
from tests.workflows.proposing import BOT, pulls, run, with_git
from tests.workflows.world import World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

BRANCH = "reconciler/sync-crm"
SOURCE = """\
  sources:
    crm:
      type: csv
      file: crm.csv
      id: Account
      annotation: crm/account
      fields: {displayName: Name, owner: Owner, type: Type}
"""


@pytest.fixture
def crm(world: World, tmp_path: Path) -> Iterator[World]:
    repository = world.place.repository
    configured = (repository.folder / "reconciler.yaml").read_text()
    with with_git(world, tmp_path) as made:
        rows = (
            "Account,Name,Owner,Type\nHF-005120,Kaufwerk SE,partnerships,reseller\n"
            "HF-006034,Cargolane Sp. z o.o.,network,external\nHF-9,New,nobody,external\n"
        )
        changed = {
            "reconciler.yaml": configured.replace("  rules:\n", f"{SOURCE}  rules:\n"),
            "crm.csv": rows,
        }
        repository.push(changed)
        yield made


def sync(world: World) -> Ran:
    """Run what the schedule starts."""
    return run(world, "sync.yml", "schedule", {"schedule": "41 3 * * *"}, sync="crm")


def test_changed_accounts_become_one_pull_request(crm: World) -> None:
    ran = sync(crm)

    assert ran.jobs["propose"] == "success", ran.log
    assert pulls(crm) == [(BRANCH, "open", None)]
    (pull,) = crm.github.state.pulls.values()
    assert (pull["user"]["login"], pull["title"]) == (BOT, "Update partners from crm")
    git = crm.place.repository.git
    git("fetch", "--quiet", "origin", BRANCH)
    assert git("diff", "--name-only", "main", "FETCH_HEAD") == "partners/kaufwerk.yaml"
    assert "displayName: Kaufwerk SE" in git("show", "FETCH_HEAD:partners/kaufwerk.yaml")

    again = sync(crm)

    assert again.jobs["propose"] == "success", again.log
    assert "#1: unchanged." in again.log
    assert len(pulls(crm)) == 1
