"""`reconciler doctor --forge`: whose the token of a job is, and what it may do; nothing is written."""

import json
from typing import Any

import pytest

from reconciler.forge import github as github_api
from reconciler.forge import gitlab as gitlab_api
from tests.cli.forging import HEAD, Job
from tests.cli.running import CONFIGURATION, Place, Ran
from tests.forge.github_server import GitHub
from tests.forge.gitlab_server import GitLab
from tests.forge.serving import Door

LIMITS = (
    "x-ratelimit-limit: 1000, x-ratelimit-remaining: 999, x-ratelimit-used: 1, x-ratelimit-reset: 1795500000"
)


@pytest.fixture
def gitlab(job: Job, street: Door) -> GitLab:
    """A GitLab with an open merge request, and a job for it."""
    gitlab = GitLab()
    gitlab.open_request(HEAD)
    street.behind = gitlab
    job.on_gitlab(street.address)
    return gitlab


def target(ran: Ran) -> dict[str, Any]:
    [found] = json.loads(ran.out)["targets"]
    return dict(found)


def about_token(ran: Ran) -> list[dict[str, str]]:
    """Return the checks of the connection and the token; those of the set-up follow."""
    found = target(ran)["checks"]
    names = [each["name"] for each in found]
    return list(found[: names.index("expected")] if "expected" in names else found)


def checks(ran: Ran) -> dict[str, tuple[str, str]]:
    return {each["name"]: (each["status"], each["detail"]) for each in about_token(ran)}


def hints(ran: Ran) -> dict[str, str]:
    return {each["name"]: each["hint"] for each in about_token(ran) if each["hint"]}


def doctor(place: Place, *more: str) -> Ran:
    return place.run("doctor", "--forge", "--format", "json", *more)


def test_the_token_of_actions_may_do_all_and_nothing_is_written(
    place: Place, github: GitHub, street: Door
) -> None:
    github.state.headers = {"GitHub-Authentication-Token-Expiration": "2099-03-31 08:00:00 UTC"}
    before = json.dumps(github.state.everything())
    ran = doctor(place)
    found = target(ran)

    assert (ran.code, found["kind"], found["name"], found["type"], found["address"]) == (
        0,
        "forge",
        "our-company/access",
        "github",
        street.address,
    )
    assert checks(ran) == {
        "configuration": ("ok", "a job of github for our-company/access"),
        "reachable": ("ok", "responds (404 Not Found)"),
        "tls": ("ok", "not encrypted, but within this machine"),
        "clock": ("ok", "as this machine's"),
        "credentials": ("ok", "from GITHUB_TOKEN"),
        "account": ("ok", "the token of an app; comments are expected from github-actions[bot]"),
        "right-read": ("ok", "the token may read pull requests"),
        "right-comment": ("ok", "the token may comment on pull requests"),
        "right-check": ("ok", "the token may set checks"),
        "right-issue": ("ok", "the token may open issues"),
        "right-events": ("ok", "the token may read whether the base of a pull request was changed"),
        "token-end": ("ok", "the token ends on 2099-03-31"),
        "version": ("ok", "GitHub names no version"),
        "rate-limit": ("ok", LIMITS),
    }
    assert json.dumps(github.state.everything()) == before


def test_a_token_that_only_reads_is_told_which_rights_it_lacks(
    place: Place, github: GitHub, job: Job
) -> None:
    job.set(GITHUB_TOKEN="ghs_fork")
    ran = doctor(place)
    assert github.asked("GET /user") == ["GET /user"]

    refused = "rejected the request (403): Resource not accessible by integration"
    found, asked = checks(ran), hints(ran)
    assert ran.code == 5
    assert {
        name: (found[name][0], refused in found[name][1]) for name in found if name.startswith("right")
    } == {
        "right-read": ("ok", False),
        "right-comment": ("failed", True),
        "right-check": ("failed", True),
        "right-issue": ("warning", True),
        "right-events": ("warning", True),
    }
    assert asked == {
        "right-comment": github_api.API.permissions,
        "right-check": github_api.API.permissions,
        "right-issue": "only the issue about drift needs `permissions: {issues: write}`",
        "right-events": "approvals need `permissions: {issues: read}`",
    }


def test_the_token_of_a_person_cannot_set_checks(place: Place, github: GitHub, job: Job) -> None:
    job.set(GITHUB_TOKEN="ghp_ana", GITHUB_ACTIONS="true")
    github.state.headers = {"X-GitHub-Enterprise-Version": "3.18.1"}
    found = checks(doctor(place))

    assert (found["account"], found["right-comment"][0], found["right-check"][0], found["version"]) == (
        ("ok", "user ana"),
        "ok",
        "failed",
        ("ok", "GitHub Enterprise Server 3.18.1"),
    )
    assert "You must authenticate via a GitHub App." in found["right-check"][1]
    assert github.state.issues == []


def test_without_a_pull_request_there_is_nothing_to_try_comments_on(place: Place, github: GitHub) -> None:
    github.state.pulls.clear()
    ran = doctor(place)

    found, skipped = checks(ran), ("skipped", "there is no pull request yet to try it on")
    assert (ran.code, found["right-comment"], found["right-events"]) == (0, skipped, skipped)


@pytest.mark.parametrize(
    "setting", [{"GITHUB_TOKEN": "ghs_wrong"}, {"GITHUB_REPOSITORY": "our-company/acess"}]
)
def test_a_wrong_token_and_a_wrong_repository_are_told_apart(
    place: Place, github: GitHub, job: Job, setting: dict[str, str]
) -> None:
    job.set(**setting)
    ran = doctor(place)

    found = checks(ran)
    is_wrong_token = "GITHUB_TOKEN" in setting
    assert (ran.code, found["account"][0], found["right-read"][0]) == (
        5,
        "failed" if is_wrong_token else "ok",
        "skipped" if is_wrong_token else "failed",
    )
    assert ("check the token from GITHUB_TOKEN" in hints(ran).values()) == is_wrong_token
    assert ("does not accept the token" in found["account"][1]) == is_wrong_token
    assert github.asked("POST .*") == [] or not is_wrong_token
    assert "ghs_wrong" not in ran.out


def test_an_issue_that_would_be_written_is_reported(place: Place, github: GitHub) -> None:
    github.add("POST .*/issues", status=201, body={"number": 1})
    ran = doctor(place)

    said = "sent an unexpected response: it accepted an invalid request for repos/our-company/access/issues"
    assert (ran.code, checks(ran)["right-issue"]) == (
        5,
        ("failed", f"GitHub at {target(ran)['address']} {said}"),
    )


def test_outside_of_a_job_the_environment_is_the_error(place: Place, job: Job) -> None:
    job.unset("GITHUB_REPOSITORY")
    ran = doctor(place)

    assert (ran.code, target(ran)["type"], target(ran)["address"], hints(ran)) == (
        1,
        None,
        None,
        {
            "configuration": (
                "elsewhere, set GITHUB_REPOSITORY and GITHUB_TOKEN, CI_PROJECT_ID and GITLAB_TOKEN, or"
                " GITEA_SERVER_URL, GITEA_REPOSITORY and GITEA_TOKEN"
            )
        },
    )
    text = place.run("doctor", "--forge").out
    assert text.startswith("Forge\n  failed  configuration  this is not a job of GitHub, GitLab or Gitea")


def test_a_token_is_not_sent_unencrypted(place: Place, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    job.on_github("http://github.example")
    ran = doctor(place)

    assert (ran.code, checks(ran)["credentials"][0], hints(ran)["credentials"]) == (
        1,
        "failed",
        "use https://, or --allow-http on a trusted network",
    )


def test_with_a_portal_both_are_checked(place: Place, github: GitHub) -> None:
    ran = doctor(place, "--portal", "local")

    assert [(each["kind"], each["name"]) for each in json.loads(ran.out)["targets"]] == [
        ("portal", "local"),
        ("forge", "our-company/access"),
    ]
    assert github.asked("GET /user") == ["GET /user"]


def test_a_token_of_a_gitlab_project_is_judged_by_its_scopes_and_role(place: Place, gitlab: GitLab) -> None:
    ran = doctor(place)

    found = checks(ran)
    setup = {each["name"]: each["status"] for each in target(ran)["checks"] if "setup-" in each["name"]}
    assert (setup["setup-visibility"], setup["setup-variables"]) == ("ok", "skipped")
    assert (ran.code, {name: found[name] for name in list(found)[5:]}) == (
        0,
        {
            "account": ("ok", "user project_42_bot"),
            "right-read": ("ok", "the token may read merge requests"),
            "right-scope": ("ok", "the scopes of the token: api"),
            "right-role": ("ok", "role in the project: Developer"),
            "token-end": ("ok", "the forge names no end of the token"),
            "version": ("ok", "GitLab 19.2.1-ee"),
            "rate-limit": ("ok", "no rate limit in the headers of the responses"),
        },
    )
    assert not gitlab.asked("(POST|PUT|DELETE) .*")


def test_approvers_in_the_configuration_must_be_able_to_approve(place: Place, gitlab: GitLab) -> None:
    approvers = "l@our-company.example, approvers: {gitlab: [bo, zoe], github: [elsewhere]}}"
    place.write(reconciler=CONFIGURATION.replace("l@our-company.example}", approvers))
    ran = doctor(place)

    [found] = [each for each in target(ran)["checks"] if each["name"] == "setup-approvers"]
    assert (ran.code, found["status"], found["detail"]) == (0, "warning", "zoe is not a member")
    assert gitlab.asked("GET .*/members/all") == ["GET /api/v4/projects/42/members/all"]


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (
            "glpat-reporter",
            {
                "name": "right-role",
                "detail": "role in the project: Reporter",
                "hint": "notes and statuses need at least the role Developer",
            },
        ),
        (
            "glpat-reader",
            {
                "name": "right-scope",
                "detail": "the scopes of the token: read_api, self_rotate",
                "hint": "create a token with the scope `api`",
            },
        ),
    ],
)
def test_a_token_of_gitlab_that_cannot_write_is_told(
    place: Place, gitlab: GitLab, job: Job, token: str, expected: dict[str, str]
) -> None:
    job.set(GITLAB_TOKEN=token)
    ran = doctor(place)

    wrong = [each for each in target(ran)["checks"] if each["status"] == "failed"]
    assert (ran.code, wrong) == (5, [{**expected, "status": "failed", "fix": "", "exitCode": 5}])
    assert gitlab.notes == []


def test_a_wrong_project_of_gitlab_is_told(place: Place, gitlab: GitLab, job: Job) -> None:
    job.set(CI_PROJECT_ID="43")
    ran = doctor(place)

    found = checks(ran)
    assert (found["right-read"][0], found["right-role"], hints(ran)["right-read"]) == (
        "failed",
        ("skipped", "not checked, because the check `right-read` failed"),
        "check that 43 exists and that the token can read it",
    )
    assert gitlab_api.API.name in found["right-read"][1]
    assert gitlab.asked("POST .*") == []
