from typing import Any

import pytest

from reconciler.errors import PortalError
from reconciler.forge import upsert_comment
from reconciler.model.forge import CheckState, Conclusion, Forge, PullRequest, Review, Verdict
from reconciler.render.markdown import marker
from tests.forge.stages import HEAD, MERGED, OnGitLab, on

NAME = "reconciler plan (local)"
DIGEST = f"sha256:{'1' * 64}"
OTHER = f"sha256:{'2' * 64}"
MARKER = marker("local")


def verdict(digest: str = DIGEST, conclusion: Conclusion = "success", title: str = "3 changes") -> Verdict:
    return Verdict(name=NAME, digest=digest, conclusion=conclusion, title=title, summary="All of it.")


def leave(stage: OnGitLab, *verdicts: Verdict) -> None:
    async def work(forge: Forge) -> None:
        for each in verdicts:
            await forge.set_check(HEAD, each)

    on(stage, work)


def marked(stage: OnGitLab) -> CheckState | None:
    async def work(forge: Forge) -> CheckState | None:
        return await forge.get_check(HEAD, NAME)

    return on(stage, work)


def merged(stage: OnGitLab, commit: str, branch: str | None = "main") -> PullRequest | None:
    async def work(forge: Forge) -> PullRequest | None:
        return await forge.merged_as(commit, branch)

    return on(stage, work)


def told(stage: OnGitLab) -> list[tuple[str, str, str]]:
    return [(each["name"], each["status"], each["description"]) for each in stage.server.statuses]


@pytest.mark.parametrize(
    ("conclusion", "state"), [("success", "success"), ("neutral", "success"), ("failure", "failed")]
)
def test_a_verdict_is_a_commit_status_whose_description_bears_the_digest(
    conclusion: Conclusion, state: str
) -> None:
    stage = OnGitLab()
    leave(stage, verdict(conclusion=conclusion))

    assert (told(stage), marked(stage)) == (
        [(NAME, state, f"{DIGEST} 3 changes")],
        CheckState(DIGEST, passed=state == "success"),
    )


def test_a_title_that_does_not_fit_is_cut_behind_the_digest() -> None:
    stage = OnGitLab()
    leave(stage, verdict(title="x" * 300))

    assert told(stage) == [(NAME, "success", f"{DIGEST} {'x' * (255 - 72)}")]


def test_the_newest_verdict_counts() -> None:
    stage = OnGitLab()
    leave(stage, verdict(), verdict(OTHER, "failure"))

    assert marked(stage) == CheckState(OTHER, passed=False)


def test_a_status_that_somebody_else_gave_our_name_does_not_count() -> None:
    stage = OnGitLab()
    forged: dict[str, Any] = {"name": NAME, "state": "success", "description": OTHER}
    stage.server.set_status(stage.server.tokens["glpat-ana"], HEAD, forged)
    before = marked(stage)
    leave(stage, verdict())
    stage.server.set_status(stage.server.tokens["glpat-ana"], HEAD, forged)

    assert (before, marked(stage)) == (None, CheckState(DIGEST, passed=True))


@pytest.mark.parametrize("description", [None, "", "All is well", f"not {DIGEST}", f"{DIGEST}1"])
def test_a_description_without_a_digest_names_none(description: str | None) -> None:
    stage = OnGitLab()
    stage.server.set_status(
        stage.server.tokens["glpat-bot"], HEAD, {"name": NAME, "state": "success", "description": description}
    )

    assert marked(stage) == CheckState("", passed=True)


@pytest.mark.parametrize("done", [True, False])
def test_a_status_whose_answer_was_lost_is_looked_for_before_it_is_set_again(done: bool) -> None:  # noqa: FBT001  pytest's
    stage = OnGitLab()
    leave(stage, verdict(OTHER))
    stage.server.add(r"POST .*/statuses/.*", done=done)
    leave(stage, verdict())

    assert [description for _, _, description in told(stage)] == [f"{OTHER} 3 changes", f"{DIGEST} 3 changes"]


@pytest.mark.parametrize(
    ("how", "commit"),
    [
        ({"merge_commit": MERGED}, MERGED),
        ({"squash_commit": MERGED}, MERGED),
        ({"merge_commit": MERGED, "squash_commit": "c" * 40}, MERGED),
        ({}, HEAD),
    ],
)
def test_the_merge_request_is_found_by_the_commit_that_its_branch_then_ended_with(
    how: dict[str, str], commit: str
) -> None:
    stage = OnGitLab()
    stage.server.merge(1, **how)

    assert merged(stage, commit) == PullRequest(1, HEAD, is_open=False)


def test_a_commit_on_the_way_is_not_what_was_merged() -> None:
    stage = OnGitLab()
    stage.server.merge(1, merge_commit=MERGED, squash_commit="c" * 40)

    assert (merged(stage, "c" * 40), merged(stage, HEAD)) == (None, None)


def test_an_open_merge_request_and_one_into_another_branch_do_not_count() -> None:
    stage = OnGitLab()
    stage.server.open_request("d" * 40, "next")
    stage.server.merge(2)

    assert (merged(stage, HEAD), merged(stage, "d" * 40), merged(stage, "d" * 40, None)) == (
        None,
        None,
        PullRequest(2, "d" * 40, is_open=False),
    )


def test_what_gitlab_writes_by_itself_is_no_comment_of_ours() -> None:
    stage = OnGitLab()
    stage.server.write_note(stage.server.tokens["glpat-bot"], 1, MARKER, system=True)

    async def work(forge: Forge) -> None:
        await upsert_comment(forge, 1, f"{MARKER}\n\nNew.", MARKER)

    on(stage, work)
    assert [each["body"] for each in stage.server.notes] == [MARKER, f"{MARKER}\n\nNew."]


def test_a_role_that_may_set_no_status_hears_what_it_lacks() -> None:
    stage = OnGitLab()

    async def work(forge: Forge) -> None:
        await forge.set_check(HEAD, verdict())

    with pytest.raises(PortalError) as raised:
        on(stage, work, stage.settings("glpat-reporter"))
    assert (raised.value.message, raised.value.hint) == (
        "GitLab at https://gitlab.example/api/v4 rejected the request (403): 403 Forbidden",
        "the token needs the scope `api` and at least the role Developer; CI_JOB_TOKEN is not enough",
    )


def test_a_note_that_cannot_be_changed_for_another_reason_is_an_error() -> None:
    stage = OnGitLab()
    stage.says(MARKER, "glpat-bot")
    stage.server.add(stage.changed, status=403, body={"message": "403 Forbidden"})

    async def work(forge: Forge) -> None:
        await upsert_comment(forge, 1, f"{MARKER}\n\nNew.", MARKER)

    with pytest.raises(PortalError, match="403 Forbidden"):
        on(stage, work)


def reviewed(stage: OnGitLab, commit: str) -> Review | None:
    async def work(forge: Forge) -> Review | None:
        return await forge.review_of(commit)

    return on(stage, work)


def test_a_merged_merge_request_has_its_approvals() -> None:
    stage = OnGitLab()
    for name in ("cy", "bo"):
        stage.server.approve(1, name)
    before = reviewed(stage, HEAD)
    stage.server.merge(1, merge_commit=MERGED)

    assert (before, reviewed(stage, MERGED)) == (None, Review(1, ("bo", "cy")))
