import json
from typing import Any

import httpx2
import pytest

from reconciler.model.forge import CheckState, Forge, Verdict
from tests.forge.gitea.answers import BOT, JOB, Answers, user
from tests.forge.stages import HEAD

NAME = "reconciler plan (local)"
DIGEST = f"sha256:{'1' * 64}"
OTHER = f"sha256:{'2' * 64}"
STATUSES = f"statuses/{HEAD}"


def status(number: int, creator: Any, description: str = DIGEST, state: str = "success") -> dict[str, Any]:
    return {"id": number, "status": state, "context": NAME, "description": description, "creator": creator}


def found(answers: Answers) -> CheckState | None:
    async def work(forge: Forge) -> CheckState | None:
        return await forge.get_check(HEAD, NAME)

    return answers.run(work)


def test_the_newest_status_of_ours_counts_and_none_of_others() -> None:
    ours = [status(1, BOT, f"{DIGEST} One"), status(2, BOT, f"{OTHER} Two", "failure")]
    forged = [status(3, user("ana", 4)), status(4, None), status(5, JOB), status(6, user("Reconciler", 10))]

    assert found(Answers({f"GET {STATUSES}": [*ours, *forged]})) == CheckState(OTHER, passed=False)


def test_a_status_that_a_job_created_has_no_creator() -> None:
    statuses = [status(1, None, f"{DIGEST} One"), status(2, BOT, f"{OTHER} Two")]

    assert found(Answers({f"GET {STATUSES}": statuses}, JOB)) == CheckState(DIGEST, passed=True)


def test_a_status_is_found_on_every_page() -> None:
    others = [status(number, user("ana", 4)) for number in range(2, 9)]
    answers = Answers({f"GET {STATUSES}": [*others[:5], status(1, BOT), *others[5:]]}, size=3)

    assert (found(answers), answers.asked("GET").count(STATUSES)) == (CheckState(DIGEST, passed=True), 4)


@pytest.mark.parametrize("description", ["", "All is well", f"not {DIGEST}", f"{DIGEST}1"])
def test_a_description_without_a_digest_names_none(description: str) -> None:
    assert found(Answers({f"GET {STATUSES}": [status(1, BOT, description)]})) == CheckState("", passed=True)


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [("success", "success"), ("neutral", "success"), ("failure", "failure"), ("pending", "pending")],
)
def test_a_check_is_a_status_whose_description_begins_with_the_digest(conclusion: Any, state: str) -> None:
    answers = Answers({f"POST {STATUSES}": status(1, BOT)})
    verdict = Verdict(
        name=NAME,
        digest=DIGEST,
        conclusion=conclusion,
        title="x" * 300,
        summary="",
        link="https://ci.example/7",
    )

    async def work(forge: Forge) -> None:
        await forge.set_check(HEAD, verdict)

    answers.run(work)
    assert json.loads(answers.requests[-1].content) == {
        "context": NAME,
        "state": state,
        "description": f"{DIGEST} {'x' * (255 - 72)}",
        "target_url": "https://ci.example/7",
    }


@pytest.mark.parametrize(
    ("states", "times"), [(["failure"], 2), (["failure", "success"], 1)], ids=["not done", "done"]
)
def test_a_status_whose_answer_was_lost_is_looked_for_before_it_is_set_again(
    states: list[str], times: int
) -> None:
    posted: list[httpx2.Request] = []

    def lose_the_first(request: httpx2.Request) -> httpx2.Response:
        posted.append(request)
        return httpx2.Response(201 if len(posted) > 1 else 502, json={})

    there = [status(number, BOT, f"{DIGEST} One", state) for number, state in enumerate(states)]
    answers = Answers({f"POST {STATUSES}": lose_the_first, f"GET {STATUSES}": there})

    async def work(forge: Forge) -> None:
        verdict = Verdict(name=NAME, digest=DIGEST, conclusion="success", title="One", summary="")
        await forge.set_check(HEAD, verdict)

    answers.run(work)
    assert len(posted) == times
