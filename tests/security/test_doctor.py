"""A portal that sends credentials back, commands of a runner and of a terminal; doctor prints none."""

import json
import shlex
import unicodedata

import pytest

from tests.cli.conftest import github, job, street
from tests.cli.forging import Job
from tests.cli.running import CONFIGURATION, Place
from tests.forge.github_server import GitHub
from tests.http.loopback import serving

__all__ = ["github", "job", "street"]

TOKEN = "rpt_9f3a-secret"
HOSTILE = f"::error::{TOKEN} \x1b[31m\u202e ##[command]{TOKEN}"


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {"Content-Type": "application/json"}, '{"name": "%s", "scope": "%s"}'),
        (403, {"Content-Type": "application/problem+json"}, '{"detail": "%s", "title": "%s"}'),
        (302, {"Location": f"https://evil.example/{TOKEN}"}, "%s %s"),
        (200, {"Content-Type": f"text/{TOKEN}", "RateLimit-Policy": TOKEN}, "%s %s"),
    ],
)
def test_doctor_prints_no_secret_and_no_command(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    output: str,
    status: int,
    headers: dict[str, str],
    body: str,
) -> None:
    said = HOSTILE.replace("\x1b", "\\u001b")
    monkeypatch.setenv("PORTAL_TOKEN", TOKEN)
    with serving([], status=status, headers=headers, body=(body % (said, said)).encode()) as port:
        place.write(reconciler=CONFIGURATION.replace("http://127.0.0.1:9", f"http://127.0.0.1:{port}"))
        ran = place.run("doctor", "--portal", "away", "--format", output)

    printed = ran.out + ran.err
    hidden = {each for each in printed if unicodedata.category(each) in {"Cc", "Cf"}} - {"\n"}
    assert (ran.code, TOKEN in printed, hidden, "##[" in printed) == (5, False, set(), False)
    assert not [line for line in printed.splitlines() if line.lstrip().startswith("::")]


def test_a_call_that_doctor_shows_runs_nothing_that_the_forge_names(
    place: Place, github: GitHub, job: Job
) -> None:
    job.set(GITHUB_TOKEN="ghp_olga")
    branch = "main' ; touch pwned ; '$(id)"
    repository = {"private": True, "default_branch": branch}
    github.add("GET /repos/our-company/access", status=200, body=repository, times=9)
    ran = place.run("doctor", "--forge", "--format", "json")

    fixes = [each["fix"] for each in json.loads(ran.out)["targets"][0]["checks"] if "pwned" in each["fix"]]
    assert len(fixes) == 2
    for fix in fixes:
        calls = [list(shlex.shlex(call, posix=True, punctuation_chars=True)) for call in fix.split(" && ")]
        assert [word for call in calls for word in call if word in {";", "touch", "|", "&"}] == []
    assert github.asked(r"GET /repos/our-company/access/rules/branches/main' ; touch pwned ; '\$\(id\)")


def test_rules_of_another_form_are_an_error_of_one_check(place: Place, github: GitHub) -> None:
    rules = [{"type": "pull_request", "parameters": {"require_code_owner_review": {"a": []}}}]
    github.add("GET .*/rules/branches/main", status=200, body=rules)
    ran = place.run("doctor", "--forge", "--format", "json")

    checks = {each["name"]: each["status"] for each in json.loads(ran.out)["targets"][0]["checks"]}
    assert (ran.code, checks["setup-reviews"], checks["setup-labels"]) == (1, "failed", "warning")
