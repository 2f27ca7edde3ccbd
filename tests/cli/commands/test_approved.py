import asyncio
import json

import pytest

from reconciler.cli.ci import environment
from tests.cli.forging import HEAD, MERGED, Job
from tests.cli.running import GROUP, Place, Ran
from tests.forge.github_server import GitHub
from tests.forge.gitlab_server import GitLab
from tests.forge.serving import Door

ASKED = ("approved", "--commit", MERGED)


@pytest.fixture
def reviewed(place: Place, github: GitHub, job: Job) -> str:
    """The digest of a plan that was reviewed in a pull request, which was merged."""
    place.run("plan", "--out", "plan.json")
    place.run("comment", "plan", "plan.json")
    github.state.merge(1, MERGED)
    job.merges()
    return str(json.loads((place.folder / "plan.json").read_text())["digest"])


def test_the_digest_of_the_reviewed_plan_is_printed_alone(place: Place, reviewed: str) -> None:
    assert place.run(*ASKED) == Ran(0, f"{reviewed}\n", "")


def test_what_is_printed_lets_apply_apply_just_that_plan(place: Place, reviewed: str) -> None:
    place.write(**{"access-groups__tracking": GROUP.replace("Tracking", "Other")})
    other = place.run("apply", "--approved", place.run(*ASKED).out.strip())
    place.write(**{"access-groups__tracking": GROUP})
    applied = place.run("apply", "--approved", place.run(*ASKED).out.strip())

    assert (other.code, applied.code, reviewed in other.err) == (4, 0, True)


def test_the_portal_is_the_one_that_is_named_or_the_default(place: Place, reviewed: str) -> None:
    named = [place.run(*ASKED, "--portal", name) for name in ("local", "away")]
    configured = place.run(*ASKED, "--config", "reconciler.yaml")

    assert [(ran.code, ran.out) for ran in (*named, configured)] == [
        (0, f"{reviewed}\n"),
        (4, ""),
        (0, f"{reviewed}\n"),
    ]


def test_with_a_named_portal_no_configuration_is_needed(place: Place, reviewed: str) -> None:
    place.write(reconciler=None)

    assert place.run(*ASKED, "--portal", "local") == Ran(
        0,
        f"{reviewed}\n",
        "Warning: whether approvals are enforced is unknown, and they are not checked without --plan\n",
    )


def test_a_direct_push_approved_nothing(place: Place, github: GitHub, job: Job) -> None:
    github.state.commits.add(MERGED)
    job.merges()
    ran = place.run(*ASKED)

    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (
        4,
        "",
        f"Error: no pull request merged {MERGED} into main, so no plan was approved for it",
    )


@pytest.mark.usefixtures("reviewed")
def test_a_merge_into_another_branch_than_the_jobs_approved_nothing(place: Place, job: Job) -> None:
    job.merges(branch="release")

    assert place.run(*ASKED).code == 4


def test_what_another_app_left_approved_nothing(place: Place, github: GitHub, job: Job) -> None:
    forged = {
        "name": "reconciler plan (local)",
        "head_sha": HEAD,
        "external_id": f"sha256:{'1' * 64}",
        "conclusion": "success",
    }
    github.state.check(github.state.tokens["ghs_other"], forged)
    github.state.merge(1, MERGED)
    job.merges()
    ran = place.run(*ASKED)

    assert (ran.code, ran.out, 'has no check "reconciler plan (local)" of ours' in ran.err) == (4, "", True)
    assert place.run(*ASKED, "--app", "other-app") == Ran(0, f"sha256:{'1' * 64}\n", "")


def test_without_an_answer_nothing_is_approved_and_nothing_printed(place: Place, job: Job) -> None:
    job.on_github("http://127.0.0.1:9").set(GITHUB_TOKEN="ghs_hunter2 x")
    ran = place.run(*ASKED)

    assert ran == Ran(
        1,
        "",
        "Error: GitHub: GITHUB_TOKEN contains invalid characters\n"
        "Hint: set it to a valid token, without spaces, quotes or line breaks\n",
    )


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("commit", ["HEAD", "abc1234", "../pulls", MERGED.upper(), f"{MERGED}0"])
def test_a_commit_is_named_by_its_whole_hash(place: Place, commit: str) -> None:
    ran = place.run("approved", "--commit", commit)

    assert (ran.code, "it is not the full hash of a commit" in ran.err) == (1, True)


def test_the_merge_of_a_merge_request_is_asked_for_alike(place: Place, job: Job, street: Door) -> None:
    street.behind = gitlab = GitLab()
    gitlab.open_request(HEAD)
    job.on_gitlab(street.address).set(CI_MERGE_REQUEST_IID="1", CI_COMMIT_SHA=HEAD)
    place.run("plan", "--out", "plan.json")
    place.run("comment", "plan", "plan.json")
    gitlab.merge(1, merge_commit=MERGED)
    job.unset("CI_MERGE_REQUEST_IID")
    job.set(CI_COMMIT_BRANCH="main", CI_COMMIT_SHA=MERGED)
    ran = place.run(*ASKED)

    digest = json.loads((place.folder / "plan.json").read_text())["digest"]
    assert ran == Ran(0, f"{digest}\n", "")


def test_a_job_waits_up_to_two_minutes_with_jitter() -> None:
    policy = environment.retry_policy()

    assert (policy.sleep, policy.longest, 0 <= policy.random() < 1) == (asyncio.sleep, 120.0, True)
