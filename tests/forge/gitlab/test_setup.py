"""Whether a project is set up as its pipeline needs it, and the calls of glab that set what is missing."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from reconciler.forge.gitlab import GitLab
from reconciler.model.forge import Forge
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import CheckResult, ok, skipped
from tests.forge.gitlab_settings import MAINTAINERS, NOBODY, Settings, variable
from tests.forge.glab_calls import run_fix
from tests.forge.stages import OnGitLab, on, writes

DEVELOPERS = {"id": 3, "access_level": 30, "access_level_description": "Developers + Maintainers"}
KEY = {"id": 4, "access_level": 0, "access_level_description": "Deploy", "deploy_key_id": 5}
GROUP = {**NOBODY, "access_level": None, "group_id": 9}
EXPECTED = ExpectedSetup(secrets={"production": ("PORTAL_TOKEN",)}, approvers=("@bo", "cy"))
GOOD = {
    "setup-visibility": ok("the project is private"),
    "setup-branch": ok("main is protected, and nobody can push to it"),
    "setup-merge-checks": ok("the pipeline of a merge request must succeed"),
    "setup-approvals": skipped("approval settings are a feature of GitLab Premium"),
    "setup-code-owners": skipped(
        "approvals of code owners are a feature of GitLab Premium, for protected branches"
    ),
    "setup-approvers": ok("all approvers can approve"),
    "setup-variables": ok("the tokens are masked, and each is limited to its environments"),
    "setup-job-token": ok("job tokens of other projects have no access"),
    "setup-order": ok("jobs that write wait in their order"),
    "setup-schedule": ok("a schedule runs on main"),
}


def found(
    stage: OnGitLab, who: str = "glpat-owner", expected: ExpectedSetup = EXPECTED
) -> dict[str, CheckResult]:
    async def work(forge: Forge) -> dict[str, CheckResult]:
        checks = cast("GitLab", forge).setup_checks(expected)
        return {each.name: await each.run() for each in checks}

    return on(stage, work, stage.settings(who))


def changed(change: Callable[[Settings], Any]) -> tuple[OnGitLab, dict[str, CheckResult]]:
    """Return what is found after a change, but what is as good as before."""
    stage = OnGitLab()
    change(stage.server.settings)
    return stage, {name: result for name, result in found(stage).items() if result != GOOD[name]}


def test_a_project_that_is_set_up_is_good_and_nothing_is_written() -> None:
    stage = OnGitLab()

    assert (found(stage), writes(stage.server.requests)) == (GOOD, [])


def test_what_only_maintainers_may_read_is_skipped() -> None:
    hidden = skipped(
        "the token may not read it (403: 403 Forbidden)", "a token of a maintainer can, in GITLAB_TOKEN"
    )
    names = ("setup-branch", "setup-code-owners", "setup-variables", "setup-job-token")

    assert found(OnGitLab(), "glpat-bot") == {**GOOD, **dict.fromkeys(names, hidden)}


def of_project(**changes: Any) -> Callable[[Settings], None]:
    return lambda settings: settings.project.update(changes)


def of_branch(**changes: Any) -> Callable[[Settings], None]:
    return lambda settings: settings.branches["main"].update(changes)


def of_variable(number: int, key: str, scope: str, **more: Any) -> Callable[[Settings], None]:
    def change(settings: Settings) -> None:
        settings.variables[number] = variable(key, scope, **more)

    return change


CASES: dict[str, tuple[Callable[[Settings], Any], str, str, str]] = {
    "visibility": (of_project(visibility="internal"), "visibility", "failed", "the project is internal"),
    "pipelines": (
        of_project(only_allow_merge_if_pipeline_succeeds=False),
        "merge-checks",
        "failed",
        "pipelines need not succeed before a merge",
    ),
    "skipped pipelines": (
        of_project(allow_merge_on_skipped_pipeline=True),
        "merge-checks",
        "failed",
        "a skipped pipeline counts as successful",
    ),
    "no protection": (
        lambda settings: settings.branches.clear(),
        "branch",
        "failed",
        "main is not protected",
    ),
    "maintainers push": (
        of_branch(push_access_levels=[MAINTAINERS]),
        "branch",
        "failed",
        "main can be pushed to",
    ),
    "a key pushes": (
        of_branch(push_access_levels=[NOBODY, KEY]),
        "branch",
        "failed",
        "main can be pushed to",
    ),
    "a group pushes": (of_branch(push_access_levels=[GROUP]), "branch", "failed", "main can be pushed to"),
    "developers merge": (
        of_branch(merge_access_levels=[DEVELOPERS]),
        "branch",
        "warning",
        "developers can merge into main",
    ),
    "not protected": (
        of_variable(1, "PORTAL_TOKEN", "reconciler-apply"),
        "variables",
        "failed",
        "PORTAL_TOKEN (reconciler-apply) is not protected, so every branch can use it",
    ),
    "not masked": (
        of_variable(0, "PORTAL_TOKEN", "reconciler-plan", masked=False),
        "variables",
        "failed",
        "PORTAL_TOKEN (reconciler-plan) is not masked",
    ),
    "for all": (
        lambda settings: settings.variables.__setitem__(
            slice(2), [variable("PORTAL_TOKEN", "*", protected=True)]
        ),
        "variables",
        "failed",
        "PORTAL_TOKEN (*) is for more than one kind of job",
    ),
    "for plan and apply": (
        lambda settings: settings.variables.__setitem__(
            slice(2), [variable("PORTAL_TOKEN", "reconciler-*", protected=True)]
        ),
        "variables",
        "failed",
        "PORTAL_TOKEN (reconciler-*) is for more than one kind of job",
    ),
    "forge for all": (
        of_variable(2, "GITLAB_TOKEN", "*"),
        "variables",
        "failed",
        "GITLAB_TOKEN (*) is for more than one kind of job",
    ),
    "no variables": (
        lambda settings: settings.variables.clear(),
        "variables",
        "warning",
        (
            "no variable PORTAL_TOKEN (reconciler-plan); no variable PORTAL_TOKEN (reconciler-apply);"
            " no variable GITLAB_TOKEN (reconciler-*), unless a group has them"
        ),
    ),
    "job token": (
        lambda settings: settings.job_token.update(inbound_enabled=False),
        "job-token",
        "failed",
        "job tokens of all projects have access",
    ),
    "order": (
        lambda settings: settings.groups["reconciler-writes"].update(process_mode="unordered"),
        "order",
        "warning",
        "jobs that write do not wait in their order",
    ),
    "no active schedule": (
        lambda settings: settings.schedules[0].update(active=False),
        "schedule",
        "warning",
        "no schedule is active on main",
    ),
    "schedule of another branch": (
        lambda settings: settings.schedules[0].update(ref="next"),
        "schedule",
        "warning",
        "no schedule is active on main",
    ),
}


@pytest.mark.parametrize(("change", "name", "status", "detail"), CASES.values(), ids=CASES.keys())
def test_a_missing_step_is_shown_with_the_calls_that_set_it(
    change: Callable[[Settings], Any], name: str, status: str, detail: str
) -> None:
    stage, differing = changed(change)
    [(missing, result)] = differing.items()

    assert (missing, result.status, result.detail) == (f"setup-{name}", status, detail)
    run_fix(stage.server, result.fix)
    assert found(stage) == GOOD


def test_before_the_first_job_the_order_cannot_be_set() -> None:
    _, differing = changed(lambda settings: settings.groups.clear())

    assert differing["setup-order"] == CheckResult(
        "warning",
        "no job has written yet",
        "the call works after the first job of `apply`",
        "GITLAB_HOST=gitlab.example glab api --method PUT projects/42/resource_groups/reconciler-writes"
        " --field process_mode=oldest_first",
    )


@pytest.mark.parametrize(
    ("author", "committers", "status"),
    [(False, True, "ok"), (True, True, "warning"), (False, False, "warning")],
)
def test_premium_can_keep_authors_and_committers_from_approving(
    *, author: bool, committers: bool, status: str
) -> None:
    stage = OnGitLab()
    stage.server.settings.approvals = {
        "merge_requests_author_approval": author,
        "merge_requests_disable_committers_approval": committers,
    }
    result = found(stage)["setup-approvals"]
    if result.fix:
        run_fix(stage.server, result.fix)

    assert (result.status, found(stage)["setup-approvals"].status) == (status, "ok")


@pytest.mark.parametrize(("required", "status"), [(True, "ok"), (False, "warning")])
def test_premium_can_require_approvals_of_code_owners(*, required: bool, status: str) -> None:
    stage = OnGitLab()
    stage.server.settings.branches["main"]["code_owner_approval_required"] = required
    result = found(stage)["setup-code-owners"]
    if result.fix:
        run_fix(stage.server, result.fix)

    assert (result.status, found(stage)["setup-code-owners"].status) == (status, "ok")


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"username": "bob"}, "@bo is not a member"),
        ({"access_level": 20}, "@bo has the role Reporter"),
        ({"access_level": 25}, "@bo has the role access level 25"),
        ({"state": "blocked"}, "@bo is blocked"),
    ],
    ids=["no member", "a reporter", "a new role", "blocked"],
)
def test_an_approver_who_cannot_approve_is_named(change: dict[str, Any], detail: str) -> None:
    _, differing = changed(lambda settings: settings.members[0].update(change))
    hint = "only active members with the role Developer at least can approve"

    assert differing == {"setup-approvers": CheckResult("warning", detail, hint)}


def test_without_approvers_nobody_has_to_be_a_member() -> None:
    stage = OnGitLab()
    result = found(stage, expected=ExpectedSetup())["setup-approvers"]

    assert result == ok("the configuration names no approvers on GitLab")
    assert not stage.server.asked("GET .*/members/all")


def test_the_secrets_of_all_portals_are_expected() -> None:
    stage = OnGitLab()
    expected = ExpectedSetup(secrets={"production": ("PORTAL_TOKEN",), "keycloak": ("PORTAL_SECRET",)})

    assert found(stage, expected=expected)["setup-variables"].detail == (
        "no variable PORTAL_SECRET (reconciler-plan); no variable PORTAL_SECRET (reconciler-apply),"
        " unless a group has them"
    )


def test_a_hidden_variable_is_masked_and_one_of_another_purpose_does_not_matter() -> None:
    stage = OnGitLab()
    stage.server.settings.variables[0] = variable(
        "PORTAL_TOKEN", "reconciler-plan", masked=False, hidden=True
    )
    stage.server.settings.variables.append(variable("COLOR", "*", masked=False))

    assert found(stage) == GOOD


def test_names_of_branches_and_variables_cannot_become_commands() -> None:
    stage = OnGitLab()
    stage.server.settings.project["default_branch"] = "main;reboot"

    assert "--field 'name=main;reboot' --field" in found(stage)["setup-branch"].fix


def test_no_value_of_a_variable_is_shown() -> None:
    _, differing = changed(lambda settings: settings.variables[0].update(masked=False))

    assert "s3cret-value" not in repr(differing)
