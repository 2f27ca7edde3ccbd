"""Whether a project is set up as its pipeline needs it, and the call that sets what is missing."""

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.forge import Forge
from reconciler.model.health import CheckResult, ok
from tests.forge.gitlab_settings import MAINTAINERS, NOBODY, Settings, variable
from tests.forge.stages import OnGitLab, on, writes

PROTECT = (
    "glab api --method POST projects/42/protected_branches --field name=main"
    " --field push_access_level=0 --field merge_access_level=40"
)
AGAIN = f"glab api --method DELETE projects/42/protected_branches/main && {PROTECT}"
DEVELOPERS = {"id": 3, "access_level": 30, "access_level_description": "Developers + Maintainers"}
KEY = {"id": 4, "access_level": 0, "access_level_description": "Deploy", "deploy_key_id": 5}
PLAN = "glab variable set PORTAL_TOKEN --masked --scope reconciler-plan"
APPLY = "glab variable set PORTAL_TOKEN --masked --protected --scope reconciler-apply"
FORGE = "glab variable set GITLAB_TOKEN --masked --scope 'reconciler-*'"
ORDER = (
    "glab api --method PUT projects/42/resource_groups/reconciler-writes --field process_mode=oldest_first"
)
SCHEDULE = (
    "glab api --method POST projects/42/pipeline_schedules --field description=daily --field ref=main"
    " --field cron='30 4 * * *'"
)
GOOD = {
    "setup-visibility": ok("the project is private"),
    "setup-branch": ok("main is protected, and nobody can push to it"),
    "setup-merge-checks": ok("the pipeline of a merge request must succeed"),
    "setup-approvals": CheckResult("skipped", "approval settings are a feature of GitLab Premium"),
    "setup-code-owners": CheckResult(
        "skipped", "approvals of code owners are a feature of GitLab Premium, for protected branches"
    ),
    "setup-variables": ok("the tokens are masked, and each is limited to its environments"),
    "setup-job-token": ok("job tokens of other projects have no access"),
    "setup-order": ok("jobs that write wait in their order"),
    "setup-schedule": ok("a schedule runs on main"),
}


def found(stage: OnGitLab, who: str = "glpat-owner") -> dict[str, CheckResult]:
    async def work(forge: Forge) -> dict[str, CheckResult]:
        checks = [each for each in forge.checks("2026-11-24") if each.name.startswith("setup-")]
        return {each.name: await each.run() for each in checks}

    return on(stage, work, stage.settings(who))


def differing(change: Callable[[Settings], Any]) -> dict[str, CheckResult]:
    """Return what is found after a change, but what is as good as before."""
    stage = OnGitLab()
    change(stage.server.settings)
    return {name: result for name, result in found(stage).items() if result != GOOD[name]}


def test_a_project_that_is_set_up_is_good_and_nothing_is_written() -> None:
    stage = OnGitLab()

    assert (found(stage), writes(stage.server.requests)) == (GOOD, [])


def test_what_only_maintainers_may_read_is_skipped() -> None:
    unreadable = CheckResult("skipped", "the token may not read this; a token of a maintainer can")

    assert found(OnGitLab(), "glpat-bot") == {
        **GOOD,
        **dict.fromkeys(
            ("setup-branch", "setup-code-owners", "setup-variables", "setup-job-token"), unreadable
        ),
    }


@pytest.mark.parametrize(
    ("change", "name", "result"),
    [
        (
            {"visibility": "internal"},
            "setup-visibility",
            CheckResult(
                "failed",
                "the project is internal, and plans and logs name people",
                "glab api --method PUT projects/42 --field visibility=private",
            ),
        ),
        (
            {"only_allow_merge_if_pipeline_succeeds": False},
            "setup-merge-checks",
            CheckResult(
                "failed",
                "a merge request can be merged although its pipeline has not succeeded",
                "glab api --method PUT projects/42 --field only_allow_merge_if_pipeline_succeeds=true",
            ),
        ),
        (
            {"allow_merge_on_skipped_pipeline": True},
            "setup-merge-checks",
            CheckResult(
                "failed",
                "a skipped pipeline counts as successful",
                "glab api --method PUT projects/42 --field allow_merge_on_skipped_pipeline=false",
            ),
        ),
    ],
    ids=["visibility", "pipelines", "skipped pipelines"],
)
def test_a_setting_of_the_project_is_shown_with_its_call(
    change: dict[str, Any], name: str, result: CheckResult
) -> None:
    assert differing(lambda settings: settings.project.update(change)) == {name: result}


@pytest.mark.parametrize(
    ("change", "status", "detail"),
    [
        (
            {"push_access_levels": [MAINTAINERS]},
            "failed",
            "people or keys can push to main, without a merge request",
        ),
        (
            {"push_access_levels": [NOBODY, KEY]},
            "failed",
            "people or keys can push to main, without a merge request",
        ),
        (
            {"push_access_levels": [{**NOBODY, "access_level": None, "group_id": 9}]},
            "failed",
            "people or keys can push to main, without a merge request",
        ),
        ({"merge_access_levels": [DEVELOPERS]}, "warning", "developers can merge into main"),
    ],
    ids=["maintainers push", "a key pushes", "a group pushes", "developers merge"],
)
def test_a_branch_that_is_not_protected_enough_is_protected_anew(
    change: dict[str, Any], status: str, detail: str
) -> None:
    assert differing(lambda settings: settings.branches["main"].update(change)) == {
        "setup-branch": CheckResult(status, detail, AGAIN)  # type: ignore[arg-type]
    }


def test_a_branch_without_protection_is_a_failure() -> None:
    assert differing(lambda settings: settings.branches.clear()) == {
        "setup-branch": CheckResult("failed", "main is not protected", PROTECT)
    }


def test_the_name_of_a_branch_cannot_become_a_command() -> None:
    stage = OnGitLab()
    stage.server.settings.project["default_branch"] = "main;reboot"

    assert found(stage)["setup-branch"].hint == PROTECT.replace("name=main", "'name=main;reboot'")


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

    assert found(stage)["setup-approvals"].status == status


@pytest.mark.parametrize(("required", "status"), [(True, "ok"), (False, "warning")])
def test_premium_can_require_approvals_of_code_owners(*, required: bool, status: str) -> None:
    stage = OnGitLab()
    stage.server.settings.branches["main"]["code_owner_approval_required"] = required

    assert found(stage)["setup-code-owners"].status == status


@pytest.mark.parametrize(
    ("number", "variables", "detail", "hint"),
    [
        (
            1,
            [variable("PORTAL_TOKEN", "reconciler-apply")],
            "PORTAL_TOKEN (reconciler-apply) is not protected, so each branch can use it",
            APPLY,
        ),
        (
            1,
            [variable("PORTAL_TOKEN", "*", protected=True)],
            "PORTAL_TOKEN (*) is for plan and apply alike",
            APPLY,
        ),
        (
            0,
            [variable("PORTAL_TOKEN", "reconciler-plan", masked=False)],
            "PORTAL_TOKEN (reconciler-plan) is not masked",
            PLAN,
        ),
        (2, [variable("GITLAB_TOKEN", "*")], "GITLAB_TOKEN (*) is for all environments", FORGE),
    ],
    ids=["not protected", "for all", "not masked", "forge for all"],
)
def test_a_token_that_others_can_use_is_a_failure(
    number: int, variables: list[dict[str, Any]], detail: str, hint: str
) -> None:
    def change(settings: Settings) -> None:
        settings.variables[number : number + 1] = variables

    assert differing(change) == {"setup-variables": CheckResult("failed", detail, hint)}


def test_a_hidden_variable_is_masked() -> None:
    stage = OnGitLab()
    stage.server.settings.variables[0] = variable(
        "PORTAL_TOKEN", "reconciler-plan", masked=False, hidden=True
    )

    assert found(stage) == GOOD


def test_variables_that_are_absent_may_be_those_of_a_group() -> None:
    assert differing(lambda settings: settings.variables.clear()) == {
        "setup-variables": CheckResult(
            "warning",
            "no variable PORTAL_… for reconciler-plan; no variable PORTAL_… for reconciler-apply;"
            " no variable GITLAB_TOKEN, unless a group defines them",
            f"{PLAN}; {APPLY}; {FORGE}",
        )
    }


def test_no_value_of_a_variable_is_shown() -> None:
    stage = OnGitLab()
    stage.server.settings.variables = [variable("PORTAL_TOKEN", "*", masked=False, value="s3cret-value")]

    assert "s3cret-value" not in repr(found(stage))


@pytest.mark.parametrize(
    ("change", "name", "status", "hint"),
    [
        (
            lambda settings: settings.job_token.update(inbound_enabled=False),
            "setup-job-token",
            "failed",
            "glab api --method PATCH projects/42/job_token_scope --field enabled=true",
        ),
        (
            lambda settings: settings.groups["reconciler-writes"].update(process_mode="unordered"),
            "setup-order",
            "warning",
            ORDER,
        ),
        (
            lambda settings: settings.groups.clear(),
            "setup-order",
            "warning",
            f"after that job: {ORDER}",
        ),
        (
            lambda settings: settings.schedules[0].update(active=False),
            "setup-schedule",
            "warning",
            SCHEDULE,
        ),
        (
            lambda settings: settings.schedules[0].update(ref="next"),
            "setup-schedule",
            "warning",
            SCHEDULE,
        ),
    ],
    ids=["job token", "order", "no order yet", "no active schedule", "schedule of another branch"],
)
def test_each_missing_step_has_the_call_that_sets_it(
    change: Callable[[Settings], Any], name: str, status: str, hint: str
) -> None:
    [(missing, result)] = differing(change).items()

    assert (missing, result.status, result.hint) == (name, status, hint)
