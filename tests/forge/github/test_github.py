import pytest

from reconciler.errors import PortalError
from reconciler.forge import upsert_comment
from reconciler.model.forge import Comment, Forge, PullRequest, Review
from reconciler.render.markdown import marker
from tests.forge.stages import HEAD, MERGED, OnGitHub, on

MARKER = marker("local")


def merged(stage: OnGitHub, commit: str = MERGED, branch: str | None = "main") -> PullRequest | None:
    async def work(forge: Forge) -> PullRequest | None:
        return await forge.merged_as(commit, branch)

    return on(stage, work)


def test_a_pull_request_has_its_number_and_head() -> None:
    async def work(forge: Forge) -> PullRequest:
        return await forge.pull_request(1)

    assert on(OnGitHub(), work) == PullRequest(1, HEAD, is_open=True)


def test_the_pull_request_that_a_commit_merged_is_found_by_it() -> None:
    stage = OnGitHub()
    stage.state.merge(1, MERGED)

    assert merged(stage) == PullRequest(1, HEAD, is_open=False)


def test_a_commit_that_no_pull_request_merged_has_none() -> None:
    stage = OnGitHub()
    stage.state.commits.add(MERGED)

    assert (merged(stage), stage.naps.seconds) == (None, [1.0, 2.0])


def test_an_open_pull_request_is_not_one_that_was_merged() -> None:
    stage = OnGitHub()
    stage.state.commits.add(stage.state.pulls[1]["merge_commit_sha"])

    assert (merged(stage, stage.state.pulls[1]["merge_commit_sha"]), merged(stage, HEAD)) == (None, None)


def test_of_several_the_one_counts_whose_merge_made_the_commit() -> None:
    stage = OnGitHub()
    stage.state.merge(1, MERGED)
    stage.state.open_pull(MERGED)
    stage.state.open_pull("c" * 40)
    stage.state.merge(3, "d" * 40)
    stage.state.pulls[3]["head"]["sha"] = MERGED

    assert merged(stage) == PullRequest(1, HEAD, is_open=False)


def reviewed(stage: OnGitHub, commit: str = MERGED) -> Review | None:
    async def work(forge: Forge) -> Review | None:
        return await forge.review_of(commit)

    return on(stage, work)


def test_a_merged_pull_request_has_the_approvals_that_still_count() -> None:
    stage = OnGitHub()
    stage.state.merge(1, MERGED)
    for login, state in (
        ("cy", "CHANGES_REQUESTED"),
        ("cy", "APPROVED"),
        ("bo", "APPROVED"),
        ("bo", "COMMENTED"),
        (None, "APPROVED"),
        ("ed", "APPROVED"),
        ("ed", "CHANGES_REQUESTED"),
    ):
        stage.state.review(1, login, state)
    stage.state.dismiss(stage.state.review(1, "di", "APPROVED"))

    assert (reviewed(stage), reviewed(stage, HEAD)) == (Review(1, ("bo", "cy")),) * 2


def test_an_open_pull_request_has_reviewed_nothing_yet() -> None:
    stage = OnGitHub()
    stage.state.commits.add(HEAD)
    stage.state.review(1, "cy", "APPROVED")

    assert reviewed(stage, HEAD) is None


def test_a_merge_into_another_branch_does_not_count() -> None:
    stage = OnGitHub()
    stage.state.pulls[1]["base"]["ref"] = "next"
    stage.state.merge(1, MERGED)

    assert (merged(stage), merged(stage, branch=None)) == (None, PullRequest(1, HEAD, is_open=False))


def test_a_merge_that_is_not_listed_yet_is_looked_for_again() -> None:
    stage = OnGitHub()
    stage.state.merge(1, MERGED)
    stage.server.add(r"GET .*/pulls", status=200, body=[])

    assert (merged(stage), stage.naps.seconds) == (PullRequest(1, HEAD, is_open=False), [1.0])


def test_a_person_writes_under_their_own_name() -> None:
    stage = OnGitHub()
    stage.says(f"{MARKER}\n\nBy Actions.", "ghs_actions")

    async def work(forge: Forge) -> None:
        await upsert_comment(forge, 1, f"{MARKER}\n\nBy Ana.", MARKER)

    on(stage, work, stage.settings("ghp_ana"))
    assert [each["body"].split()[-1] for each in stage.state.comments] == ["Actions.", "Ana."]


def test_another_apps_comment_is_not_touched() -> None:
    stage = OnGitHub()
    stage.says(f"{MARKER}\n\nForged.", "ghs_other")

    async def work(forge: Forge) -> Comment | None:
        return await forge.comment(1, MARKER)

    assert on(stage, work) is None


def test_a_token_of_another_app_than_was_named_is_an_error() -> None:
    stage = OnGitHub()

    async def work(forge: Forge) -> None:
        await forge.create_comment(1, MARKER, MARKER)

    with pytest.raises(PortalError) as raised:
        on(stage, work, stage.settings("ghs_other"))
    assert (raised.value.message, raised.value.hint) == (
        "the token writes as other-app[bot], not as github-actions[bot]",
        "use --app with the app that the token belongs to",
    )


def test_a_comment_whose_author_is_gone_is_nobodys() -> None:
    stage = OnGitHub()
    stage.says(MARKER, "ghs_actions")
    stage.state.comments[0]["user"] = None

    async def work(forge: Forge) -> Comment | None:
        return await forge.comment(1, MARKER)

    assert on(stage, work) is None


def test_a_token_that_may_only_read_hears_what_it_lacks() -> None:
    stage = OnGitHub()

    async def work(forge: Forge) -> None:
        await forge.create_comment(1, MARKER, MARKER)

    with pytest.raises(PortalError, match="Resource not accessible by integration") as raised:
        on(stage, work, stage.settings("ghs_fork"))
    assert "pull-requests: write, checks: write" in raised.value.hint


def test_a_comment_that_cannot_be_changed_for_another_reason_is_an_error() -> None:
    stage = OnGitHub()
    stage.says(MARKER, "ghs_actions")
    stage.server.add(stage.changed, status=403, body={"message": "Locked"})

    async def work(forge: Forge) -> None:
        await upsert_comment(forge, 1, f"{MARKER}\n\nNew.", MARKER)

    with pytest.raises(PortalError, match=r"rejected the request \(403\): Locked"):
        on(stage, work)
