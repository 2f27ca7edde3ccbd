"""The workflows that `reconciler init --ci gitea` writes, run as Gitea's runner does."""

from pathlib import Path
from typing import Any, Final

import pytest

from reconciler.scaffold.editors import template
from tests.workflows.acting import Ran
from tests.workflows.partners import FJORDHANDEL, LEAVER, NORDLYS
from tests.workflows.world import FORK, REPOSITORY, World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

FORGE: Final = {"full_name": REPOSITORY, "default_branch": "main"}
FILES: Final = {"partners/nordlys.yaml": NORDLYS}


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    """A folder with the workflows, which use the action of the repository that they run in."""
    folder = tmp_path / "workflows"
    folder.mkdir()
    for name in ("plan.yml", "apply.yml", "daily.yml"):
        (folder / name).write_text(template(f"gitea/{name}"))
    return folder


def run(world: World, workflow: Path, event: str, payload: dict[str, Any], *scopes: str) -> Ran:
    """Run a workflow for an event; the runner gets a token for each of the scopes."""
    named = {"read": "PORTAL_TOKEN_READ", "admin": "PORTAL_TOKEN"}
    secrets = {named[scope]: world.place.tokens[scope] for scope in scopes}
    return world.actor.run(workflow, event, payload, secrets, {"RECONCILER_PORTAL": "staging"})


def proposed(world: World, workflows: Path, repository: str = REPOSITORY, base: str = "main") -> Ran:
    """Run what a pull request with the new partner starts."""
    head = world.place.repository.propose(1, FILES)
    pull = {
        "number": 1,
        "head": {"ref": "change-1", "sha": head, "repo": {"full_name": repository}},
        "base": {"ref": base, "repo": {"full_name": REPOSITORY}},
    }
    payload = {"pull_request": pull, "repository": FORGE}
    return run(world, workflows / "plan.yml", "pull_request", payload, "read")


def pushed(world: World, workflows: Path, before: str, after: str) -> Ran:
    """Run what a push to main starts."""
    payload = {"ref": "refs/heads/main", "before": before, "after": after, "repository": FORGE}
    world.place.repository.git("checkout", "--quiet", "--detach", after)
    return run(world, workflows / "apply.yml", "push", payload, "admin")


def test_a_pull_request_is_planned_and_its_merge_applied(world: World, workflows: Path) -> None:
    planned = proposed(world, workflows)

    assert planned.jobs == {"validate": "success", "plan": "success"}
    assert "1 person gains access" in planned.log
    assert world.place.live("nordlys") == []

    merged = pushed(world, workflows, *world.place.repository.merge(1))

    assert merged.jobs == {"apply": "success"}
    assert world.place.live("nordlys") != []


def test_who_leaves_is_out_although_a_rule_denies_the_rest_of_the_merge(
    world: World, workflows: Path
) -> None:
    denied = NORDLYS.replace("  agreement: MSA-2026-101\n", "")
    files = {"partners/nordlys.yaml": denied, "partners/fjordhandel.yaml": FJORDHANDEL}

    ran = pushed(world, workflows, *world.place.repository.push(files))

    left = {row["person"] for row in world.place.live("fjordhandel")}
    assert (ran.jobs, world.place.live("nordlys")) == ({"apply": "failure"}, [])
    assert (LEAVER in left, len(left) > 0) == (False, True)


def test_a_fork_is_compared_with_the_files_of_main_alone(world: World, workflows: Path) -> None:
    assert proposed(world, workflows, repository=FORK).jobs == {"validate": "success", "fork": "success"}


def test_for_another_base_nothing_is_planned(world: World, workflows: Path) -> None:
    ran = proposed(world, workflows, base="mine")

    assert set(ran.jobs.values()) == {"failure"}
    assert "mine is not one of the bases that are planned: main" in ran.log


def test_an_old_commit_is_not_applied(world: World, workflows: Path) -> None:
    old = world.place.repository.push(FILES)
    world.place.repository.push({"partners/nordlys.yaml": None})

    ran = pushed(world, workflows, *old)

    assert ran.jobs == {"apply": "failure"}
    assert world.place.live("nordlys") == []


def test_every_day_drift_fails_the_job_and_is_in_its_log(world: World, workflows: Path) -> None:
    world.place.repository.push(FILES)

    ran = run(world, workflows / "daily.yml", "schedule", {"schedule": "17 4 * * *"}, "read", "admin")

    assert ran.jobs == {"expire": "failure"}
    assert "partner/nordlys" in ran.log
    assert "exit status 2" in ran.log
