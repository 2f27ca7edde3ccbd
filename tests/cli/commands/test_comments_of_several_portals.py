"""Each portal has its own comment, check and issue, as if it was planned alone."""

import json

import pytest

from tests.cli.forging import HEAD, MERGED, Job
from tests.cli.running import CONFIGURATION, Place
from tests.forge.github_server import GitHub

AWAY = '    away: {type: embedded, url: "http://127.0.0.1:9", token: {env: PORTAL_TOKEN}}'
LAB = "    lab: {type: embedded, database: .reconciler/lab.db}"
PLANS = ("plans/lab.json", "plans/local.json")


@pytest.fixture
def planned(place: Place) -> Place:
    """Two portals, and a plan for each."""
    place.write(reconciler=CONFIGURATION.replace(AWAY, LAB))
    place.run("plan", "--portal", "all", "--out", "plans/")
    return place


def markers(github: GitHub) -> list[str]:
    return [each["body"].splitlines()[0] for each in github.state.comments]


def digests(place: Place) -> dict[str, str]:
    found = [json.loads((place.folder / each).read_text()) for each in PLANS]
    return {each["portal"]: each["digest"] for each in found}


def test_each_plan_has_its_comment_and_its_check(planned: Place, github: GitHub) -> None:
    ran = planned.run("comment", "plan", *PLANS)

    assert (
        ran.code,
        markers(github),
        [(each["name"], each["external_id"]) for each in github.state.check_runs],
    ) == (
        0,
        ["<!-- reconciler plan lab -->", "<!-- reconciler plan local -->"],
        [
            *((f"reconciler plan ({portal})", digest) for portal, digest in digests(planned).items()),
            ("reconciler/approvals", ""),
        ],
    )


def test_a_plan_that_cannot_be_read_does_not_stop_the_next_one(planned: Place, github: GitHub) -> None:
    (planned.folder / "plans" / "lab.json").write_text("{}")
    ran = planned.run("comment", "plan", *PLANS)

    assert (ran.code, ran.err.partition(": ")[2].partition(": ")[0], markers(github)) == (
        4,
        "plans/lab.json",
        ["<!-- reconciler plan local -->"],
    )


def test_each_receipt_replaces_the_comment_of_its_plan(planned: Place, github: GitHub, job: Job) -> None:
    planned.run("comment", "plan", *PLANS)
    planned.run("apply", *PLANS)
    github.state.merge(1, MERGED)
    job.merges()
    receipts = sorted((planned.folder / ".reconciler" / "receipts").iterdir())
    ran = planned.run("comment", "receipt", *map(str, receipts), *(f"--plan={each}" for each in PLANS))

    assert (
        ran.code,
        markers(github),
        sorted(each["body"].splitlines()[2].partition(" at ")[0] for each in github.state.comments),
    ) == (
        0,
        ["<!-- reconciler plan lab -->", "<!-- reconciler plan local -->"],
        ["### ✅ Applied to `lab`", "### ✅ Applied to `local`"],
    )


def test_a_plan_without_a_receipt_is_reported_as_not_applied(
    planned: Place, github: GitHub, job: Job
) -> None:
    planned.run("apply", "plans/lab.json")
    github.state.merge(1, MERGED)
    job.merges()
    (receipt,) = (planned.folder / ".reconciler" / "receipts").iterdir()
    ran = planned.run("comment", "receipt", str(receipt), *(f"--plan={each}" for each in PLANS))

    assert (
        ran.code,
        [each["body"].splitlines()[2].partition(" at ")[0] for each in github.state.comments],
    ) == (
        0,
        ["### ✅ Applied to `lab`", "### 🔴 Merged but not applied to `local`"],
    )


def test_each_portal_has_its_issue_about_drift(planned: Place, github: GitHub) -> None:
    ran = planned.run("comment", "drift", *PLANS)

    assert (ran.code, [each["title"] for each in github.state.issues]) == (
        0,
        ["The portal lab differs from the files", "The portal local differs from the files"],
    )


def test_the_approved_digests_of_all_portals_let_apply_apply_these_plans(
    planned: Place, github: GitHub, job: Job
) -> None:
    planned.run("comment", "plan", *PLANS)
    github.state.merge(1, MERGED)
    job.merges()
    approved = planned.run("approved", "--commit", MERGED, "--portal", "all")
    applied = planned.run("apply", "--portal", "all", "--approved", approved.out)

    assert (approved.code, approved.out.split(), applied.code) == (
        0,
        [digests(planned)["local"], digests(planned)["lab"]],
        0,
    )


def test_a_portal_without_an_approved_plan_is_an_error_beside_the_others(
    planned: Place, github: GitHub, job: Job
) -> None:
    planned.run("comment", "plan", "plans/lab.json")
    github.state.merge(1, MERGED)
    job.merges()
    ran = planned.run("approved", "--commit", MERGED, "--portal", "local,lab")

    assert (ran.code, ran.out, ran.err.partition("no check")[0]) == (
        4,
        f"{digests(planned)['lab']}\n",
        f'Error: portal "local": pull request 1, at its last commit {HEAD}, has ',
    )
