"""Whoever can push a branch tries to have GitLab's pipelines apply what its owners did not approve."""

from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import gitlab, job, street
from tests.cli.forging import Job
from tests.cli.merging_on_gitlab import BUNDLED, MergingOnGitLab, merging_on_gitlab
from tests.cli.running import GROUP, Place
from tests.forge.gitlab_server import GitLab

__all__ = ["gitlab", "job", "street"]

MISSING = "pending: Missing: finance (fay)"
OTHER = GROUP.replace("displayName: Tracking", "displayName: Parcels")


@pytest.fixture
def merging(
    place: Place, gitlab: GitLab, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MergingOnGitLab]:
    with merging_on_gitlab(place, gitlab, job, tmp_path_factory.mktemp("remote")) as made:
        yield made


def test_a_group_cannot_hold_the_api_of_another_owner_without_their_approval(
    merging: MergingOnGitLab,
) -> None:
    merging.push(group=BUNDLED)
    merging.gitlab.approve(1, "bo")
    reported = merging.report()
    merging.merge()
    merging.forge_statuses()
    asked, applied = merging.apply()

    assert (reported, asked.code, asked.out, applied) == (MISSING, 4, "", 4)
    assert "finance has not approved: fay can approve" in asked.err
    assert merging.live() == {"tracking-v2"}


def test_what_all_owners_approved_is_applied_and_the_receipt_names_them(merging: MergingOnGitLab) -> None:
    merging.push(group=BUNDLED)
    before = merging.report()
    for login in ("bo", "fay"):
        merging.gitlab.approve(1, login)
    after = merging.report()
    merging.merge()
    asked, applied = merging.apply()

    assert (before, after) == (
        "pending: Missing: finance (fay), logistics (bo)",
        "success: Approved: finance (fay), logistics (bo)",
    )
    assert (asked.code, applied, merging.live()) == (0, 0, {"tracking-v2", "rates-v1"})
    link = "https://gitlab.example/our-company/access/-/merge_requests/1"
    given = {each["owner"]: each["approvedBy"] for each in merging.receipt()["approvals"]}
    assert given == {
        owner: [{"login": login, "commit": merging.head, "link": link}]
        for owner, login in (("finance", "fay"), ("logistics", "bo"))
    }


def by(login: str) -> Callable[[MergingOnGitLab], None]:
    def attack(merging: MergingOnGitLab) -> None:
        merging.push(group=BUNDLED)
        merging.gitlab.approve(1, login)

    return attack


def pushed_after(merging: MergingOnGitLab) -> None:
    merging.push(group=OTHER)
    merging.gitlab.approve(1, "fay")
    merging.report()
    merging.push(group=BUNDLED)


def withdrawn(merging: MergingOnGitLab) -> None:
    by("fay")(merging)
    merging.gitlab.unapprove(1, "fay")


def blocked(merging: MergingOnGitLab) -> None:
    by("fay")(merging)
    merging.gitlab.user("fay", state="blocked")


def approved_for_another_target(merging: MergingOnGitLab) -> None:
    merging.push(group=BUNDLED, target="a-branch-that-has-it")
    merging.gitlab.approve(1, "fay")
    merging.gitlab.retarget(1, "main")


@pytest.mark.no_cover
@pytest.mark.real
@pytest.mark.parametrize(
    "attack",
    [
        by("ana"),
        by("mallory"),
        by("bo"),
        by("FAY2"),
        pushed_after,
        withdrawn,
        blocked,
        approved_for_another_target,
    ],
    ids=[
        "author",
        "outsider",
        "another owner",
        "a similar name",
        "push after approval",
        "withdrawn",
        "blocked",
        "another target",
    ],
)
def test_only_an_approver_approves_and_only_what_is_merged_whatever_a_branch_shows(
    merging: MergingOnGitLab, attack: Callable[[MergingOnGitLab], None]
) -> None:
    attack(merging)
    reported = merging.report()
    merging.merge()
    merging.forge_statuses()
    asked, applied = merging.apply()

    assert "finance (fay)" in reported
    assert reported.startswith("pending: Missing: ")
    assert (asked.code, asked.out, applied) == (4, "", 4)
    assert "finance has not approved: fay can approve" in asked.err
