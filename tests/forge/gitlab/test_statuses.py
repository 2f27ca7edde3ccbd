"""A status that waits: what GitLab refuses, and what is then set."""

import pytest

from reconciler.errors import PortalError
from reconciler.model.forge import CheckState, Conclusion, Forge, Verdict
from tests.forge.stages import HEAD, OnGitLab, on, writes

NAME = "reconciler/approvals"


def leave(stage: OnGitLab, *verdicts: tuple[Conclusion, str]) -> None:
    async def work(forge: Forge) -> None:
        for conclusion, title in verdicts:
            verdict = Verdict(name=NAME, digest="", conclusion=conclusion, title=title, summary="All.")
            await forge.set_check(HEAD, verdict)

    on(stage, work)


def told(stage: OnGitLab) -> list[tuple[str, str]]:
    return [(each["status"], each["description"]) for each in stage.server.statuses]


def marked(stage: OnGitLab) -> CheckState | None:
    async def work(forge: Forge) -> CheckState | None:
        return await forge.get_check(HEAD, NAME)

    return on(stage, work)


def test_a_status_that_waits_has_not_passed() -> None:
    stage = OnGitLab()
    leave(stage, ("pending", "Waiting for sales"))

    assert (told(stage), marked(stage)) == (
        [("pending", "Waiting for sales")],
        CheckState("", passed=False),
    )


@pytest.mark.parametrize(
    ("then", "state"), [("success", "success"), ("neutral", "success"), ("failure", "failed")]
)
def test_a_status_that_waited_ends(then: Conclusion, state: str) -> None:
    stage = OnGitLab()
    leave(stage, ("pending", "Waiting for sales"), (then, "Done"))

    assert (told(stage), len(writes(stage.server.requests))) == ([(state, "Done")], 2)


def test_a_status_that_ended_waits_anew() -> None:
    stage = OnGitLab()
    leave(stage, ("success", "Done"), ("pending", "Waiting for sales"))

    assert (told(stage), marked(stage)) == (
        [("success", "Done"), ("pending", "Waiting for sales")],
        CheckState("", passed=False),
    )


def test_a_status_that_waits_for_the_same_is_left_as_it_is() -> None:
    stage = OnGitLab()
    leave(stage, ("pending", "Waiting for sales"), ("pending", "Waiting for sales"))

    assert told(stage) == [("pending", "Waiting for sales")]


def test_a_status_that_waits_for_something_else_never_passes_in_between() -> None:
    stage = OnGitLab()
    leave(stage, ("pending", "Waiting for sales, tracking"), ("pending", "Waiting for sales"))

    assert told(stage) == [("canceled", "Waiting for sales"), ("pending", "Waiting for sales")]
    assert marked(stage) == CheckState("", passed=False)


def test_a_running_status_of_another_program_with_our_token_is_replaced() -> None:
    stage = OnGitLab()
    bot = stage.server.tokens["glpat-bot"]
    stage.server.set_status(bot, HEAD, {"name": NAME, "state": "running", "description": "Waiting for sales"})
    leave(stage, ("pending", "Waiting for sales"))

    assert told(stage) == [("canceled", "Waiting for sales"), ("pending", "Waiting for sales")]


def test_a_status_that_is_refused_for_another_reason_is_an_error() -> None:
    stage = OnGitLab()
    stage.server.add("POST .*/statuses/.*", status=400, body={"message": {"name": ["is too long"]}})

    with pytest.raises(PortalError, match="name is too long"):
        leave(stage, ("pending", "Waiting for sales"))
    assert told(stage) == []


def test_a_lost_answer_is_not_mistaken_for_the_status_that_waits() -> None:
    stage = OnGitLab()
    leave(stage, ("pending", "Approvals"))
    stage.server.add("POST .*/statuses/.*")
    leave(stage, ("success", "Approvals"))

    assert told(stage) == [("success", "Approvals")]
