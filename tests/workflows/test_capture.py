"""What was changed in the portal becomes a pull request, by hand, run with act."""

import shutil

import pytest

from tests.workflows.acting import APP_SECRETS, APP_VARIABLES, WORKFLOWS, Ran
from tests.workflows.gh import Forge, stand_in
from tests.workflows.world import World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

BRANCH = "reconciler/capture"


@pytest.fixture
def forge(world: World) -> Forge:
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    return stand_in(world.place.command.parent, world.place.command.parent / "forge.json")


def capture(world: World, ids: str = "", *, app: bool = False) -> Ran:
    world.place.forget()
    payload = {
        "ref": "refs/heads/main",
        "inputs": {"ids": ids},
        "repository": {"full_name": "halden-freight/access", "default_branch": "main"},
    }
    return world.actor.run(
        WORKFLOWS / "capture.yml",
        "workflow_dispatch",
        payload,
        secrets={
            "GITHUB_TOKEN": "ghs_of_the_run",
            "PORTAL_TOKEN": world.place.tokens["read"],
            **(APP_SECRETS if app else {}),
        },
        variables={"RECONCILER_PORTAL": "staging", **(APP_VARIABLES if app else {})},
    )


def change_portal(world: World, *replaced: tuple[str, str]) -> None:
    """Change the portal beside the repository, as if by hand."""
    path = world.place.portal / "partners" / "cargolane.yaml"
    for old, new in replaced:
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    world.place.reconcile("apply", "--auto-approve")


def test_a_change_of_the_portal_becomes_a_pull_request(world: World, forge: Forge) -> None:
    same = capture(world)

    assert (same.jobs, forge.read()["pulls"]) == ({"read": "success"}, []), same.log

    change_portal(world, ("[adam.kos@cargolane.example]", "[]"), ("Accounts\n", "Accounting\n"))
    ran = capture(world, "membership/cargolane/accounts/adam.kos@cargolane.example")

    assert ran.jobs == {"read": "success", "propose": "success"}, ran.log
    [pull] = forge.read()["pulls"]
    assert (pull["--head"], pull["--base"]) == (BRANCH, "main")
    assert "when a member approves them" in pull["body"]
    git = world.place.repository.git
    git("fetch", "--quiet", "origin", BRANCH)
    difference = git("diff", "--unified=0", "main", "FETCH_HEAD").splitlines()
    assert [line for line in difference if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}] == [
        "-      members: [adam.kos@cargolane.example]",
        "+      members: []",
    ]


def test_what_is_not_captured_is_in_the_pull_request_of_the_app(world: World, forge: Forge) -> None:
    change_portal(world, ("displayName: Cargolane", "displayName: Cargo lane"))
    kaufwerk = (world.place.repository.folder / "partners" / "kaufwerk.yaml").read_text()
    assert "status" not in kaufwerk
    world.place.repository.push(
        {"partners/kaufwerk.yaml": kaufwerk.replace("\nspec:\n", "\nspec:\n  status: suspended\n")}
    )

    ran = capture(world, app=True)

    [pull] = forge.read()["pulls"]
    assert (ran.jobs["propose"], pull["by"]) == ("success", "app"), ran.log
    assert (
        "    partner/kaufwerk: the files suspend it; use `reconciler resume` to lift that\n" in pull["body"]
    )
    assert "approves them" not in pull["body"]


def test_an_id_that_cannot_be_captured_fails_the_run(world: World, forge: Forge) -> None:
    ran = capture(world, "partner/nobody")

    assert (ran.jobs, forge.read()["pulls"]) == ({"read": "failure"}, [])
    assert "partner/nobody does not differ between the portal and the files" in ran.log
