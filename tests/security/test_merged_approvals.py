"""A person who can push a branch, and so set any check, tries to have a plan applied that nobody approved."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import github, job, street
from tests.cli.forging import Job
from tests.cli.git.commits import git
from tests.cli.merging import OFFERED, PARCELS, RENAMED, Merging, merging_at
from tests.cli.running import Place, Ran
from tests.forge.github_server import GitHub

__all__ = ["github", "job", "street"]
# Each of them makes a repository, a server and a merge.
pytestmark = [pytest.mark.no_cover, pytest.mark.real]


@pytest.fixture
def merging(
    place: Place, github: GitHub, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Merging]:
    with merging_at(place, github, job, tmp_path_factory.mktemp("remote")) as made:
        yield made


def refused(merging: Merging) -> str:
    """Return why the plan is not approved."""
    ran = merging.approved()
    assert (ran.code, ran.out) == (4, "")
    return ran.err


def not_counted(commit: str, why: str) -> str:
    return f"; the approval of bo was given for {commit[:12]}, {why}; approve again"


def test_a_check_about_approvals_is_not_believed(merging: Merging) -> None:
    head = merging.push(group__parcels=PARCELS)
    merging.merge()
    run = {"name": "reconciler/approvals", "head_sha": head, "external_id": "", "conclusion": "success"}
    merging.state.check(merging.state.tokens["ghs_actions"], run)

    assert "logistics has not approved: bo can approve" in refused(merging)


def test_a_merge_that_holds_more_than_the_approved_head_is_not_approved(merging: Merging) -> None:
    head = merging.push(group__parcels=PARCELS)
    merging.approve()
    merging.merge(group__parcels=RENAMED)

    assert not_counted(head, "which decides something else") in refused(merging)


def test_a_merge_that_adds_what_no_portal_holds_is_not_approved(merging: Merging) -> None:
    head = merging.push(group__parcels=PARCELS)
    merging.approve()
    merging.merge(group__tracking=OFFERED)

    assert not_counted(head, "which decides something else") in refused(merging)


def test_the_approval_of_an_older_commit_does_not_cover_other_files_whatever_its_check_shows(
    merging: Merging,
) -> None:
    older = merging.push(group__parcels=RENAMED)
    merging.approve()
    merging.push(group__parcels=PARCELS)
    merging.merge()
    merging.show(older, merging.read("plan.json")["digest"])

    assert not_counted(older, "which decides something else") in refused(merging)


def test_the_approval_of_an_older_commit_that_showed_another_plan_does_not_count(merging: Merging) -> None:
    older = merging.push(group__parcels=PARCELS)
    merging.approve()
    (merging.folder / "README.md").write_text("Our partners.\n")
    merging.push()
    merging.merge()
    merging.show(older, f"sha256:{'1' * 64}")

    assert not_counted(older, "which had another plan") in refused(merging)


def test_a_branch_that_was_rewritten_keeps_only_approvals_of_the_same_decisions(merging: Merging) -> None:
    same = merging.push(group__parcels=PARCELS)
    other = merging.rewrite(group__parcels=RENAMED)
    merging.rewrite(group__parcels=PARCELS)
    merging.merge("--squash")
    merging.forget()
    digest = merging.read("plan.json")["digest"]
    for commit in (same, other):
        merging.show(commit, digest)
    merging.approve(commit=same)
    approved = merging.approved()
    merging.approve(commit=other)

    assert approved == Ran(0, f"{digest}\n", "")
    assert not_counted(other, "which decides something else") in refused(merging)


@pytest.mark.parametrize("is_served", [True, False])
def test_a_commit_of_another_repository_is_not_compared(merging: Merging, *, is_served: bool) -> None:
    elsewhere = "1" * 40
    merging.push(group__parcels=PARCELS)
    merging.approve(commit=elsewhere)
    merging.merge()
    merging.state.commits.add(elsewhere)
    merging.show(elsewhere, merging.read("plan.json")["digest"])
    if not is_served:
        merging.job.unset("GITHUB_SERVER_URL")

    said = refused(merging)

    assert not_counted(elsewhere, "whose files cannot be compared with those of the plan") in said
    assert f"{elsewhere} cannot be compared with the plan of local: " in said


def test_the_approval_of_a_commit_that_no_longer_exists_does_not_count(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.approve(commit=None)
    merging.merge()

    assert "logistics has not approved" in refused(merging)


@pytest.mark.parametrize("login", ["mallory", "ana", "cy", "bob"])
def test_neither_a_stranger_nor_the_author_nor_another_owner_approves(merging: Merging, login: str) -> None:
    merging.push(group__parcels=PARCELS)
    merging.approve(login)
    merging.merge()

    assert "logistics has not approved: bo can approve" in refused(merging)


def test_a_branch_does_not_name_its_own_approvers(merging: Merging) -> None:
    configuration = (merging.folder / "reconciler.yaml").read_text()
    (merging.folder / "reconciler.yaml").write_text(configuration.replace("[bo]", "[mallory]"))
    merging.push(group__parcels=PARCELS)
    merging.approve("mallory")
    merging.merge()

    said = refused(merging)

    assert "logistics has not approved: bo can approve" in said
    assert "partnerships has not approved: cy can approve" in said


def test_an_approval_that_is_withdrawn_after_the_merge_does_not_count(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    review = merging.approve()
    merging.merge()
    before = merging.approved()
    merging.state.dismiss(review)

    assert before == Ran(0, f"{merging.read('plan.json')['digest']}\n", "")
    assert "logistics has not approved: bo can approve" in refused(merging)


def test_files_of_an_approved_commit_that_are_not_valid_approve_nothing(merging: Merging) -> None:
    older = merging.push(group__parcels=PARCELS, partners__broken="kind: [")
    merging.approve()
    merging.push(partners__broken=None)
    merging.merge()
    merging.show(older, merging.read("plan.json")["digest"])

    assert not_counted(older, "whose files cannot be compared with those of the plan") in refused(merging)


def test_a_commit_without_a_common_history_approves_nothing(merging: Merging) -> None:
    git(merging.folder, "switch", "-q", "--orphan", "unrelated")
    git(merging.folder, "checkout", "-q", "main", "--", ".")
    merging.write(group__parcels=PARCELS)
    unrelated = merging.commit()
    git(merging.folder, "switch", "-q", "topic")
    merging.push(group__parcels=PARCELS)
    merging.approve(commit=unrelated)
    merging.merge()
    merging.show(unrelated, merging.read("plan.json")["digest"])

    said = refused(merging)

    assert not_counted(unrelated, "whose files cannot be compared with those of the plan") in said
    assert "have no commit in common" in said


def test_an_approval_of_a_small_difference_from_another_branch_does_not_cover_that_branch(
    merging: Merging,
) -> None:
    merging.push(group__parcels=PARCELS)
    merging.state.change_base(1, "parcels")
    merging.approve()
    merging.state.change_base(1, "main")
    merging.merge()

    said = refused(merging)

    assert "logistics has not approved" in said
    assert "the approval of bo was given for a commit that the forge does not name, or before" in said

    merging.approve()
    assert merging.approved().code == 0


def test_without_the_events_of_the_pull_request_nothing_is_approved(merging: Merging) -> None:
    merging.push(group__parcels=PARCELS)
    merging.approve()
    merging.merge()
    merging.state.permit("ghs_actions", "contents:read", "checks:read", "pull_requests:read")
    ran = merging.approved()

    assert (ran.code, ran.out) == (5, "")
    assert "`permissions: {issues: read}`" in ran.err
