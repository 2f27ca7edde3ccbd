"""Approvals that do not count: the check stays pending, and the comment says what is missing."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from tests.cli.conftest import job, street
from tests.cli.forging import HEAD, NEWER, Job
from tests.cli.running import Place
from tests.forge.github_server import GitHub
from tests.forge.gitlab_server import GitLab
from tests.forge.reviewed import asking, saved
from tests.forge.serving import Door

__all__ = ["job", "street"]
CHECK = "reconciler/approvals"
MISSING = ("pending", "Missing: logistics (bo)")
APPROVED = ("success", "Approved: logistics (bo)")


class OnGitHub:
    """A pull request by ana on GitHub, and a job that runs for it."""

    def __init__(self, job: Job, street: Door) -> None:
        self._job = job
        street.behind = github = GitHub()
        self._state = github.state
        self._state.open_pull(HEAD)
        job.on_github(street.address).reviews()

    def approve(self, login: str | None) -> Any:
        return self._state.review(1, login, "APPROVED")

    def withdraw(self, approval: Any) -> None:
        self._state.dismiss(approval)

    def push(self) -> None:
        self._state.push(1, NEWER)
        self._job.reviews(head=NEWER)

    def retarget(self, base: str) -> None:
        self._state.change_base(1, base)

    def post_check(self) -> None:
        """Let a workflow of the branch set the check, with the token of its job."""
        made = {"name": CHECK, "head_sha": HEAD, "status": "completed", "conclusion": "success"}
        output = {"title": "Approved: logistics (bo)", "summary": "Approved."}
        self._state.check(self._state.tokens["ghs_actions"], {**made, "output": output})

    def shown(self) -> tuple[str, str]:
        newest = [each for each in self._state.check_runs if each["name"] == CHECK][-1]
        pending = newest["status"] == "in_progress" and newest["conclusion"] is None
        return "pending" if pending else newest["conclusion"], newest["output"]["title"]

    def comment(self) -> str:
        return str(self._state.comments[0]["body"])


class OnGitLab:
    """A merge request by ana on GitLab, and a job that runs for it."""

    def __init__(self, job: Job, street: Door) -> None:
        self._job = job
        street.behind = self._state = GitLab()
        self._state.open_request(HEAD)
        job.on_gitlab(street.address).set(CI_MERGE_REQUEST_IID="1", CI_COMMIT_SHA=HEAD)

    def approve(self, login: str | None) -> Any:
        if login is not None:
            self._state.approve(1, login)
        return login

    def withdraw(self, approval: Any) -> None:
        self._state.unapprove(1, approval)

    def push(self) -> None:
        self._state.push(1, NEWER)
        self._job.set(CI_COMMIT_SHA=NEWER)

    def retarget(self, base: str) -> None:
        self._state.retarget(1, base)

    def post_check(self) -> None:
        body = {"name": CHECK, "state": "success", "description": "Approved: logistics (bo)"}
        self._state.set_status(self._state.tokens["glpat-ana"], HEAD, body)

    def shown(self) -> tuple[str, str]:
        newest = [each for each in self._state.statuses if each["name"] == CHECK][-1]
        return newest["status"], newest["description"]

    def comment(self) -> str:
        return str(next(each["body"] for each in self._state.notes if not each["system"]))


Stage: TypeAlias = OnGitHub | OnGitLab
Attack: TypeAlias = Callable[[Stage], object]


@pytest.fixture(params=[OnGitHub, OnGitLab], ids=["github", "gitlab"])
def stage(request: pytest.FixtureRequest, job: Job, street: Door) -> Stage:
    begun: Stage = request.param(job, street)
    return begun


def report(place: Place, *approvers: str) -> int:
    return place.run("comment", "plan", saved(asking(logistics=approvers or ("bo",)), place.folder)).code


def withdraw(stage: Stage) -> None:
    stage.withdraw(stage.approve("bo"))


ATTACKS: dict[str, Attack] = {
    "someone outside of the approvers": lambda stage: stage.approve("mallory"),
    "a name like an approver's": lambda stage: stage.approve("bo-"),
    "a bot": lambda stage: stage.approve("github-actions[bot]"),
    "a deleted user": lambda stage: stage.approve(None),
    "an approval that was withdrawn or dismissed": withdraw,
    "a check that a branch set": lambda stage: stage.post_check(),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_only_an_approval_by_an_approver_counts(place: Place, stage: Stage, attack: str) -> None:
    ATTACKS[attack](stage)

    assert (report(place), stage.shown()) == (0, MISSING)
    assert "| `bo` |  | ⏳ **missing** |" in stage.comment()


def test_an_approver_counts_in_any_case(place: Place, stage: Stage) -> None:
    stage.approve("bo")

    assert (report(place, "BO"), stage.shown()) == (0, APPROVED)


def test_an_approval_that_is_withdrawn_later_makes_the_check_wait_again(place: Place, stage: Stage) -> None:
    approval = stage.approve("bo")
    report(place)
    first = stage.shown()
    stage.withdraw(approval)
    report(place)

    assert (first, stage.shown()) == (APPROVED, MISSING)


def test_an_approval_of_a_small_difference_from_another_branch_does_not_cover_that_branch(
    place: Place, stage: Stage
) -> None:
    stage.retarget("parcels")
    stage.approve("bo")
    stage.retarget("main")

    assert (report(place), stage.shown()) == (0, MISSING)
    assert "or before the base was changed; approve again" in stage.comment()


@pytest.mark.parametrize("spelling", ["ana", "Ana", "@ANA"])
def test_the_author_cannot_approve_for_an_owner(place: Place, stage: Stage, spelling: str) -> None:
    stage.approve("ana")

    assert (report(place, spelling), stage.shown()) == (0, ("pending", "Missing: logistics"))
    assert "only the author could approve; add another person to" in stage.comment()


def test_what_is_pushed_after_an_approval_is_not_approved(place: Place, stage: Stage) -> None:
    stage.approve("bo")
    report(place)
    first = stage.shown()
    stage.push()

    assert (report(place), first, stage.shown()) == (0, APPROVED, MISSING)
    assert (
        f"given for {HEAD[:12]}, whose files cannot be compared with those of the plan; approve again"
        in stage.comment()
    )


def test_nobody_becomes_an_approver_by_a_team_that_cannot_be_read(place: Place, stage: Stage) -> None:
    stage.approve("mallory")

    assert (report(place, "@our-company/logistics", "bo"), stage.shown()) == (0, MISSING)
    assert "the token cannot read the members of `@our-company/logistics`" in stage.comment()
