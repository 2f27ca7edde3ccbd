"""Reviews on GitHub: whose approval counts, who is asked for one, and whom a team consists of."""

from collections.abc import Sequence

import httpx2
import msgspec
import pytest

from reconciler.errors import PortalError
from reconciler.forge import github as github_api
from reconciler.model.approval import GivenApproval, Reviews
from reconciler.model.forge import Forge, Review
from tests.forge.stages import HEAD, MERGED, TOKEN, OnGitHub, on
from tests.http.scripted import Line

OLDER = "0" * 40
MEMBERS_TOKEN = "ghs_members"


def reviews(stage: OnGitHub) -> Reviews:
    async def work(forge: Forge) -> Reviews:
        return await forge.reviews(1)

    return on(stage, work)


def approvers(stage: OnGitHub) -> list[str]:
    return [each.login for each in reviews(stage).approvals]


def ask(stage: OnGitHub, *logins: str, token: str = TOKEN) -> Sequence[str]:
    async def work(forge: Forge) -> Sequence[str]:
        return await forge.request_reviewers(1, logins)

    return on(stage, work, stage.settings(token))


def members(stage: OnGitHub, team: str, token: str = MEMBERS_TOKEN) -> frozenset[str] | None:
    async def work(forge: Forge) -> frozenset[str] | None:
        return await forge.team_members(team)

    return on(stage, work, stage.settings(token))


def asked(stage: OnGitHub) -> list[str]:
    return [each["login"] for each in stage.state.pulls[1]["requested_reviewers"]]


def test_an_approval_has_its_commit_and_its_address_also_after_the_merge() -> None:
    stage = OnGitHub()
    review = stage.state.review(1, "cy", "APPROVED")
    expected = Reviews("ana", (GivenApproval("cy", HEAD, review["html_url"]),))

    before = reviews(stage)
    stage.state.merge(1, MERGED)

    assert (before, reviews(stage)) == (expected, msgspec.structs.replace(expected, merged_by="ana"))
    assert (
        review["html_url"]
        == f"https://github.example/our-company/access/pull/1#pullrequestreview-{review['id']}"
    )


def test_an_approval_stays_at_the_commit_that_was_reviewed() -> None:
    stage = OnGitHub()
    stage.state.review(1, "bo", "APPROVED", OLDER)
    stage.state.review(1, "cy", "APPROVED", None)
    stage.state.review(1, "di", "APPROVED", OLDER)
    stage.state.review(1, "di", "APPROVED")

    assert [(each.login, each.commit) for each in reviews(stage).approvals] == [
        ("bo", OLDER),
        ("cy", None),
        ("di", HEAD),
    ]


def test_the_last_decision_of_a_person_counts() -> None:
    stage = OnGitHub()
    for state in ("CHANGES_REQUESTED", "APPROVED", "COMMENTED"):
        stage.state.review(1, "bo", state)
    for state in ("APPROVED", "CHANGES_REQUESTED"):
        stage.state.review(1, "cy", state)
    stage.state.review(1, "di", "COMMENTED")

    assert approvers(stage) == ["bo"]


def test_a_dismissed_approval_does_not_count_and_brings_back_no_earlier_one() -> None:
    stage = OnGitHub()
    first = stage.state.review(1, "bo", "APPROVED")
    again = stage.state.review(1, "bo", "APPROVED")
    stage.state.dismiss(again)
    stage.state.dismiss(stage.state.review(1, "cy", "CHANGES_REQUESTED"))
    stage.state.review(1, "cy", "APPROVED")

    assert (first["state"], again["state"], approvers(stage)) == ("APPROVED", "DISMISSED", ["cy"])


def test_what_is_not_submitted_yet_is_seen_by_its_author_only_and_does_not_count() -> None:
    stage = OnGitHub()
    pending = stage.state.review(1, "bo", "PENDING")
    stage.state.review(1, "ana", "PENDING")

    assert "submitted_at" not in pending
    assert [each["user"]["login"] for each in stage.state.reviews_of(1, "ana")] == ["ana"]
    assert (reviews(stage), stage.state.reviews_of(1, "github-actions[bot]")) == (Reviews("ana"), [])


def test_neither_the_author_nor_a_bot_nor_a_deleted_user_approves() -> None:
    stage = OnGitHub()
    for login in ("ana", "github-actions[bot]", "helper[bot]", None, "cy"):
        stage.state.review(1, login, "APPROVED")

    assert approvers(stage) == ["cy"]


def test_of_a_deleted_author_no_name_is_known() -> None:
    stage = OnGitHub()
    stage.state.pulls[1]["user"] = None
    stage.state.review(1, None, "APPROVED")
    stage.state.review(1, "cy", "APPROVED")

    assert (reviews(stage).author, approvers(stage)) == ("", ["cy"])


def test_reviews_of_all_pages_are_read() -> None:
    stage = OnGitHub()
    stage.state.review(1, "bo", "APPROVED")
    for _ in range(199):
        stage.state.review(1, "cy", "COMMENTED")
    stage.state.review(1, "bo", "CHANGES_REQUESTED")
    stage.state.review(1, "cy", "APPROVED")

    assert approvers(stage) == ["cy"]
    assert len(stage.server.asked("GET .*/pulls/1/reviews")) == 3


@pytest.mark.parametrize("event", ["base_ref_changed", "automatic_base_change_succeeded"])
def test_an_approval_from_before_a_change_of_the_base_is_for_no_commit(event: str) -> None:
    stage = OnGitHub()
    stage.state.review(1, "bo", "APPROVED")
    stage.state.review(1, "di", "APPROVED")
    stage.state.change_base(1, "next", event)
    stage.state.review(1, "cy", "APPROVED")
    stage.state.review(1, "di", "APPROVED")
    between = [(each.login, each.commit) for each in reviews(stage).approvals]
    stage.state.change_base(1, "main", event)

    assert between == [("bo", None), ("cy", HEAD), ("di", HEAD)]
    assert [each.commit for each in reviews(stage).approvals] == [None, None, None]
    assert stage.state.timeline_of(1)[-1]["event"] != event


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ("2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z"),
        (None, "2026-11-24T08:00:00Z"),
        ("2026-11-24T08:00:00Z", None),
    ],
)
def test_an_approval_that_may_be_from_before_a_change_of_the_base_is_for_no_commit(
    given: str | None, changed: str | None
) -> None:
    stage = OnGitHub()
    stage.state.change_base(1, "main")
    review = stage.state.review(1, "bo", "APPROVED")
    review["submitted_at"] = given
    stage.state.events[0]["created_at"] = changed

    assert reviews(stage).approvals == (GivenApproval("bo", None, review["html_url"]),)


def test_an_approval_without_a_time_counts_where_the_base_was_never_changed() -> None:
    stage = OnGitHub()
    del stage.state.review(1, "bo", "APPROVED")["submitted_at"]

    assert [each.commit for each in reviews(stage).approvals] == [HEAD]


def test_the_change_of_the_base_is_found_on_each_page() -> None:
    stage = OnGitHub()
    stage.state.review(1, "bo", "APPROVED")
    for _ in range(100):
        stage.state.remove_request(1, "cy")
    stage.state.change_base(1, "main")

    assert [each.commit for each in reviews(stage).approvals] == [None]


def test_without_an_approval_that_could_count_no_events_are_read() -> None:
    stage = OnGitHub()
    stage.state.review(1, "bo", "CHANGES_REQUESTED")
    stage.state.review(1, "cy", "APPROVED", None)
    reviews(stage)

    assert stage.server.asked("GET .*/events") == []


def test_without_the_right_to_issues_no_approval_counts() -> None:
    stage = OnGitHub()
    stage.state.permit("ghs_actions", "pull_requests:write")
    stage.state.review(1, "bo", "APPROVED")

    with pytest.raises(PortalError, match="Resource not accessible by integration") as raised:
        reviews(stage)
    assert "`permissions: {issues: read}`" in raised.value.hint


def test_who_approved_what_was_merged_needs_no_right_to_issues() -> None:
    stage = OnGitHub()
    stage.state.permit("ghs_actions", "pull_requests:read")
    stage.state.review(1, "bo", "APPROVED")
    stage.state.merge(1, MERGED)

    async def work(forge: Forge) -> Review | None:
        return await forge.review_of(MERGED)

    assert on(stage, work) == Review(1, ("bo",))


def test_people_are_asked_for_a_review_in_one_request_and_only_once() -> None:
    stage = OnGitHub()

    assert (ask(stage, "bo", "cy"), ask(stage, "Bo", "cy"), asked(stage)) == (("bo", "cy"), (), ["bo", "cy"])
    assert len(stage.server.asked("POST .*")) == 1

    stage.state.remove_request(1, "bo")
    stage.state.review(1, "cy", "COMMENTED")

    assert (ask(stage, "bo", "cy", "di"), asked(stage)) == (("di",), ["di"])


def test_one_whom_github_does_not_accept_does_not_stop_the_others() -> None:
    stage = OnGitHub()

    assert ask(stage, "stranger", "bo", "ana", "cy") == ("bo", "cy")
    assert (ask(stage, "stranger"), asked(stage)) == ((), ["bo", "cy"])


def test_nobody_to_ask_needs_no_request_that_writes() -> None:
    stage = OnGitHub()

    assert (ask(stage), stage.server.asked("POST .*")) == ((), [])


def test_a_lost_answer_asks_nobody_twice() -> None:
    stage = OnGitHub()
    stage.server.add("POST .*/requested_reviewers", done=True)

    assert ask(stage, "bo") == ("bo",)
    assert [each["event"] for each in stage.state.events] == ["review_requested"]


def test_a_token_that_may_not_ask_is_an_error() -> None:
    stage = OnGitHub()

    with pytest.raises(PortalError, match="Resource not accessible by integration") as raised:
        ask(stage, "bo", token="ghs_fork")
    assert raised.value.hint == github_api.API.permissions


def test_the_job_needs_no_right_to_issues_to_know_who_was_asked() -> None:
    stage = OnGitHub()
    stage.state.permit("ghs_actions", "pull_requests:write")
    stage.says("A comment is in the timeline, too.")
    stage.state.review(1, "cy", "COMMENTED")

    assert ask(stage, "bo") == ("bo",)


def test_a_team_has_the_members_of_all_pages() -> None:
    stage = OnGitHub()
    people = [f"person-{number}" for number in range(150)]
    stage.state.teams["our-company/many"] = people

    assert members(stage, "@our-company/logistics") == frozenset({"bo", "cy"})
    assert members(stage, "our-company/many") == frozenset(people)


@pytest.mark.parametrize(
    ("team", "token"),
    [
        ("@our-company/logistics", "ghs_actions"),
        ("@our-company/logistics", "ghp_ana"),
        ("@our-company/secret", "ghs_members"),
        ("@ana", "ghs_members"),
    ],
)
def test_of_a_team_that_the_token_may_not_read_the_members_are_not_known(team: str, token: str) -> None:
    assert members(OnGitHub(), team, token) is None


def test_a_rate_limit_is_not_taken_for_a_missing_right() -> None:
    headers = {"Retry-After": "60"}
    limited = httpx2.Response(
        403, headers=headers, json={"message": "You have exceeded a secondary rate limit"}
    )

    async def work(forge: Forge) -> frozenset[str] | None:
        return await forge.team_members("@our-company/logistics")

    with pytest.raises(PortalError, match="secondary rate limit"):
        on(OnGitHub(), work, line=Line(limited))
