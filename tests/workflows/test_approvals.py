"""What a review starts: check and comment say who has approved, and nothing of a branch runs."""

from typing import Any

import pytest

from tests.workflows.partners import NORDLYS
from tests.workflows.world import FORK, REPOSITORY, World

# What they run are other processes.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]

NEW = {"partners/nordlys.yaml": NORDLYS}
APPROVERS = "owners:\n    partnerships: {approvers: {github: [cy]}, "


def checks(world: World) -> dict[str, tuple[str, str | None]]:
    return {each["name"]: (each["status"], each["conclusion"]) for each in world.github.state.check_runs}


def bodies(world: World) -> list[str]:
    return [each["body"] for each in world.github.state.comments]


def enforced(world: World) -> None:
    """Let cy be the one who approves for the owner of the new partner, on main."""
    configuration: Any = (world.place.repository.folder / "reconciler.yaml").read_text()
    changed = configuration.replace("owners:\n    partnerships: {", APPROVERS)
    assert changed != configuration
    world.place.repository.push({"reconciler.yaml": changed})


def test_after_each_review_the_check_and_the_comment_say_who_has_approved(world: World) -> None:
    enforced(world)
    number, planned = world.propose(NEW)

    assert planned.jobs == {"validate": "success", "plan": "success", "report": "success"}
    plan = ("completed", "success")
    assert checks(world) == {
        "reconciler plan (staging)": plan,
        "reconciler/approvals": ("in_progress", None),
    }
    (before,) = bodies(world)
    asked = [each["login"] for each in world.github.state.pull(number)["requested_reviewers"]]
    assert asked == ["cy"]

    # The run of a fork's pull request with the same commit is newer, and has no plan.
    world.github.state.started("plan.yml", world.github.state.pull(number)["head"]["sha"], FORK)
    review, approvals = world.review(number, "cy", "APPROVED")

    assert (review.jobs, approvals.jobs) == ({"review": "success"}, {"approvals": "success"})
    assert checks(world) == {
        "reconciler plan (staging)": plan,
        "reconciler/approvals": ("completed", "success"),
    }
    (after,) = bodies(world)
    assert after != before

    world.github.state.dismiss(world.github.state.reviews[-1])
    world.reviewed(number)

    assert checks(world)["reconciler/approvals"] == ("in_progress", None)
    assert bodies(world) == [before]

    _, merged = world.place.repository.merge(number)
    world.github.state.merge(number, merged)
    late = world.review(number, "cy", "APPROVED")

    assert late[1].jobs == {"approvals": "success"}
    assert bodies(world) == [before]


def test_an_approval_lasts_until_a_push_decides_something_else(world: World) -> None:
    enforced(world)
    number, _ = world.propose(NEW)
    world.review(number, "cy", "APPROVED")
    approved = checks(world)["reconciler/approvals"]

    world.push_more(number, {"README.md": "Our partners."})
    harmless = checks(world)["reconciler/approvals"]
    more = NORDLYS.replace("admins: [", "admins: [stranger@nordlys.example, ")
    assert more != NORDLYS
    world.push_more(number, {"partners/nordlys.yaml": more})
    changed = checks(world)["reconciler/approvals"]

    done, waiting = ("completed", "success"), ("in_progress", None)
    assert (approved, harmless, changed) == (done, done, waiting)
    assert "which had another plan; approve again" in bodies(world)[0]

    _, again = world.review(number, "cy", "APPROVED")
    assert (again.jobs, checks(world)["reconciler/approvals"]) == ({"approvals": "success"}, done)
    assert world.merge(number).jobs == {"apply": "success", "report": "success"}


def test_without_a_plan_of_the_head_its_own_run_reports_the_approvals(world: World) -> None:
    number = world.open(NEW)

    _, unplanned = world.review(number, "cy", "APPROVED")
    head = world.github.state.pull(number)["head"]["sha"]
    run = world.github.state.started("plan.yml", head, REPOSITORY)
    world.github.state.kept(run, "plan", expired=True)
    _, expired = world.review(number, "cy", "APPROVED")

    assert [unplanned.jobs, expired.jobs] == [{"approvals": "success"}] * 2
    assert ["There is no plan for" in each.log for each in (unplanned, expired)] == [True, True]
    assert (bodies(world), checks(world), world.github.asked("(POST|PATCH) .*")) == ([], {}, [])


def test_a_review_of_a_fork_reports_nothing(world: World) -> None:
    number, _ = world.propose(NEW, repository=FORK)
    review, approvals = world.review(number, "cy", "APPROVED", repository=FORK)

    assert (review.jobs, approvals.jobs, world.github.requests) == ({"review": "success"}, {}, [])


def test_a_plan_that_a_branch_made_up_is_refused_as_data(world: World) -> None:
    number, _ = world.propose(NEW)
    before, plans = bodies(world), world.place.artifacts / "plan" / "plans"
    (plans / "staging.json").write_text('{"format": "reconciler-plan/1.7", "digest": "made up"}')

    _, approvals = world.review(number, "cy", "APPROVED")

    assert (approvals.jobs, bodies(world)) == ({"approvals": "failure"}, before)
    assert "staging.json: " in approvals.log
