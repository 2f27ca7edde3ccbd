"""What was changed in the portal becomes a pull request, by hand, run with act."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflows.acting import Ran
from tests.workflows.proposing import BOT, pulls, run, with_git
from tests.workflows.world import World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

BRANCH = "reconciler/capture"


@pytest.fixture
def forge(world: World, tmp_path: Path) -> Iterator[World]:
    with with_git(world, tmp_path) as made:
        yield made


def capture(world: World, ids: str = "", *, app: bool = False) -> Ran:
    payload = {
        "ref": "refs/heads/main",
        "inputs": {"ids": ids},
        "repository": {"full_name": "halden-freight/access", "default_branch": "main"},
    }
    given = {"portal": "staging", "PORTAL_TOKEN": world.place.tokens["read"]}
    return run(world, "capture.yml", "workflow_dispatch", payload, app=app, **given)


def change_portal(world: World, *replaced: tuple[str, str]) -> None:
    """Change the portal beside the repository, as if by hand."""
    path = world.place.portal / "partners" / "cargolane.yaml"
    for old, new in replaced:
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    world.place.reconcile("apply", "--auto-approve")


def test_a_change_of_the_portal_becomes_a_pull_request(forge: World) -> None:
    same = capture(forge)

    assert (same.jobs, pulls(forge)) == ({"read": "success"}, []), same.log

    change_portal(forge, ("[adam.kos@cargolane.example]", "[]"), ("Accounts\n", "Accounting\n"))
    ran = capture(forge, "membership/cargolane/accounts/adam.kos@cargolane.example")

    assert ran.jobs == {"read": "success", "propose": "success"}, ran.log
    assert pulls(forge) == [(BRANCH, "open", None)]
    assert "when a member approves them" in forge.github.state.pulls[1]["body"]
    git = forge.place.repository.git
    git("fetch", "--quiet", "origin", BRANCH)
    difference = git("diff", "--unified=0", "main", "FETCH_HEAD").splitlines()
    assert [line for line in difference if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}] == [
        "-      members: [adam.kos@cargolane.example]",
        "+      members: []",
    ]

    # What a person corrects there stays when everything is captured.
    git("checkout", "--quiet", "-B", "edit", "FETCH_HEAD")
    forge.place.repository.commit({"README.yaml": "by: bo\n"})
    git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
    again = capture(forge)

    assert again.jobs == {"read": "success", "propose": "success"}, again.log
    git("fetch", "--quiet", "origin", BRANCH)
    assert git("diff", "--name-only", "main", "FETCH_HEAD").split() == [
        "README.yaml",
        "partners/cargolane.yaml",
    ]
    assert "Accounting" in git("show", "FETCH_HEAD:partners/cargolane.yaml")


def test_what_is_not_captured_is_in_the_pull_request_of_the_app(forge: World) -> None:
    change_portal(forge, ("displayName: Cargolane", "displayName: Cargo lane"))
    kaufwerk = (forge.place.repository.folder / "partners" / "kaufwerk.yaml").read_text()
    assert "status" not in kaufwerk
    forge.place.repository.push(
        {"partners/kaufwerk.yaml": kaufwerk.replace("\nspec:\n", "\nspec:\n  status: suspended\n")}
    )

    ran = capture(forge, app=True)

    (pull,) = forge.github.state.pulls.values()
    assert (ran.jobs["propose"], pull["user"]["login"]) == ("success", BOT), ran.log
    assert (
        "    partner/kaufwerk: the files suspend it; use `reconciler resume` to lift that\n" in pull["body"]
    )
    assert "approves them" not in pull["body"]


def test_an_id_that_cannot_be_captured_fails_the_run(forge: World) -> None:
    ran = capture(forge, "partner/nobody")

    assert (ran.jobs, pulls(forge)) == ({"read": "failure"}, [])
    assert "partner/nobody does not differ between the portal and the files" in ran.log
