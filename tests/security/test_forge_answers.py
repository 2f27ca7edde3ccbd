"""A forge answers without end or sense, or somebody has it say that others approved."""

from pathlib import Path

import httpx2
import pytest

from reconciler.errors import PortalError
from reconciler.http.limits import RunLimits
from reconciler.model.approval import Reviews
from reconciler.model.forge import Forge, Review
from reconciler.model.http_text import moment
from tests.cli.commands.test_comment import OF_FORK, forked
from tests.cli.conftest import github, job, street
from tests.cli.forging import HEAD, Job
from tests.cli.git.commits import committed
from tests.cli.running import Place
from tests.forge.github_server import GitHub
from tests.forge.stages import MERGED, OnGitHub, OnGitLab, on
from tests.forge.test_http import refusal
from tests.http.scripted import Answering, Line

__all__ = ["github", "job", "street"]

# The zone, the year or the day has more digits than Python's dates can count.
DATES = (
    f"Mon, 01 Jan 2020 00:00:00 +{'9' * 30}",
    "0 Jan 00:00:00 99999999999 01 1:2:3:4 GMT -9999",
    f"Mon, {'9' * 30} Jan 2020 00:00:00 GMT",
    f"Mon, 01 Jan {'9' * 30} 00:00:00 GMT",
)


@pytest.mark.parametrize("date", DATES)
def test_a_forge_or_portal_cannot_crash_us_by_a_date(date: str) -> None:
    limited = httpx2.Response(429, headers={"Retry-After": date, "Date": date}, json={})
    stage = OnGitHub()

    error = refusal(stage, Line(limited))

    assert (moment(date), stage.naps.seconds) == (None, [61.0, 62.0, 64.0, 68.0])
    assert error.message.endswith("rejected the request (429): Too Many Requests")


def test_a_forge_cannot_make_us_read_a_list_without_end() -> None:
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        headers = {
            "Content-Type": "application/json",
            "Link": f'</api/v3/more?page={len(requests)}>; rel="next"',
        }
        return httpx2.Response(200, content=b"[" + b" " * 300_000 + b"]", headers=headers)

    with pytest.raises(PortalError, match="sent more than 1 MiB, the limit for one run"):
        on(OnGitHub(), review, line=Answering(answer), limits=RunLimits(bytes=1024**2))

    assert len(requests) == 4


@pytest.mark.parametrize("head", ["a" * 40 + "/../../../user", "../" * 5, "a" * 40 + "\n", "", "A" * 40])
@pytest.mark.parametrize("stage", [OnGitHub(), OnGitLab()], ids=["github", "gitlab"])
def test_a_forge_cannot_have_us_ask_elsewhere_by_the_name_of_a_commit(
    stage: OnGitHub | OnGitLab, head: str
) -> None:
    on_github = {"number": 1, "head": {"sha": head}, "base": {"ref": "main"}}
    on_gitlab = {"iid": 1, "sha": head, "state": "opened", "target_branch": "main"}

    error = refusal(stage, Line(httpx2.Response(200, json={**on_github, **on_gitlab})))

    assert "sent an unexpected response: Expected `str` matching regex" in error.message


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("approvals", {"approved_at": "2026-11-24T08:03:00"}),
        ("approvals", {"approved_at": "yesterday"}),
        ("approvals", {"approved_at": 1_795_494_600}),
        ("approvals", {"user": None}),
        ("versions", {"head_commit_sha": "../../../user"}),
        ("versions", {"head_commit_sha": f"{MERGED}\n"}),
        ("versions", {"created_at": "2026-11-24T08:01:00"}),
        ("versions", {"created_at": None}),
        ("notes", {"created_at": "2026-11-24"}),
        ("merge_requests", {"web_url": "javascript:alert(1)"}),
        ("merge_requests", {"web_url": "https://gitlab.example/) [mallory](https://evil.example"}),
        ("merge_requests", {"author": None}),
    ],
)
def test_a_gitlab_whose_reviews_make_no_sense_approves_nothing(path: str, change: dict[str, object]) -> None:
    stage = OnGitLab()
    stage.server.approve(1, "bo")
    of_path = {
        "approvals": stage.server.approvals[1],
        "versions": stage.server.versions[1],
        "notes": stage.server.notes,
        "merge_requests": [stage.server.merge_requests[1]],
    }
    of_path[path][0].update(change)

    with pytest.raises(PortalError, match="sent an unexpected response"):
        on(stage, reviews)


async def reviews(forge: Forge) -> Reviews:
    return await forge.reviews(1)


async def review(forge: Forge) -> Review | None:
    return await forge.review_of(MERGED)


def test_an_author_cannot_approve_their_own_pull_request() -> None:
    stage = OnGitHub()
    stage.state.merge(1, MERGED)
    stage.state.review(1, "ana", "APPROVED")
    stage.state.review(1, "bo", "APPROVED")

    assert on(stage, review) == Review(1, ("bo",))


def test_a_workflow_of_a_branch_cannot_approve_its_pull_request() -> None:
    stage = OnGitHub()
    stage.state.merge(1, MERGED)
    stage.state.review(1, "github-actions[bot]", "APPROVED")

    assert on(stage, review) == Review(1, ())


HOSTILE = (
    {"commit_id": "../" * 5},
    {"commit_id": "a" * 40 + "\n"},
    {"html_url": "javascript:alert(1)"},
    {"html_url": "https://github.example/pull/1) [approved](https://evil.example"},
    {"html_url": 'https://github.example/"onclick="x'},
)


@pytest.mark.parametrize("hostile", HOSTILE, ids=str)
def test_a_review_with_a_commit_or_an_address_that_is_none_is_refused(hostile: dict[str, str]) -> None:
    stage = OnGitHub()
    stage.state.merge(1, MERGED)
    stage.state.review(1, "bo", "APPROVED").update(hostile)

    with pytest.raises(PortalError, match="Expected `str` matching regex"):
        on(stage, review)


@pytest.mark.parametrize("team", ["@our-company/../../user", "@our-company/a?b", "@our-company/a/b", "", "/"])
def test_a_configuration_cannot_have_us_ask_elsewhere_by_the_name_of_a_team(team: str) -> None:
    stage = OnGitHub()

    async def work(forge: Forge) -> frozenset[str] | None:
        return await forge.team_members(team)

    assert (on(stage, work), stage.server.requests) == (None, [])


def test_an_author_cannot_approve_their_own_merge_request() -> None:
    stage = OnGitLab()
    for name in ("ana", "bo"):
        stage.server.approve(1, name)
    stage.server.merge(1, merge_commit=MERGED)

    assert on(stage, review) == Review(1, ("bo",))


def test_a_commit_message_cannot_say_who_approved_where_the_forge_is_asked(
    place: Place, github: GitHub
) -> None:
    commit = committed(place.folder, "Let Acme in (#12)\n\nApproved-by: Bo <bo@our-company.example>")
    github.state.commits.add(commit)

    ran = place.run("access", "--explain", "--forge")

    assert (ran.code, ran.out.splitlines()[1].endswith(f"{commit[:8]} Ana, 2026-10-01")) == (0, True)


@pytest.mark.usefixtures("github")
def test_the_summary_of_a_job_cannot_show_a_forks_plan_as_ours(
    place: Place, job: Job, tmp_path_factory: pytest.TempPathFactory
) -> None:
    summary = Path(tmp_path_factory.mktemp("runner"), "summary.md")
    job.set(GITHUB_STEP_SUMMARY=str(summary))
    forked(place)

    ran = place.run(*OF_FORK, "--commit", HEAD)

    assert (ran.code, summary.read_text().splitlines()[0]) == (
        0,
        "> ⚠️ This plan was made by the fork's own run and has not been verified. It approves nothing.",
    )
