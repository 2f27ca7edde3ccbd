"""What holds for every workflow: small rights, pinned actions, no text of others in a shell."""

import re
from itertools import chain
from typing import Any, Final

import pytest
import yaml

from tests.workflows.acting import ROOT, WORKFLOWS

FILES: Final = sorted(WORKFLOWS.glob("*.yml"))
OURS: Final = [WORKFLOWS / name for name in ("plan.yml", "apply.yml", "daily.yml")]
RIGHTS: Final[Any] = {
    "plan.yml": {
        "validate": {"contents": "read"},
        "fork": {"contents": "read"},
        "plan": {"contents": "read"},
        "report": {"contents": "read", "checks": "write", "issues": "read", "pull-requests": "write"},
    },
    "apply.yml": {
        "apply": {"contents": "read", "checks": "read", "issues": "read", "pull-requests": "read"},
        "report": {"contents": "read", "pull-requests": "write"},
    },
    "review.yml": {"review": {}},
    "approvals.yml": {
        "approvals": {
            "actions": "read",
            "checks": "write",
            "contents": "read",
            "issues": "read",
            "pull-requests": "write",
        }
    },
    "daily.yml": {
        "expire": {"contents": "read"},
        "compare": {"contents": "read"},
        "report": {"contents": "read", "issues": "write"},
    },
}
# Those whose first job reads with secrets, and whose second job writes to the forge.
IN_TWO_JOBS: Final = {
    "capture.yml": "reconciler-plan",
    "people.yml": "reconciler-people",
    "sync.yml": "reconciler-sync",
}
WITH_RIGHTS_OF_MAIN: Final = {
    "fork.yml": {"actions": "read", "contents": "read", "pull-requests": "write"},
    "approvals.yml": RIGHTS["approvals.yml"]["approvals"],
}
every_workflow = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
each_with_known_rights = pytest.mark.parametrize("name", RIGHTS)
each_of_ours = pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)


def read(path: Any) -> Any:
    # PyYAML takes the key `on` for a boolean.
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506  the loader that makes only text


def steps(workflow: Any) -> list[Any]:
    return list(chain.from_iterable(job["steps"] for job in workflow["jobs"].values()))


@every_workflow
def test_nothing_is_allowed_but_what_a_job_asks_for(path: Any) -> None:
    workflow = read(path)

    assert workflow["permissions"] == {}
    assert [name for name, job in workflow["jobs"].items() if "permissions" not in job] == []


@every_workflow
def test_no_job_runs_for_ever(path: Any) -> None:
    assert [name for name, job in read(path)["jobs"].items() if "timeout-minutes" not in job] == []


@every_workflow
def test_actions_of_others_are_pinned_by_their_commit_and_say_their_version(path: Any) -> None:
    used = re.findall(r"uses: (.*)", path.read_text())

    pinned = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [each for each in used if each != "./" and not pinned.fullmatch(each)] == []


@every_workflow
def test_no_text_of_others_becomes_part_of_a_script(path: Any) -> None:
    assert [step["run"] for step in steps(read(path)) if "${{" in step.get("run", "")] == []


@every_workflow
def test_no_credentials_stay_in_a_checkout(path: Any) -> None:
    checkouts = [step for step in steps(read(path)) if step.get("uses", "").startswith("actions/checkout@")]

    assert checkouts != [] or path.name == "review.yml"
    assert {step["with"]["persist-credentials"] for step in checkouts} <= {"false"}


@every_workflow
def test_what_runs_with_the_rights_of_main_for_a_stranger_has_no_secret_and_runs_nothing_of_theirs(
    path: Any,
) -> None:
    workflow = read(path)
    if path.name not in WITH_RIGHTS_OF_MAIN:
        assert {"pull_request_target", "workflow_run"} & set(workflow["on"]) == set()
        return
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert ["ref" in step["with"] for step in checkouts] == [False]
    assert "secrets." not in path.read_text()
    assert [job["permissions"] for job in workflow["jobs"].values()] == [WITH_RIGHTS_OF_MAIN[path.name]]


def test_what_a_review_starts_has_no_right_and_nothing_of_the_branch() -> None:
    workflow = read(WORKFLOWS / "review.yml")

    assert list(workflow["on"]) == ["pull_request_review"]
    assert [step for step in steps(workflow) if "uses" in step or "env" in step] == []
    assert {str(job["permissions"]) for job in workflow["jobs"].values()} == {"{}"}


def test_two_workflows_that_report_about_a_head_wait_for_each_other() -> None:
    plan, approvals = (read(WORKFLOWS / name) for name in ("plan.yml", "approvals.yml"))
    queues = [plan["jobs"]["report"]["concurrency"], approvals["concurrency"]]

    assert [each["group"] for each in queues] == [
        "report-${{ github.event.pull_request.head.sha }}",
        "report-${{ github.event.workflow_run.head_sha }}",
    ]
    assert [(each["queue"], each["cancel-in-progress"]) for each in queues] == [("max", "false")] * 2


@every_workflow
def test_nothing_is_kept_in_a_cache_that_a_branch_could_fill(path: Any) -> None:
    assert re.findall(r"actions/cache|\bcache(?:-[a-z]+)?:", path.read_text()) == []


@each_with_known_rights
def test_each_job_has_the_rights_it_is_known_to_need(name: str) -> None:
    jobs = read(WORKFLOWS / name)["jobs"]

    assert {job: each["permissions"] for job, each in jobs.items()} == RIGHTS[name]


@each_of_ours
def test_no_job_has_both_a_portals_token_and_the_right_to_write_to_the_forge(path: Any) -> None:
    jobs = read(path)["jobs"].values()

    with_secrets = [job for job in jobs if "secrets." in str(job)]
    assert with_secrets != []
    assert {right for job in with_secrets for right in job["permissions"].values()} == {"read"}
    assert all(job["environment"] in {"reconciler-plan", "reconciler-apply"} for job in with_secrets)


@pytest.mark.parametrize("name", IN_TWO_JOBS)
def test_the_job_with_the_secrets_of_a_source_cannot_write_to_the_forge(name: str) -> None:
    jobs = read(WORKFLOWS / name)["jobs"]
    secrets = {job: set(re.findall(r"secrets\.(\w+)", str(each))) for job, each in jobs.items()}

    assert list(jobs) == ["read", "propose"]
    assert (jobs["read"]["permissions"], jobs["read"]["environment"]) == (
        {"contents": "read"},
        IN_TWO_JOBS[name],
    )
    assert (secrets["propose"], len(secrets["read"])) == ({"RECONCILER_APP_KEY"}, 1)
    given = [step["name"] for step in jobs["read"]["steps"] if "secrets." in str(step)]
    assert given in (["Capture"], ["Pull"], ["Sync"])


@each_of_ours
def test_the_portals_token_is_given_only_to_the_steps_that_speak_to_it(path: Any) -> None:
    given = [step for step in steps(read(path)) if "secrets." in str(step)]

    assert given != []
    spoken = re.compile(r"^ *reconciler (plan|apply) ", re.MULTILINE)
    # An action that is given it would have it while it installs, too.
    assert [step["name"] for step in given if not spoken.search(step.get("run", ""))] == []
    assert all("PORTAL_TOKEN" not in job.get("env", {}) for job in read(path)["jobs"].values())


def test_whatever_writes_to_the_portal_waits_for_its_turn_and_is_not_cancelled() -> None:
    queues = [read(WORKFLOWS / name)["concurrency"] for name in ("apply.yml", "daily.yml")]

    assert queues == [{"group": "reconciler-writes", "queue": "max", "cancel-in-progress": "false"}] * 2


def test_a_pull_request_is_planned_again_when_its_base_changes_and_no_edit_passes_a_required_check() -> None:
    workflow = read(WORKFLOWS / "plan.yml")

    assert "edited" in workflow["on"]["pull_request"]["types"]
    # A job that is skipped counts as passed, and its check takes the place of one that failed.
    assert [job["name"] for job in workflow["jobs"].values() if "event.action" in job.get("if", "")] == []
    assert "event.changes" not in str(workflow["jobs"])


def test_each_job_that_takes_a_branch_refuses_another_base_before_anything_else() -> None:
    jobs = read(WORKFLOWS / "plan.yml")["jobs"]
    of_branch = {name: job["steps"] for name, job in jobs.items() if "needs" not in job}

    assert set(of_branch) == {"validate", "fork", "plan"}
    assert len({str(steps[0]) for steps in of_branch.values()}) == 1
    assert of_branch["plan"][0]["name"] == "Refuse another base"
    assert not {"if", "continue-on-error"} & set(of_branch["plan"][0])


@each_of_ours
def test_a_plan_is_written_into_a_folder_that_the_job_has_just_made(path: Any) -> None:
    runs = [step.get("run", "") for step in steps(read(path))]
    planning = [run for run in runs if "reconciler plan" in run and "--out" in run]

    assert planning != []
    assert [run for run in planning if not re.search(r"^ *mkdir \S", run, re.MULTILINE)] == []
    assert [run for run in planning if "mkdir -" in run] == []


def test_no_receipt_that_a_commit_holds_is_taken_for_one_of_the_run() -> None:
    jobs = {name: read(WORKFLOWS / name)["jobs"] for name in ("apply.yml", "daily.yml")}
    writing = [
        job for each in jobs.values() for job in each.values() if job.get("environment") == "reconciler-apply"
    ]

    assert len(writing) == 2
    for job in writing:
        runs = [step.get("run", step.get("with", {}).get("command", "")) for step in job["steps"]]
        taken_away = next(place for place, run in enumerate(runs) if "rm -rf .reconciler" in run)
        assert not any(re.search("plan|apply|receipts", run) for run in runs[:taken_away])


def test_the_comment_is_told_of_also_when_apply_failed_or_was_cancelled() -> None:
    condition = read(WORKFLOWS / "apply.yml")["jobs"]["report"]["if"]

    assert condition.startswith("${{ always() && github.event_name == 'push' && ")


def test_no_input_of_the_action_becomes_part_of_a_script() -> None:
    action = read(ROOT / "action.yml")

    assert [step["name"] for step in action["runs"]["steps"] if "${{" in step["run"]] == []
    used = re.findall(r"\binputs\.([a-z]+)", str(action["runs"]))
    assert {*used} == {*action["inputs"]}
