import json
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from reconciler.errors import PortalError
from reconciler.model.approval import GivenApproval, Reviews
from reconciler.model.forge import Forge, PullRequest, Review
from tests.forge.gitea.answers import Answers, user
from tests.forge.stages import HEAD, MERGED

ANA, BO, CY = user("ana", 1), user("bo", 2), user("cy", 3)
MOVED = "d" * 40
LINK = "https://gitea.example/our-company/access/pulls/1#issuecomment-"
PAGE = "https://gitea.example/our-company/access/pulls/1"
PULL = {"number": 1, "state": "open", "html_url": PAGE, "user": ANA, "base": {"ref": "main"}}
PULL |= {"head": {"sha": HEAD}}
MERGED_PULL = {**PULL, "state": "closed", "merged": True, "merge_commit_sha": MERGED, "head": {"sha": MOVED}}
REFERENCE = {"ref": "refs/pull/1/head", "object": {"sha": HEAD}}
HEAD_OF_PULL = {
    "GET git/refs/pull/1/head": [{"ref": "refs/pull/1/head2", "object": {"sha": MOVED}}, REFERENCE]
}


def review(number: int, who: Any, state: str = "APPROVED", **more: Any) -> dict[str, Any]:
    moment = f"2026-11-24T08:00:{number:02}Z"
    commit = "" if state == "REQUEST_REVIEW" else HEAD
    link = f"{LINK}{number}"
    times = {"submitted_at": moment, "updated_at": moment}
    made = {"id": number, "user": who, "state": state, **times, "commit_id": commit, **more}
    return {"dismissed": False, "html_url": link, **made}


def event(kind: str, second: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": kind, "created_at": f"2026-11-24T08:00:{second:02}Z", **more}


def read(*reviews: dict[str, Any], events: Sequence[dict[str, Any]] = (), size: int = 50) -> Reviews:
    async def work(forge: Forge) -> Reviews:
        return await forge.reviews(1)

    lists = {"GET pulls/1/reviews": list(reviews), "GET issues/1/timeline": list(events)}
    return Answers({"GET pulls/1": PULL, **lists}, size=size).run(work)


def approved(*reviews: dict[str, Any]) -> list[str]:
    return [each.login for each in read(*reviews).approvals]


def test_an_approval_has_its_commit_and_its_link() -> None:
    by_bo = review(7, BO, commit_id=MOVED)

    assert read(by_bo, review(8, CY, html_url="")) == Reviews(
        "ana", (GivenApproval("bo", MOVED, f"{LINK}7"), GivenApproval("cy", HEAD, PAGE))
    )


@pytest.mark.parametrize(
    ("reviews", "logins"),
    [
        ([review(1, ANA)], []),
        ([review(1, None)], []),
        ([review(1, BO, dismissed=True)], []),
        ([review(1, BO, "PENDING")], []),
        ([review(1, BO, "REQUEST_CHANGES")], []),
        ([review(1, BO), review(2, BO, "REQUEST_CHANGES")], []),
        ([review(1, BO), review(2, BO, "COMMENT")], ["bo"]),
        ([review(1, BO, "REQUEST_CHANGES", dismissed=True), review(2, BO)], ["bo"]),
        ([review(1, BO, dismissed=True), review(2, BO)], ["bo"]),
        # Nothing brings back an earlier approval.
        ([review(1, BO), review(2, BO, "REQUEST_CHANGES", dismissed=True)], []),
        ([review(1, BO), review(2, BO, dismissed=True)], []),
        ([review(1, BO, updated_at="2026-11-24T08:01:00Z"), review(2, BO, "REQUEST_CHANGES")], []),
        # Asked again, the person has not approved what is there now.
        ([review(1, BO), review(2, BO, "REQUEST_REVIEW")], []),
        ([review(1, BO), review(2, CY, "REQUEST_REVIEW")], ["bo"]),
        # Started before the request, and submitted after it.
        ([review(1, BO, updated_at="2026-11-24T08:01:00Z"), review(2, BO, "REQUEST_REVIEW")], ["bo"]),
        ([review(1, CY), review(2, BO)], ["bo", "cy"]),
    ],
)
def test_the_last_decision_of_a_person_counts(reviews: list[dict[str, Any]], logins: list[str]) -> None:
    assert approved(*reviews) == logins


@pytest.mark.parametrize(("changed", "commit"), [(6, HEAD), (7, None), (8, None)])
def test_an_approval_is_for_its_commit_if_it_is_later_than_each_change_of_the_base(
    changed: int, commit: str | None
) -> None:
    events = [event("change_target_branch", 1), event("label", 9), event("change_target_branch", changed)]

    found = read(review(7, BO, updated_at="2026-11-24T09:00:00Z"), events=events)

    assert [each.commit for each in found.approvals] == [commit]


def test_without_an_approval_no_events_are_read() -> None:
    async def work(forge: Forge) -> Reviews:
        return await forge.reviews(1)

    answers = Answers({"GET pulls/1": PULL, "GET pulls/1/reviews": [review(1, BO, "REQUEST_CHANGES")]})
    assert (answers.run(work), answers.asked("GET")) == (
        Reviews("ana"),
        ["pulls/1", "pulls/1/reviews"],
    )


@pytest.mark.parametrize("commit", ["main", "--upload-pack=x", f"{HEAD}\n", "a" * 300])
def test_a_remark_about_a_commit_that_does_not_exist_leaves_the_approvals_readable(commit: str) -> None:
    assert approved(review(1, BO), review(2, CY, "COMMENT", commit_id=commit)) == ["bo"]
    assert read(review(1, BO, commit_id=commit)).approvals == (GivenApproval("bo", None, f"{LINK}1"),)


def test_a_rejection_on_another_page_counts() -> None:
    remarks = [review(number, CY, "COMMENT") for number in range(2, 8)]

    assert read(review(1, BO), *remarks, review(8, BO, "REQUEST_CHANGES"), size=3).approvals == ()


def test_reviews_that_are_counted_but_hidden_do_not_keep_us_from_the_end() -> None:
    def hide_pending_ones(request: httpx2.Request) -> httpx2.Response:
        shown = [review(1, BO)] if request.url.params["page"] == "1" else []
        return httpx2.Response(200, json=shown, headers={"X-Total-Count": "3"})

    async def work(forge: Forge) -> Reviews:
        return await forge.reviews(1)

    lists = {"GET pulls/1/reviews": hide_pending_ones, "GET issues/1/timeline": []}
    answers = Answers({"GET pulls/1": PULL, **lists})
    assert [each.login for each in answers.run(work).approvals] == ["bo"]


def test_reviews_without_their_number_are_not_taken_for_all() -> None:
    async def work(forge: Forge) -> Reviews:
        return await forge.reviews(1)

    first_page = httpx2.Response(200, json=[review(1, BO)])
    answers = Answers({"GET pulls/1": PULL, "GET pulls/1/reviews": first_page})
    with pytest.raises(PortalError, match="without the header X-Total-Count"):
        answers.run(work)


def merged(
    pull: dict[str, Any], branch: str | None = "main", references: Any = HEAD_OF_PULL
) -> PullRequest | None:
    async def work(forge: Forge) -> PullRequest | None:
        return await forge.merged_as(MERGED, branch)

    return Answers({f"GET commits/{MERGED}/pull": pull, **references}).run(work)


@pytest.mark.parametrize("references", [HEAD_OF_PULL, {"GET git/refs/pull/1/head": REFERENCE}])
def test_the_head_of_what_was_merged_is_not_what_was_pushed_to_its_branch_later(references: Any) -> None:
    assert merged(MERGED_PULL, references=references) == PullRequest(1, HEAD, is_open=False)


def test_without_the_head_that_was_merged_no_other_is_taken() -> None:
    with pytest.raises(PortalError, match="the reference pull/1/head is missing"):
        merged(MERGED_PULL, references={"GET git/refs/pull/1/head": []})


@pytest.mark.parametrize("change", [{"merged": False}, {"merge_commit_sha": HEAD}, {"base": {"ref": "next"}}])
def test_only_what_was_merged_as_this_commit_into_this_branch_counts(change: dict[str, Any]) -> None:
    assert merged({**MERGED_PULL, **change}) is None


def test_without_a_branch_any_counts() -> None:
    assert merged({**MERGED_PULL, "base": {"ref": "next"}}, None) == PullRequest(1, HEAD, is_open=False)


def test_a_merge_that_is_not_known_yet_is_waited_for() -> None:
    tries = iter([None, None, MERGED_PULL])
    answers = Answers({f"GET commits/{MERGED}/pull": lambda _: next(tries) or missing(), **HEAD_OF_PULL})

    async def work(forge: Forge) -> PullRequest | None:
        return await forge.merged_as(MERGED, None)

    assert (answers.run(work), len(answers.naps.seconds)) == (PullRequest(1, HEAD, is_open=False), 2)


@pytest.mark.parametrize("state", ["open", "closed"])
def test_the_head_of_what_is_not_merged_is_that_of_its_branch(state: str) -> None:
    async def work(forge: Forge) -> PullRequest:
        return await forge.pull_request(1)

    answers = Answers({"GET pulls/1": {**PULL, "state": state}})
    assert answers.run(work) == PullRequest(1, HEAD, is_open=state == "open")


def test_open_pull_requests_are_found_by_their_head() -> None:
    async def work(forge: Forge) -> tuple[PullRequest, ...]:
        return await forge.open_at(MOVED)

    moved = {**PULL, "number": 3, "head": {"sha": MOVED}}
    answers = Answers({"GET pulls": [PULL, {**PULL, "number": 2}, moved]}, size=2)
    found = answers.run(work)
    assert (found, answers.requests[0].url.params["state"]) == (
        (PullRequest(3, MOVED, is_open=True),),
        "open",
    )


def missing() -> httpx2.Response:
    return httpx2.Response(404, json={"message": "not found"})


def test_a_merge_has_its_approvals() -> None:
    async def work(forge: Forge) -> tuple[Review | None, Review | None]:
        return await forge.review_of(MERGED), await forge.review_of(HEAD)

    reviews = {"GET pulls/1/reviews": [review(1, CY), review(2, BO)]}
    answers = Answers({f"GET commits/{MERGED}/pull": MERGED_PULL, **reviews})
    assert answers.run(work) == (Review(1, ("bo", "cy")), None)


def asked(answers: Answers, *logins: str) -> tuple[str, ...]:
    async def work(forge: Forge) -> tuple[str, ...]:
        return await forge.request_reviewers(1, logins)

    return answers.run(work)


TIMELINE = [event("review_request", assignee=CY, removed_assignee=True), event("assignees")]
REQUESTED = "pulls/1/requested_reviewers"


def test_who_reviewed_or_was_asked_before_is_not_asked_again() -> None:
    lists = {"GET pulls/1/reviews": [review(1, BO, "REQUEST_REVIEW")], "GET issues/1/timeline": TIMELINE}
    answers = Answers({**lists, f"POST {REQUESTED}": httpx2.Response(201, json=[])})

    assert (asked(answers, "dee", "Bo", "cy"), asked(answers, "bo"), answers.asked("POST")) == (
        ("dee",),
        (),
        [REQUESTED],
    )


def test_events_about_code_are_missing_from_their_page_which_does_not_end_the_list() -> None:
    def page(request: httpx2.Request) -> httpx2.Response:
        shown = {"1": TIMELINE[1:], "2": TIMELINE[:1]}.get(request.url.params["page"])
        headers = {"X-Total-Count": str(len(shown or ())), "Content-Type": "application/json"}
        return httpx2.Response(200, content=json.dumps(shown), headers=headers)

    answers = Answers({"GET pulls/1/reviews": [], "GET issues/1/timeline": page})

    assert (asked(answers, "cy"), len(answers.asked("GET"))) == ((), 4)


@pytest.mark.parametrize("status", [404, 422])
def test_who_cannot_review_keeps_nobody_else_from_being_asked(status: int) -> None:
    def accept_only_dee(request: httpx2.Request) -> httpx2.Response:
        refused = b"eve" in request.content
        return httpx2.Response(status if refused else 201, json={"message": "no"} if refused else [])

    lists: dict[str, Any] = {"GET pulls/1/reviews": [], "GET issues/1/timeline": []}
    answers = Answers({**lists, f"POST {REQUESTED}": accept_only_dee})

    assert (asked(answers, "dee", "eve"), asked(answers, "eve")) == (("dee",), ())


def test_a_team_has_its_members_if_the_token_may_read_them() -> None:
    async def work(forge: Forge) -> list[frozenset[str] | None]:
        return [await forge.team_members(team) for team in ("@our/Freight", "@our/other", "@theirs/freight")]

    teams = {"GET /orgs/our/teams": [{"id": 5, "name": "Owners"}, {"id": 6, "name": "freight"}]}
    answers = Answers({**teams, "GET /teams/6/members": [BO, CY]})
    assert answers.run(work) == [frozenset({"bo", "cy"}), None, None]


@pytest.mark.parametrize("team", ["@../our", "@./our", "@our/a/b", "@our?x/freight", "@our", "@/freight", ""])
def test_what_is_no_team_is_not_asked_for(team: str) -> None:
    async def work(forge: Forge) -> frozenset[str] | None:
        return await forge.team_members(team)

    answers = Answers({})
    assert (answers.run(work), answers.requests) == (None, [])
