"""`reconciler comment plan` shows who approved, in the comment and in the check `reconciler/approvals`."""

import re
from typing import Any

import pytest

from reconciler.model.plan import Plan
from tests.cli.forging import HEAD, MERGED, NEWER, Job
from tests.cli.running import Place, Ran
from tests.forge.github_server import GitHub
from tests.forge.gitlab_server import GitLab
from tests.forge.reviewed import asking, saved

CHECK = "reconciler/approvals"
TABLE = re.compile(r"\*\*Approvals\*\*\n\n((?:\|.*\n)+)")
HEADS = ["Owner", "For what", "Who can approve", "Approved by", "Missing"]


@pytest.fixture
def plan(place: Place) -> str:
    """A plan that bo and cy have to approve, of a pull request by ana."""
    return saved(asking(logistics=("bo",), payments=("cy", "ana")), place.folder)


def check(github: GitHub) -> dict[str, Any]:
    (found,) = [each for each in github.state.check_runs if each["name"] == CHECK]
    return found


def shown(github: GitHub) -> tuple[str, str | None, str]:
    found = check(github)
    return found["status"], found["conclusion"], found["output"]["title"]


def body(github: GitHub) -> str:
    (comment,) = github.state.comments
    return str(comment["body"])


def rows(text: str) -> list[list[str]]:
    """Return the cells of the table in a comment."""
    (table,) = TABLE.findall(text)
    heads, _, *others = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    assert heads == HEADS
    return others


def test_missing_approvals_are_shown_and_asked_for(place: Place, github: GitHub, plan: str) -> None:
    ran = place.run("comment", "plan", plan)

    assert ran == Ran(
        0,
        "",
        "Comment on #1: created.\n"
        f'Check "reconciler plan (local)" at {HEAD}: neutral.\n'
        f'Check "{CHECK}" at {HEAD}: pending.\n'
        "Missing: logistics (bo), payments (cy).\n"
        "Asked for a review: bo, cy.\n",
    )
    assert shown(github) == ("in_progress", None, "Missing: logistics (bo), payments (cy)")
    assert rows(body(github)) == [
        ["`logistics`", "`access-group/logistics`", "`bo`", "", "⏳ **missing**"],
        ["`payments`", "`access-group/payments`", "`cy`", "", "⏳ **missing**"],
    ]
    assert [each["login"] for each in github.state.pulls[1]["requested_reviewers"]] == ["bo", "cy"]


def test_after_the_reviews_only_the_table_and_the_check_are_others(
    place: Place, github: GitHub, plan: str
) -> None:
    place.run("comment", "plan", plan)
    before = body(github)
    reviews = [github.state.review(1, login, "APPROVED") for login in ("bo", "cy")]
    ran = place.run("comment", "plan", plan, f"--commit={HEAD}")

    assert (ran.code, shown(github)) == (
        0,
        ("completed", "success", "Approved: logistics (bo), payments (cy)"),
    )
    assert rows(body(github)) == [
        ["`logistics`", "`access-group/logistics`", "`bo`", f"[`bo`]({reviews[0]['html_url']})", ""],
        ["`payments`", "`access-group/payments`", "`cy`", f"[`cy`]({reviews[1]['html_url']})", ""],
    ]
    assert TABLE.sub("", body(github)) == TABLE.sub("", before)
    assert check(github)["output"]["summary"].startswith("No required approval is missing.\n\n| Owner |")


def test_people_are_asked_once_also_if_somebody_removes_them(place: Place, github: GitHub, plan: str) -> None:
    place.run("comment", "plan", plan)
    github.state.remove_request(1, "bo")
    ran = place.run("comment", "plan", plan)

    assert (ran.code, "Asked" in ran.err) == (0, False)
    assert [each["login"] for each in github.state.pulls[1]["requested_reviewers"]] == ["cy"]


def test_the_summary_of_the_job_has_the_table(place: Place, github: GitHub, job: Job, plan: str) -> None:
    summary = place.folder / "summary.md"
    job.set(GITHUB_STEP_SUMMARY=str(summary))
    place.run("comment", "plan", plan)

    assert summary.read_text() == f"{body(github)}\n"


@pytest.mark.parametrize("plan", [asking(), asking(mode="off", logistics=("bo",))])
def test_where_nobody_is_asked_the_check_passes(place: Place, github: GitHub, plan: Plan) -> None:
    ran = place.run("comment", "plan", saved(plan, place.folder))

    assert (ran.code, shown(github), check(github)["output"]["summary"]) == (
        0,
        ("completed", "success", "No approval is needed"),
        "No approval is needed.\n",
    )


def test_what_cannot_be_checked_does_not_block(place: Place, github: GitHub) -> None:
    place.run("comment", "plan", saved(asking("logistics"), place.folder))

    assert shown(github) == ("completed", "neutral", "Cannot be checked: logistics")
    assert rows(body(github))[0][3:] == [
        "",
        "cannot be checked<br>there are no approvers; add people to `owners.logistics.approvers.github`",
    ]


def test_several_plans_have_one_check_and_the_owners_of_their_portal(place: Place, github: GitHub) -> None:
    plans = [
        saved(asking(logistics=("bo",)), place.folder, "local.json"),
        saved(asking(portal="lab", payments=("cy",)), place.folder, "lab.json"),
    ]
    place.run("comment", "plan", *plans)

    assert shown(github)[2] == "Missing: logistics (bo), payments (cy)"
    assert [rows(each["body"])[0][0] for each in github.state.comments] == ["`logistics`", "`payments`"]


def test_the_check_waits_if_not_all_plans_can_be_read(place: Place, github: GitHub) -> None:
    (place.folder / "lab.json").write_text("{}")
    ran = place.run("comment", "plan", "lab.json", saved(asking(), place.folder))

    assert (ran.code, shown(github)) == (4, ("in_progress", None, "Unknown: not all plans could be read"))


def test_a_job_that_knows_the_commit_finds_the_pull_request(
    place: Place, github: GitHub, job: Job, plan: str
) -> None:
    job.merges()
    github.state.open_pull(NEWER)
    ran = place.run("comment", "plan", plan, f"--commit={HEAD}")

    assert (ran.code, ran.err.splitlines()[0], check(github)["head_sha"]) == (
        0,
        "Comment on #1: created.",
        HEAD,
    )


def test_a_commit_that_is_no_head_of_an_open_pull_request_gets_nothing(
    place: Place, github: GitHub, job: Job, plan: str
) -> None:
    job.merges()
    github.state.merge(1, MERGED)
    ran = place.run("comment", "plan", plan, f"--commit={HEAD}")

    assert ran == Ran(0, "", f"No open pull request has the head {HEAD}; nothing was written.\n")
    assert (github.state.comments, github.state.check_runs) == ([], [])


def test_a_commit_that_is_the_head_of_several_does_not_choose_one(
    place: Place, github: GitHub, job: Job, plan: str
) -> None:
    job.merges()
    github.state.open_pull(HEAD)
    ran = place.run("comment", "plan", plan, f"--commit={HEAD}")

    assert ran == Ran(
        1,
        "",
        f"Error: several open pull requests have the head {HEAD}: #1, #2\n"
        "Hint: name one with --pull-request\n",
    )
    assert (github.state.comments, github.state.check_runs) == ([], [])


def test_the_receipt_of_a_merged_pull_request_stays(place: Place, github: GitHub, plan: str) -> None:
    place.run("comment", "plan", plan)
    place.run("comment", "plan", plan, "--merged", "--pull-request=1")
    receipt = body(github)
    github.state.merge(1, MERGED)
    ran = place.run("comment", "plan", plan)

    assert (ran.code, ran.err.splitlines()[0]) == (0, "#1 is merged or closed; its comment was left alone.")
    assert body(github) == receipt
    assert "Merged" in receipt


def test_an_older_commit_gets_no_check_of_approvals(place: Place, github: GitHub, plan: str) -> None:
    github.state.push(1, NEWER)
    place.run("comment", "plan", plan)

    assert [each["name"] for each in github.state.check_runs] == ["reconciler plan (local)"]


@pytest.mark.usefixtures("github")
def test_a_forge_that_refuses_leaves_the_plan_in_the_summary_of_the_job(
    place: Place, job: Job, plan: str
) -> None:
    summary = place.folder / "summary.md"
    job.set(GITHUB_STEP_SUMMARY=str(summary), GITHUB_TOKEN="ghs_wrong")
    ran = place.run("comment", "plan", plan)

    assert (ran.code, "**Required approvals**" in summary.read_text()) == (5, True)


def test_a_status_of_gitlab_waits_until_all_have_approved(place: Place, gitlab: GitLab, plan: str) -> None:
    def statuses() -> list[tuple[str, str]]:
        return [(each["status"], each["description"]) for each in gitlab.statuses if each["name"] == CHECK]

    place.run("comment", "plan", plan)
    first = statuses()
    gitlab.approve(1, "bo")
    place.run("comment", "plan", plan)
    second = statuses()
    gitlab.approve(1, "cy")
    ran = place.run("comment", "plan", plan)

    assert ran.code == 0
    assert [each[-1] for each in (first, second, statuses())] == [
        ("pending", "Missing: logistics (bo), payments (cy)"),
        ("pending", "Missing: payments (cy)"),
        ("success", "Approved: logistics (bo), payments (cy)"),
    ]
    (note,) = [each for each in gitlab.notes if not each["system"]]
    assert [row[3:] for row in rows(note["body"])] == [
        [f"[`{login}`]({gitlab.merge_requests[1]['web_url']})", ""] for login in ("bo", "cy")
    ]
