import pytest

from reconciler.model.forge import Forge, PullRequest
from tests.forge.stages import HEAD, MERGED, STAGES, OnGitHub, Stage, on

everywhere = pytest.mark.parametrize("begin", STAGES, ids=lambda stage: stage.__name__)


def open_at(stage: Stage, commit: str = HEAD) -> tuple[PullRequest, ...]:
    async def work(forge: Forge) -> tuple[PullRequest, ...]:
        return await forge.open_at(commit)

    return on(stage, work)


def another(stage: Stage, head: str) -> None:
    if isinstance(stage, OnGitHub):
        stage.state.open_pull(head, "next")
    else:
        stage.server.open_request(head, "next")


def merge(stage: Stage) -> None:
    if isinstance(stage, OnGitHub):
        stage.state.merge(1, MERGED)
    else:
        stage.server.merge(1, merge_commit=MERGED)


@everywhere
def test_open_pull_requests_are_found_by_their_head(begin: type[Stage]) -> None:
    stage = begin()
    another(stage, "c" * 40)
    another(stage, HEAD)

    assert sorted(open_at(stage), key=lambda each: each.number) == [
        PullRequest(1, HEAD, is_open=True),
        PullRequest(3, HEAD, is_open=True),
    ]


@everywhere
def test_a_merged_pull_request_is_not_open(begin: type[Stage]) -> None:
    async def read(forge: Forge) -> PullRequest:
        return await forge.pull_request(1)

    stage = begin()
    merge(stage)

    assert (open_at(stage), open_at(stage, MERGED), on(stage, read)) == (
        (),
        (),
        PullRequest(1, HEAD, is_open=False),
    )
