import pytest

from reconciler.forge import UpsertResult, upsert_issue
from reconciler.model.forge import Forge
from tests.forge.stages import STAGES, OnGitHub, Stage, on, writes

MARKER = "<!-- reconciler drift local -->"
BODY = f"{MARKER}\nOne thing differs."
everywhere = pytest.mark.parametrize("begin", STAGES, ids=lambda stage: stage.__name__)


def kept(stage: Stage, body: str = BODY, *, needed: bool = True) -> UpsertResult:
    async def work(forge: Forge) -> UpsertResult:
        return await upsert_issue(
            forge, "The portal local differs from the files", body, MARKER, needed=needed
        )

    return on(stage, work)


@everywhere
def test_an_issue_is_opened_written_anew_and_closed(begin: type[Stage]) -> None:
    stage = begin()
    became = [
        kept(stage),
        kept(stage),
        kept(stage, f"{BODY}\nAnd another."),
        kept(stage, f"{MARKER}\nNothing changes.", needed=False),
        kept(stage, needed=False),
    ]

    assert became == [
        UpsertResult.CREATED,
        UpsertResult.UNCHANGED,
        UpsertResult.CHANGED,
        UpsertResult.CLOSED,
        UpsertResult.NOTHING,
    ]
    assert stage.issues() == [("closed", f"{MARKER}\nNothing changes.")]


@everywhere
def test_what_is_closed_stays_closed_and_a_new_issue_is_opened(begin: type[Stage]) -> None:
    stage = begin()
    for needed in (True, False, True):
        kept(stage, needed=needed)

    assert [state for state, _ in stage.issues()] == ["closed", "open"]


@everywhere
def test_somebody_elses_issue_with_our_marker_is_not_touched(begin: type[Stage]) -> None:
    stage = begin()
    stage.opens(BODY)

    assert (kept(stage, needed=False), kept(stage), len(stage.issues())) == (
        UpsertResult.NOTHING,
        UpsertResult.CREATED,
        2,
    )


@everywhere
def test_an_issue_is_found_among_many(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage)
    for number in range(150):
        stage.opens(f"Issue {number}", "ghs_actions" if begin.__name__ == "OnGitHub" else "glpat-bot")

    assert kept(stage) is UpsertResult.UNCHANGED


@everywhere
@pytest.mark.parametrize("done", [True, False])
def test_an_issue_whose_answer_was_lost_is_looked_for_before_it_is_opened_again(
    begin: type[Stage],
    done: bool,  # noqa: FBT001  pytest gives it by its name
) -> None:
    stage = begin()
    stage.server.add("POST .*/issues", done=done)

    assert (kept(stage), stage.issues()) == (UpsertResult.CREATED, [("open", BODY)])


@everywhere
def test_nothing_is_written_where_nothing_changed(begin: type[Stage]) -> None:
    stage = begin()
    kept(stage, needed=False)

    assert writes(stage.server.requests) == []


def test_a_pull_request_is_no_issue() -> None:
    stage = OnGitHub()
    kept(stage)
    stage.state.pulls[1]["body"] = BODY
    stage.state.tokens["ghp_ana"] = stage.state.tokens["ghs_actions"]

    assert (kept(stage, needed=False), kept(stage, needed=False)) == (
        UpsertResult.CLOSED,
        UpsertResult.NOTHING,
    )
