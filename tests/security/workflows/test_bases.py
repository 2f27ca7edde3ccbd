"""A branch is proposed for another branch than main, whose configuration its author has chosen."""

from typing import Final

import pytest

from tests.workflows.gitlab_runner import GitLabRunner, jobs, merge_request, started
from tests.workflows.partners import NORDLYS
from tests.workflows.world import FORK, REPOSITORY, World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

FILES: Final = {"partners/nordlys.yaml": NORDLYS}


# GitHub's expressions take these for equal; its branches are not.
@pytest.mark.parametrize("base", ["mine", "MAIN", "mai"])
def test_a_branch_cannot_choose_the_base_that_governs_it(world: World, base: str) -> None:
    world.place.repository.git("push", "--quiet", "origin", f"main:refs/heads/{base}")
    world.place.repository.git("branch", base, "main")

    _, ran = world.propose(FILES, base=base)

    assert ran.jobs == {"validate": "failure", "plan": "failure"}
    assert ran.log.count("Failure - Main Refuse another base") == 2
    assert (world.github.state.comments, world.github.state.check_runs) == ([], [])
    assert list(world.place.artifacts.iterdir()) == []


def test_a_fork_cannot_choose_the_base_that_it_is_compared_with(world: World) -> None:
    world.place.repository.git("branch", "mine", "main")

    _, ran = world.propose(FILES, base="mine", repository=FORK)

    assert ran.jobs == {"validate": "failure", "fork": "failure"}


def test_a_base_that_is_on_the_list_is_planned(world: World) -> None:
    world.place.repository.git("push", "--quiet", "origin", "main:refs/heads/release")
    world.place.repository.git("branch", "release", "main")

    _, ran = world.allowing("main release").propose(FILES, base="release")

    assert ran.jobs == {"validate": "success", "plan": "success", "report": "success"}


def test_who_pushes_to_a_branch_of_a_bot_has_it_compared_all_the_same(world: World) -> None:
    wrong = {"partners/nordlys.yaml": NORDLYS.replace("[tracking]", "[no-such-group]")}

    _, ran = world.propose(wrong, author="dependabot[bot]", repository=REPOSITORY)

    assert ran.jobs == {"validate": "failure", "fork": "failure"}


def test_a_merge_request_cannot_choose_the_target_that_governs_it(gitlab: GitLabRunner) -> None:
    number, known = gitlab.propose(FILES)
    into_mine = merge_request(
        number, known["CI_COMMIT_SHA"], known["CI_MERGE_REQUEST_DIFF_BASE_SHA"], target="mine"
    )

    ran = gitlab.run("another target", "none", into_mine)

    assert "plan" not in started(into_mine)
    assert "environment" not in jobs()["another target"]
    said = "Merge requests into mine are not planned, only those into main.\n"
    assert (ran.returncode, ran.stdout) == (1, said)
