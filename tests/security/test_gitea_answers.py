"""A Gitea that answers without sense, or that people bring to say what is not so."""

from typing import Any

import httpx2
import pytest

from reconciler.errors import PortalError
from reconciler.http.errors import ApiError
from reconciler.model.forge import CheckState, Forge
from tests.forge.gitea.answers import BOT, JOB, Answers, user
from tests.forge.stages import HEAD, MERGED

ANA = user("ana", 1)
PULL: dict[str, Any] = {
    "number": 1,
    "state": "open",
    "html_url": "https://gitea.example/our-company/access/pulls/1",
    "user": ANA,
    "base": {"ref": "main"},
    "head": {"sha": HEAD},
}
NAME = "reconciler plan (local)"
DIGEST = f"sha256:{'1' * 64}"
TIMES = dict.fromkeys(("submitted_at", "updated_at"), "2026-11-24T08:00:00Z")
NAMES = ["a" * 40 + "/../../../user", "../" * 5, "a" * 40 + "\n", "", "A" * 40]


@pytest.mark.parametrize("head", NAMES)
def test_the_name_of_a_head_cannot_have_us_ask_elsewhere(head: str) -> None:
    async def work(forge: Forge) -> None:
        await forge.pull_request(1)

    with pytest.raises(PortalError, match="Expected `str` matching regex"):
        Answers({"GET pulls/1": {**PULL, "head": {"sha": head}}}).run(work)


@pytest.mark.parametrize("head", NAMES)
def test_the_name_of_a_merged_head_cannot_have_us_ask_elsewhere(head: str) -> None:
    async def work(forge: Forge) -> None:
        await forge.merged_as(MERGED, None)

    pull = {**PULL, "state": "closed", "merged": True, "merge_commit_sha": MERGED}
    reference = {"ref": "refs/pull/1/head", "object": {"sha": head}}
    answers = {f"GET commits/{MERGED}/pull": pull, "GET git/refs/pull/1/head": [reference]}
    with pytest.raises(PortalError, match="Expected `str` matching regex"):
        Answers(answers).run(work)


@pytest.mark.parametrize("commit", NAMES)
def test_an_approval_of_a_commit_that_cannot_be_one_has_none(commit: str) -> None:
    async def work(forge: Forge) -> list[str | None]:
        return [each.commit for each in (await forge.reviews(1)).approvals]

    review = {"id": 1, "state": "APPROVED", "user": user("bo", 2), "commit_id": commit}
    lists = {"GET pulls/1/reviews": [{**review, **TIMES}], "GET issues/1/timeline": []}
    assert Answers({"GET pulls/1": PULL, **lists}).run(work) == [None]


def test_the_name_of_a_user_is_no_more_than_a_value_in_a_query() -> None:
    async def work(forge: Forge) -> None:
        await forge.issue("<!-- reconciler drift local -->")

    answers = Answers({"GET issues": []}, {"id": 9, "login": "bot&state=all#x"})
    answers.run(work)

    assert dict(answers.requests[-1].url.params) == {
        "state": "open",
        "type": "issues",
        "created_by": "bot&state=all#x",
        "limit": "100",
        "page": "1",
    }


def test_a_list_without_end_is_not_read() -> None:
    async def work(forge: Forge) -> None:
        await forge.reviews(1)

    review = {"id": 1, "state": "COMMENT", "user": ANA, **TIMES}
    endless = {"X-Total-Count": "9" * 9}
    answers = Answers(
        {
            "GET pulls/1": PULL,
            "GET pulls/1/reviews": lambda _: httpx2.Response(200, json=[review], headers=endless),
        }
    )
    with pytest.raises(PortalError, match="more than 200 pages"):
        answers.run(work)


@pytest.mark.parametrize("us", [BOT, JOB], ids=["bot", "job"])
def test_a_status_that_another_set_approves_nothing(us: dict[str, Any]) -> None:
    async def work(forge: Forge) -> CheckState | None:
        return await forge.get_check(HEAD, NAME)

    given = {"id": 1, "status": "success", "context": NAME, "description": DIGEST}
    others = [ANA, user(us["login"], 12), *([None] if us is BOT else [])]
    for creator in others:
        assert Answers({f"GET statuses/{HEAD}": [{**given, "creator": creator}]}, us).run(work) is None


def test_the_token_is_never_in_an_error() -> None:
    async def work(forge: Forge) -> None:
        await forge.pull_request(1)

    refusal = httpx2.Response(403, json={"message": "no right for gta_bot, gta_bot"})
    with pytest.raises(ApiError) as raised:
        Answers({"GET pulls/1": refusal}).run(work)

    assert "gta_bot" not in f"{raised.value.message} {raised.value.hint}"
