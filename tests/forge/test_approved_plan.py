import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PlanError
from reconciler.forge import approved
from reconciler.model.forge import Conclusion, Forge, Verdict, verdict_name
from tests.forge.stages import HEAD, MERGED, STAGES, OnGitHub, Stage, on
from tests.laws import examples

DIGEST = f"sha256:{'1' * 64}"
everywhere = pytest.mark.parametrize("begin", STAGES, ids=lambda stage: stage.__name__)


def leave(
    stage: Stage, portal: str = "local", digest: str = DIGEST, conclusion: Conclusion = "success"
) -> None:
    async def work(forge: Forge) -> None:
        name = verdict_name(portal)
        verdict = Verdict(name=name, digest=digest, conclusion=conclusion, title="3 changes", summary="All.")
        await forge.set_check(HEAD, verdict)

    on(stage, work)


def merge(stage: Stage) -> None:
    if isinstance(stage, OnGitHub):
        stage.state.merge(1, MERGED)
    else:
        stage.server.merge(1, merge_commit=MERGED)


def asked(stage: Stage, portal: str = "local", commit: str = MERGED) -> str:
    async def work(forge: Forge) -> str:
        return await approved(forge, commit, portal, "main")

    return on(stage, work)


def refused(stage: Stage, portal: str = "local", commit: str = MERGED) -> str:
    with pytest.raises(PlanError) as raised:
        asked(stage, portal, commit)
    return raised.value.message


@everywhere
@pytest.mark.parametrize("conclusion", ["success", "neutral"])
def test_the_plan_that_passed_in_the_merged_pull_request_is_approved(
    begin: type[Stage], conclusion: Conclusion
) -> None:
    stage = begin()
    leave(stage, conclusion=conclusion)
    merge(stage)

    assert asked(stage) == DIGEST


@everywhere
def test_each_portal_has_a_plan_of_its_own(begin: type[Stage]) -> None:
    stage = begin()
    other = f"sha256:{'2' * 64}"
    leave(stage)
    leave(stage, "staging", other)
    merge(stage)

    assert (asked(stage), asked(stage, "staging")) == (DIGEST, other)


@everywhere
def test_what_no_pull_request_merged_is_not_approved(begin: type[Stage]) -> None:
    stage = begin()
    leave(stage)
    stage.server.add(r"GET .*/(pulls|merge_requests)", status=200, body=[], times=9)

    assert refused(stage) == f"no pull request merged {MERGED} into main, so no plan was approved for it"


@everywhere
def test_a_pull_request_without_a_plan_is_not_approved(begin: type[Stage]) -> None:
    stage = begin()
    leave(stage, "staging")
    merge(stage)

    assert refused(stage) == (
        f'pull request 1, at its last commit {HEAD}, has no check "reconciler plan (local)" of ours, '
        "so no plan was approved"
    )


@everywhere
def test_a_plan_that_did_not_pass_is_not_approved(begin: type[Stage]) -> None:
    stage = begin()
    leave(stage)
    leave(stage, conclusion="failure")
    merge(stage)

    assert refused(stage) == (
        f'the newest check "reconciler plan (local)" of pull request 1, at its last commit {HEAD}, '
        "did not pass, so no plan was approved"
    )


@everywhere
@pytest.mark.parametrize("digest", ["", "sha256:123", f"sha256:{'G' * 64}", f"{DIGEST}1"])
def test_what_is_no_digest_approves_nothing(begin: type[Stage], digest: str) -> None:
    stage = begin()
    leave(stage, digest=digest)
    merge(stage)
    assert refused(stage).endswith("does not name a plan")


MARKS = st.lists(st.tuples(st.sampled_from(["ours", "theirs"]), st.integers(0, 3), st.booleans()), max_size=6)


@everywhere
@given(marks=MARKS)
@examples(40)
def test_the_newest_verdict_of_ours_decides_whatever_others_left(
    begin: type[Stage], marks: list[tuple[str, int, bool]]
) -> None:
    stage = begin()
    for who, number, passed in marks:
        put(stage, who, f"sha256:{number:064}", passed=passed)
    merge(stage)
    ours = [(f"sha256:{number:064}", passed) for who, number, passed in marks if who == "ours"]

    if ours and ours[-1][1]:
        assert asked(stage) == ours[-1][0]
    else:
        assert refused(stage).endswith("so no plan was approved")


def put(stage: Stage, who: str, digest: str, *, passed: bool) -> None:
    """Leave a verdict by another program than ours, which adds one each time."""
    name = verdict_name("local")
    if isinstance(stage, OnGitHub):
        token = stage.state.tokens["ghs_actions" if who == "ours" else "ghs_other"]
        conclusion = "success" if passed else "failure"
        run = {"name": name, "head_sha": HEAD, "external_id": digest, "conclusion": conclusion}
        stage.state.check(token, run)
    else:
        member = stage.server.tokens["glpat-bot" if who == "ours" else "glpat-ana"]
        state = "success" if passed else "failed"
        stage.server.set_status(member, HEAD, {"name": name, "state": state, "description": f"{digest} Done"})
