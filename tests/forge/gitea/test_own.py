"""What is ours: the comments and issues of the token's user, which may be the user of all jobs."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from reconciler.errors import PortalError
from reconciler.forge import UpsertResult, upsert_comment, upsert_issue
from reconciler.model.forge import Forge
from tests.forge.gitea.answers import BOT, JOB, Answers, user

MARKER = "<!-- reconciler -->"
BODY = f"{MARKER}\nNew."


def comment(answers: Answers) -> UpsertResult:
    async def work(forge: Forge) -> UpsertResult:
        return await upsert_comment(forge, 1, BODY, MARKER)

    return answers.run(work)


def issue(answers: Answers) -> UpsertResult:
    async def work(forge: Forge) -> UpsertResult:
        return await upsert_issue(forge, "Drift", BODY, MARKER, needed=False)

    return answers.run(work)


def opened(answers: Answers) -> UpsertResult:
    async def work(forge: Forge) -> UpsertResult:
        return await upsert_issue(forge, "Drift", BODY, MARKER, needed=True)

    return answers.run(work)


def written(number: int, who: Any, body: str = MARKER) -> dict[str, Any]:
    return {"id": number, "number": number, "user": who, "body": body}


@pytest.mark.parametrize("who", [BOT, JOB], ids=["bot", "job"])
def test_only_our_comment_is_changed(who: dict[str, Any]) -> None:
    others = [written(1, user("ana", 4)), written(2, None), written(3, who, f"See:\n{MARKER}")]
    changed = {"PATCH issues/comments/4": written(4, who, BODY)}
    answers = Answers({"GET issues/1/comments": [*others, written(4, who)], **changed}, who)

    assert (comment(answers), answers.asked("PATCH")) == (UpsertResult.CHANGED, ["issues/comments/4"])


def test_all_comments_come_at_once_whatever_the_page_size() -> None:
    comments = [written(number, user("ana", 4)) for number in range(1, 121)]

    def all_at_once(request: httpx2.Request) -> httpx2.Response:
        assert request.url.params["page"] == "1"
        return httpx2.Response(200, json=comments, headers={"X-Total-Count": "120"})

    answers = Answers({"GET issues/1/comments": all_at_once, "POST issues/1/comments": written(121, BOT)})

    assert (comment(answers), answers.asked("POST")) == (UpsertResult.CREATED, ["issues/1/comments"])


@pytest.mark.parametrize(("who", "creator"), [(BOT, "reconciler"), (JOB, None)], ids=["bot", "job"])
def test_only_our_issue_is_closed(who: dict[str, Any], creator: str | None) -> None:
    issues = [written(1, user("ana", 4)), written(2, who)]
    answers = Answers({"GET issues": issues, "PATCH issues/2": written(2, who, BODY)}, who)

    assert (issue(answers), answers.asked("PATCH")) == (UpsertResult.CLOSED, ["issues/2"])
    assert [
        each.url.params.get("created_by") for each in answers.requests if each.url.path.endswith("/issues")
    ] == [creator]


@pytest.mark.parametrize("status", [502, 201], ids=["an error", "a page for people"])
@pytest.mark.parametrize(("path", "write"), [("issues/1/comments", comment), ("issues", opened)])
@pytest.mark.parametrize("done", [True, False])
def test_what_is_created_without_an_answer_is_looked_for_before_it_is_created_again(
    status: int,
    path: str,
    write: Callable[[Answers], UpsertResult],
    done: bool,  # noqa: FBT001  pytest gives it by its name
) -> None:
    there: list[dict[str, Any]] = []

    def lose_the_first(_: httpx2.Request) -> httpx2.Response:
        is_first = len(answers.asked("POST")) == 1
        if done or not is_first:
            there.append(written(5, BOT, BODY))
        if is_first:
            return httpx2.Response(status, html="<h1>Welcome</h1>")
        return httpx2.Response(201, json=there[0])

    answers = Answers({f"GET {path}": there, f"POST {path}": lose_the_first})

    assert (write(answers), len(answers.asked("POST"))) == (UpsertResult.CREATED, 1 if done else 2)
    assert there == [written(5, BOT, BODY)]


@pytest.mark.parametrize("status", [502, 429])
def test_a_change_is_sent_again_because_that_does_no_harm(status: int) -> None:
    tries = iter([httpx2.Response(status), httpx2.Response(status)])
    answers = Answers(
        {
            "GET issues/1/comments": [written(4, BOT)],
            "PATCH issues/comments/4": lambda _: next(tries, httpx2.Response(200, json={})),
        }
    )

    assert (comment(answers), len(answers.asked("PATCH"))) == (UpsertResult.CHANGED, 3)


def test_a_comment_that_cannot_be_changed_for_another_reason_is_an_error() -> None:
    refused = httpx2.Response(403, json={"message": "no"})
    answers = Answers({"GET issues/1/comments": [written(4, BOT)], "PATCH issues/comments/4": refused})

    with pytest.raises(PortalError, match=r"rejected the request \(403\): no"):
        comment(answers)
