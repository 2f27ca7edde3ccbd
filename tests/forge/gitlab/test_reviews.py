"""Which approvals of a merge request count for which head, and who is asked for a review."""

from datetime import timedelta

import pytest

from reconciler.errors import PortalError
from reconciler.model.approval import GivenApproval, Reviews
from reconciler.model.forge import Forge
from tests.forge.gitlab_state import stamp
from tests.forge.stages import HEAD, MERGED, OnGitLab, on, writes

NEXT = "c" * 40
LINK = "https://gitlab.example/our-company/access/-/merge_requests/1"


def read(stage: OnGitLab) -> Reviews:
    async def work(forge: Forge) -> Reviews:
        return await forge.reviews(1)

    return on(stage, work)


def heads(stage: OnGitLab) -> dict[str, str | None]:
    return {each.login: each.commit for each in read(stage).approvals}


def request(stage: OnGitLab, *logins: str) -> tuple[str, ...]:
    async def work(forge: Forge) -> tuple[str, ...]:
        return await forge.request_reviewers(1, logins)

    return on(stage, work)


def reviewers(stage: OnGitLab) -> list[str]:
    return [each["username"] for each in stage.server.merge_requests[1]["reviewers"]]


def test_an_approval_is_for_the_head_at_that_time() -> None:
    stage = OnGitLab()
    stage.server.approve(1, "cy")
    stage.server.push(1, NEXT)
    stage.server.approve(1, "bo")

    assert read(stage) == Reviews("ana", (GivenApproval("bo", NEXT, LINK), GivenApproval("cy", HEAD, LINK)))


def test_without_an_approval_nothing_else_is_read() -> None:
    stage = OnGitLab()

    assert (read(stage), len(stage.server.requests)) == (Reviews("ana"), 2)


def test_the_author_does_not_approve_even_where_gitlab_lets_them() -> None:
    stage = OnGitLab()
    stage.server.approve(1, "ana")

    assert read(stage) == Reviews("ana")


def test_a_withdrawn_approval_and_one_that_a_push_has_reset_do_not_count() -> None:
    withdrawn, reset = OnGitLab(), OnGitLab()
    withdrawn.server.approve(1, "bo")
    withdrawn.server.unapprove(1, "bo")
    reset.server.resets_on_push = True
    reset.server.approve(1, "bo")
    reset.server.push(1, NEXT)

    assert (heads(withdrawn), heads(reset)) == ({}, {})


def test_approving_again_is_for_the_new_head() -> None:
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    stage.server.push(1, NEXT)
    stage.server.unapprove(1, "bo")
    stage.server.approve(1, "bo")

    assert heads(stage) == {"bo": NEXT}


def test_a_branch_that_went_back_to_an_older_head_has_the_approvals_of_either_time() -> None:
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    stage.server.push(1, NEXT)
    stage.server.approve(1, "cy")
    stage.server.push(1, HEAD)
    stage.server.approve(1, "di")

    assert heads(stage) == {"bo": HEAD, "cy": NEXT, "di": HEAD}


@pytest.mark.parametrize(
    ("milliseconds", "head"), [(-60_000, HEAD), (-1, HEAD), (0, None), (1, NEXT), (60_000, NEXT)]
)
def test_an_approval_at_the_moment_of_a_push_is_for_neither_head(milliseconds: int, head: str | None) -> None:
    stage = OnGitLab()
    stage.server.now += timedelta(hours=1)
    stage.server.push(1, NEXT)
    pushed = stage.server.now
    stage.server.approve(1, "bo")
    stage.server.approvals[1][0]["approved_at"] = stamp(pushed + timedelta(milliseconds=milliseconds))

    assert heads(stage) == {"bo": head}


def test_an_approval_before_the_first_version_is_for_no_head() -> None:
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    stage.server.approvals[1][0]["approved_at"] = "2020-01-01T00:00:00.000Z"

    assert heads(stage) == {"bo": None}


def test_a_zone_does_not_change_the_moment() -> None:
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    approved = stage.server.now - timedelta(seconds=2)
    stage.server.push(1, NEXT)
    stage.server.approvals[1][0]["approved_at"] = f"{approved + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00"

    assert heads(stage) == {"bo": HEAD}


@pytest.mark.parametrize("deleted", [False, True])
def test_an_approval_is_for_no_head_once_the_target_has_changed(deleted: bool) -> None:  # noqa: FBT001  pytest's
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    stage.server.retarget(1, "next", deleted=deleted)
    stage.server.approve(1, "cy")

    assert heads(stage) == {"bo": None, "cy": HEAD}


def test_only_gitlab_itself_says_that_the_target_has_changed() -> None:
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    stage.says("changed target branch from `main` to `next`")

    assert heads(stage) == {"bo": HEAD}


def test_where_gitlab_does_not_report_the_time_only_a_single_head_is_certain() -> None:
    stage = OnGitLab()
    stage.server.times = False
    stage.server.approve(1, "bo")
    single = heads(stage)
    stage.server.push(1, NEXT)

    assert (single, heads(stage)) == ({"bo": HEAD}, {"bo": None})


def test_without_the_time_a_changed_target_makes_it_uncertain() -> None:
    stage = OnGitLab()
    stage.server.times = False
    stage.server.approve(1, "bo")
    stage.server.retarget(1, "next")

    assert heads(stage) == {"bo": None}


@pytest.mark.parametrize("state", ["blocked", "banned", "deactivated"])
def test_a_blocked_user_has_approved_nothing_that_can_be_applied(state: str) -> None:
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    stage.server.user("bo", state=state)

    assert heads(stage) == {"bo": None}


def test_the_approvals_of_a_merged_request_stay() -> None:
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    stage.server.merge(1, merge_commit=MERGED)

    assert heads(stage) == {"bo": HEAD}


def test_the_versions_are_read_page_by_page() -> None:
    stage = OnGitLab()
    for number in range(1, 120):
        stage.server.push(1, f"{number:040x}")
        if number == 10:
            stage.server.approve(1, "bo")

    assert heads(stage) == {"bo": f"{10:040x}"}
    assert len(stage.server.asked("GET .*/versions")) == 2


def test_several_people_are_asked_once_where_the_tier_allows_it() -> None:
    stage = OnGitLab()
    stage.server.premium = True
    for name in ("bo", "Cy", "di", "ed"):
        stage.server.user(name)
    stage.server.review(1, [stage.server.user("ed")["id"]], stage.server.tokens["glpat-ana"])
    first = request(stage, "bo", "cy", "di")
    before = len(writes(stage.server.requests))

    assert (first, request(stage, "CY", "di", "bo", "ed")) == (("bo", "cy", "di"), ())
    assert (reviewers(stage), before, len(writes(stage.server.requests))) == (["ed", "bo", "Cy", "di"], 1, 1)


def mentions(stage: OnGitLab) -> list[str]:
    return [each["body"].splitlines()[-1] for each in stage.server.notes if not each["system"]]


def test_in_the_free_tier_the_reviewer_that_there_is_stays_and_the_others_are_mentioned_once() -> None:
    stage = OnGitLab()
    for name in ("bo", "cy", "di"):
        stage.server.user(name)
    first = request(stage, "bo", "cy")
    second = request(stage, "bo", "cy", "di")
    third = request(stage, "bo", "CY", "di")

    assert (first, second, third, reviewers(stage)) == (("bo", "cy"), ("di",), (), ["bo"])
    assert mentions(stage) == [
        "@cy: your approval is needed. The plan is in this merge request.",
        "@di: your approval is needed. The plan is in this merge request.",
    ]


@pytest.mark.parametrize("done", [True, False])
def test_a_mention_whose_answer_was_lost_is_looked_for_before_it_is_written_again(*, done: bool) -> None:
    stage = OnGitLab()
    for name in ("bo", "cy"):
        stage.server.user(name)
    stage.server.add(stage.posted, done=done)

    assert (request(stage, "bo", "cy"), len(mentions(stage))) == (("bo", "cy"), 1)


def test_in_the_free_tier_a_stranger_does_not_keep_others_from_being_asked() -> None:
    stage = OnGitLab()
    for name in ("stranger", "bo"):
        stage.server.user(name)
    stage.server.strangers.add("stranger")

    assert (request(stage, "stranger", "bo"), reviewers(stage)) == (("stranger", "bo"), [])
    assert mentions(stage) == ["@stranger, @bo: your approval is needed. The plan is in this merge request."]


def test_another_user_cannot_say_that_we_mentioned_a_person() -> None:
    stage = OnGitLab()
    stage.server.user("bo")
    stage.says("<!-- reconciler reviewers -->\n\n@bo: your approval is needed.")

    assert request(stage, "bo") == ("bo",)


def test_nobody_is_asked_again_whose_request_was_removed() -> None:
    stage = OnGitLab()
    stage.server.user("bo")
    asked = request(stage, "bo")
    stage.server.review(1, [], stage.server.tokens["glpat-ana"])

    assert (asked, request(stage, "bo"), reviewers(stage)) == (("bo",), (), [])


def test_people_who_cannot_review_are_left_out() -> None:
    stage = OnGitLab()
    stage.server.premium = True
    stage.server.user("blocked", state="blocked")
    stage.server.user("stranger")
    stage.server.strangers.add("stranger")
    stage.server.user("bo")

    assert request(stage, "nobody", "blocked", "stranger", "bo") == ("bo",)
    assert reviewers(stage) == ["bo"]


def test_a_comment_cannot_say_that_a_review_was_requested() -> None:
    stage = OnGitLab()
    stage.server.user("bo")
    stage.says("requested review from @bo")

    assert request(stage, "bo") == ("bo",)


def test_another_user_than_the_one_asked_for_is_not_requested() -> None:
    stage = OnGitLab()
    other = stage.server.user("mallory")
    stage.server.add("GET .*/users", status=200, body=[other])

    assert (request(stage, "bo"), reviewers(stage)) == ((), [])


def test_a_token_that_may_not_ask_hears_what_it_lacks() -> None:
    stage = OnGitLab()
    stage.server.user("bo")

    async def work(forge: Forge) -> object:
        return await forge.request_reviewers(1, ["bo"])

    with pytest.raises(PortalError, match="403 Forbidden") as raised:
        on(stage, work, stage.settings("glpat-reporter"))
    assert raised.value.hint.startswith("the token needs the scope `api`")
