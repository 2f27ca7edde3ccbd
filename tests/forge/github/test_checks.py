from typing import Any

import pytest

from reconciler.errors import PortalError, UnknownOutcomeError
from reconciler.model.forge import Annotation, CheckState, Conclusion, Forge, Verdict
from tests.forge.github_rules import RefusedError
from tests.forge.stages import HEAD, OnGitHub, on

NAME = "reconciler plan (local)"
DIGEST = f"sha256:{'1' * 64}"
OTHER = f"sha256:{'2' * 64}"


def verdict(
    digest: str = DIGEST, conclusion: Conclusion = "success", notes: int = 0, summary: str = "All of it."
) -> Verdict:
    return Verdict(
        name=NAME,
        digest=digest,
        conclusion=conclusion,
        title="3 changes",
        summary=summary,
        link="https://github.example/our-company/access/actions/runs/5",
        annotations=tuple(
            Annotation("partners/acme.yaml", line, "warning", "until-missing", f"Remark {line}")
            for line in range(1, notes + 1)
        ),
    )


def leave(stage: OnGitHub, *verdicts: Verdict) -> None:
    async def work(forge: Forge) -> None:
        for each in verdicts:
            await forge.set_check(HEAD, each)

    on(stage, work)


def marked(stage: OnGitHub, **settings: str) -> CheckState | None:
    async def work(forge: Forge) -> CheckState | None:
        return await forge.get_check(HEAD, NAME)

    return on(stage, work, stage.settings(**settings))


def runs(stage: OnGitHub) -> list[tuple[str, str, str]]:
    return [(run["name"], run["external_id"], run["conclusion"]) for run in stage.state.check_runs]


def test_a_verdict_is_a_check_run_of_the_head_that_bears_the_digest() -> None:
    stage = OnGitHub()
    leave(stage, verdict(notes=1))
    (run,) = stage.state.check_runs
    shown = ("name", "head_sha", "status", "conclusion", "external_id", "details_url", "output")

    assert {key: run[key] for key in shown} == {
        "name": NAME,
        "head_sha": HEAD,
        "status": "completed",
        "conclusion": "success",
        "external_id": DIGEST,
        "details_url": "https://github.example/our-company/access/actions/runs/5",
        "output": {"title": "3 changes", "summary": "All of it.", "annotations_count": 1},
    }
    assert stage.state.annotations[run["id"]] == [
        {
            "path": "partners/acme.yaml",
            "start_line": 1,
            "end_line": 1,
            "annotation_level": "warning",
            "title": "until-missing",
            "message": "Remark 1",
        }
    ]


def test_a_second_verdict_takes_the_place_of_the_first() -> None:
    stage = OnGitHub()
    leave(stage, verdict(), verdict(OTHER, "failure"))

    assert runs(stage) == [(NAME, OTHER, "failure")]


def test_a_check_run_that_another_app_gave_our_name_stays_and_does_not_count() -> None:
    stage = OnGitHub()
    forged: dict[str, Any] = {"name": NAME, "head_sha": HEAD, "external_id": OTHER, "conclusion": "success"}
    stage.state.check(stage.state.tokens["ghs_other"], forged)
    before = marked(stage)
    leave(stage, verdict())

    assert (before, marked(stage), runs(stage)) == (
        None,
        CheckState(DIGEST, passed=True),
        [(NAME, OTHER, "success"), (NAME, DIGEST, "success")],
    )


def test_the_newest_check_run_counts_even_when_it_is_not_complete() -> None:
    stage = OnGitHub()
    leave(stage, verdict())
    begun = {"name": NAME, "head_sha": HEAD, "external_id": DIGEST, "status": "in_progress"}
    stage.state.check(stage.state.tokens["ghs_actions"], begun)

    assert marked(stage) == CheckState(DIGEST, passed=False)


def test_what_waits_is_a_check_run_in_progress_that_is_completed_and_reset() -> None:
    stage = OnGitHub()
    seen: list[Any] = []
    rounds: list[tuple[Conclusion, str]] = [("pending", DIGEST), ("success", OTHER), ("pending", OTHER)]
    for conclusion, digest in rounds:
        leave(stage, verdict(digest, conclusion))
        (run,) = stage.state.check_runs
        seen.append((run["status"], run["conclusion"], run["external_id"], marked(stage)))

    assert seen == [
        ("in_progress", None, DIGEST, CheckState(DIGEST, passed=False)),
        ("completed", "success", OTHER, CheckState(OTHER, passed=True)),
        ("in_progress", None, OTHER, CheckState(OTHER, passed=False)),
    ]
    assert run["completed_at"] is None


def test_a_check_run_of_another_app_that_waits_is_not_completed_by_us() -> None:
    stage = OnGitHub()
    waiting = {"name": NAME, "head_sha": HEAD, "external_id": DIGEST, "status": "in_progress"}
    theirs = stage.state.check(stage.state.tokens["ghs_other"], waiting)
    leave(stage, verdict())

    assert [(run["app"]["slug"], run["status"]) for run in stage.state.check_runs] == [
        ("other-app", "in_progress"),
        ("github-actions", "completed"),
    ]
    with pytest.raises(RefusedError, match="Invalid app_id"):
        stage.state.recheck(stage.state.tokens["ghs_actions"], theirs["id"], {"conclusion": "success"})


@pytest.mark.parametrize(
    ("conclusion", "passed"), [("success", True), ("neutral", True), ("failure", False), ("skipped", False)]
)
def test_only_success_and_neutral_pass(conclusion: Any, passed: bool) -> None:  # noqa: FBT001  pytest's
    stage = OnGitHub()
    leave(stage, verdict(conclusion=conclusion))

    assert marked(stage) == CheckState(DIGEST, passed=passed)


def test_the_newest_is_found_among_more_check_runs_than_a_page_holds() -> None:
    stage = OnGitHub()
    for number in range(150):
        run = {"name": NAME, "head_sha": HEAD, "external_id": f"old {number}", "conclusion": "failure"}
        stage.state.check(stage.state.tokens["ghs_other" if number % 2 else "ghs_actions"], run)
    leave(stage, verdict())

    assert marked(stage) == CheckState(DIGEST, passed=True)


def test_a_name_that_only_begins_alike_is_another() -> None:
    stage = OnGitHub()
    run = {"name": f"{NAME} again", "head_sha": HEAD, "external_id": OTHER, "conclusion": "success"}
    stage.state.check(stage.state.tokens["ghs_actions"], run)

    assert marked(stage) is None


@pytest.mark.parametrize(("notes", "shown"), [(0, 0), (50, 50), (51, 51), (120, 120), (900, 200)])
def test_annotations_are_sent_fifty_at_a_time_and_two_hundred_in_all(notes: int, shown: int) -> None:
    stage = OnGitHub()
    leave(stage, verdict(notes=notes))
    (run,) = stage.state.check_runs

    assert (len(stage.state.annotations[run["id"]]), run["external_id"]) == (shown, DIGEST)


def test_annotations_that_are_there_are_not_sent_twice() -> None:
    stage = OnGitHub()
    leave(stage, verdict(notes=130), verdict(OTHER, notes=132))
    (run,) = stage.state.check_runs
    lines = [each["start_line"] for each in stage.state.annotations[run["id"]]]

    assert (sorted(lines), run["external_id"]) == (list(range(1, 133)), OTHER)


@pytest.mark.parametrize("done", [True, False])
def test_a_check_run_whose_answer_was_lost_is_looked_for_before_it_is_made_again(done: bool) -> None:  # noqa: FBT001  pytest's
    stage = OnGitHub()
    stage.server.add(r"POST .*/check-runs", done=done)
    leave(stage, verdict(notes=60))

    assert (runs(stage), [len(each) for each in stage.state.annotations.values()]) == (
        [(NAME, DIGEST, "success")],
        [60],
    )


@pytest.mark.parametrize("done", [True, False])
def test_annotations_whose_answer_was_lost_are_there_once(done: bool) -> None:  # noqa: FBT001  pytest's
    stage = OnGitHub()
    stage.server.add(r"PATCH .*/check-runs/\d+", done=done)
    leave(stage, verdict(notes=130))
    (shown,) = stage.state.annotations.values()

    assert sorted(each["start_line"] for each in shown) == list(range(1, 131))


def test_a_changed_check_run_that_never_gets_an_answer_is_not_taken_for_done() -> None:
    stage = OnGitHub()
    leave(stage, verdict())
    stage.server.add(r"PATCH .*/check-runs/\d+", times=9)

    with pytest.raises(UnknownOutcomeError):
        leave(stage, verdict(OTHER))
    assert runs(stage) == [(NAME, DIGEST, "success")]


def test_a_page_for_people_in_answer_to_a_check_run_leaves_it_to_be_looked_for() -> None:
    stage = OnGitHub()
    stage.server.add(r"POST .*/check-runs", status=201, body="<h1>Welcome</h1>", done=True)
    leave(stage, verdict())

    assert runs(stage) == [(NAME, DIGEST, "success")]


def test_a_check_run_that_never_gets_an_answer_is_an_error() -> None:
    stage = OnGitHub()
    stage.server.add(r"POST .*/check-runs", times=9)

    with pytest.raises(UnknownOutcomeError):
        leave(stage, verdict())


def test_a_person_may_make_no_check_runs_and_hears_why() -> None:
    stage = OnGitHub()

    async def work(forge: Forge) -> None:
        await forge.set_check(HEAD, verdict())

    with pytest.raises(PortalError, match="You must authenticate via a GitHub App") as raised:
        on(stage, work, stage.settings("ghp_ana"))
    assert "check runs need the token of an app" in raised.value.hint


def test_the_token_of_an_app_that_was_not_named_is_an_error_that_names_it() -> None:
    stage = OnGitHub()

    async def work(forge: Forge) -> None:
        await forge.set_check(HEAD, verdict())

    with pytest.raises(PortalError) as raised:
        on(stage, work, stage.settings("ghs_other"))
    assert (raised.value.message, raised.value.hint) == (
        'the token belongs to the app "other-app", not to "github-actions"',
        "use --app other-app, here and for `approved`",
    )


def test_an_app_that_is_named_leaves_and_finds_its_own() -> None:
    stage = OnGitHub()

    async def work(forge: Forge) -> None:
        await forge.set_check(HEAD, verdict())

    on(stage, work, stage.settings("ghs_other", "other-app"))
    assert (marked(stage, app="other-app"), marked(stage)) == (CheckState(DIGEST, passed=True), None)


def test_a_summary_longer_than_github_takes_is_refused_with_the_reason() -> None:
    stage = OnGitHub()

    with pytest.raises(PortalError, match="Only 65535 characters are allowed; 65536 were supplied"):
        leave(stage, verdict(summary="x" * 65_536))
