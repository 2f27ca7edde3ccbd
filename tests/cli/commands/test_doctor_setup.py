"""`reconciler doctor --forge`: whether the repository is set up, and the calls that do it."""

import json
from typing import Any

import pytest

from tests.cli.directories import CONFIGURED
from tests.cli.forging import Job
from tests.cli.running import CONFIGURATION, Place, Ran
from tests.forge.gh_calls import ADMIN, run_fix
from tests.forge.github_server import GitHub
from tests.forge.serving import Door

NAMES = (
    "repository", "actions", "workflows", "variables", "reviews", "checks", "environment-plan",
    "environment-apply", "environment-forms", "secrets", "labels",
)  # fmt: skip
REQUIRED = "Validate, Plan, Plan without a portal, Report"
PROTECTED = {"protected_branches": True, "custom_branch_policies": False}
CUSTOM = {"protected_branches": False, "custom_branch_policies": True}
DONE = {
    "repository": "private, with the default branch main",
    "actions": "Actions are enabled",
    "workflows": "a workflow can only read by default, and can open pull requests",
    "variables": "RECONCILER_PORTAL is away",
    "reviews": "a merge needs a pull request, a code owner's review, and one of the last push",
    "checks": f"a merge needs the checks {REQUIRED}",
    "environment-plan": "all branches can use reconciler-plan",
    "environment-apply": "only main can use reconciler-apply",
    "environment-forms": "only main can use reconciler-forms",
    "secrets": "reconciler-plan and reconciler-apply have PORTAL_TOKEN",
    "labels": "there are the labels of the forms: new partner, remove person",
}


@pytest.fixture
def admin(github: GitHub, job: Job) -> GitHub:
    """A GitHub, and the token of an admin outside of a job."""
    job.set(GITHUB_TOKEN=ADMIN)
    return github


def doctor(place: Place) -> Ran:
    return place.run("doctor", "--forge", "--format", "json")


def found(ran: Ran) -> dict[str, dict[str, Any]]:
    [target] = json.loads(ran.out)["targets"]
    checks = {each["name"]: each for each in target["checks"]}
    return {name: checks[f"setup-{name}"] for name in NAMES}


def details(ran: Ran) -> dict[str, tuple[str, str]]:
    return {name: (each["status"], each["detail"]) for name, each in found(ran).items()}


def set_up(place: Place, github: GitHub) -> None:
    """Run all fixes."""
    for each in found(doctor(place)).values():
        if each["fix"]:
            run_fix(github, each["fix"])


def only(place: Place, name: str) -> dict[str, Any]:
    """Return the one check that is not ok."""
    ran = found(doctor(place))
    assert [each for each in ran if ran[each]["status"] != "ok"] == [name]
    return ran[name]


def test_a_new_repository_misses_every_step_and_the_calls_set_them_all(place: Place, admin: GitHub) -> None:
    admin.state.private = False
    admin.state.actions = {"enabled": False}
    before = json.dumps(admin.state.everything())
    ran = doctor(place)

    assert (ran.code, details(ran)) == (
        5,
        {
            "repository": ("failed", "everybody can read the repository"),
            "actions": ("failed", "Actions are disabled"),
            "workflows": ("warning", "a workflow that does not limit its permissions can write"),
            "variables": ("failed", "RECONCILER_PORTAL is not set, so that only files are checked"),
            "reviews": ("failed", "a merge does not need a pull request and a review of code owners"),
            "checks": (
                "failed",
                f"a merge does not need the checks {REQUIRED}",
            ),
            "environment-plan": ("failed", "there is no environment reconciler-plan"),
            "environment-apply": ("failed", "there is no environment reconciler-apply"),
            "environment-forms": ("warning", "there is no environment reconciler-forms"),
            "secrets": (
                "failed",
                "reconciler-plan has no secret PORTAL_TOKEN; reconciler-apply has no secret PORTAL_TOKEN",
            ),
            "labels": ("warning", "missing labels: new partner, remove person"),
        },
    )
    assert json.dumps(admin.state.everything()) == before

    set_up(place, admin)
    again = doctor(place)

    assert (again.code, details(again)) == (0, {name: ("ok", detail) for name, detail in DONE.items()})
    assert [each["fix"] for each in found(again).values() if each["fix"]] == []


@pytest.mark.usefixtures("admin")
def test_the_calls_are_for_the_host_of_the_forge(place: Place, street: Door) -> None:
    host = street.address.removeprefix("http://")
    gh = f"GH_HOST={host} gh"
    api = f"{gh} api --method"
    fixes = {name: each["fix"] for name, each in found(doctor(place)).items()}
    custom = '{"deployment_branch_policy": {"protected_branches": false, "custom_branch_policies": true}}'
    apply = "repos/our-company/access/environments/reconciler-apply"

    assert fixes["variables"] == f"{gh} variable set RECONCILER_PORTAL --body away --repo our-company/access"
    assert fixes["environment-apply"] == (
        f"{api} PUT {apply} --input - <<< '{custom}'"
        f""" && {api} POST {apply}/deployment-branch-policies --input - <<< '{{"name": "main"}}'"""
    )
    assert fixes["labels"] == (
        f"{gh} label create 'new partner' --repo our-company/access"
        f" && {gh} label create 'remove person' --repo our-company/access"
    )
    text = place.run("doctor", "--forge").out
    assert f"           Fix: {fixes['variables']}\n" in text


def test_the_token_of_a_job_sees_rulesets_and_says_who_sees_the_rest(
    place: Place, admin: GitHub, job: Job, street: Door
) -> None:
    set_up(place, admin)
    job.set(GITHUB_TOKEN="ghs_actions")
    ran = doctor(place)

    rest = "the token may not read it (403: Resource not accessible by integration)"
    seen = ("repository", "reviews", "checks", "labels")
    assert (ran.code, details(ran)) == (
        0,
        {name: ("ok", DONE[name]) if name in seen else ("skipped", rest) for name in NAMES},
    )
    host = street.address.removeprefix("http://")
    hint = (
        f"an admin of the repository can check it: GITHUB_API_URL={street.address}"
        f" GITHUB_REPOSITORY=our-company/access GITHUB_TOKEN=$(GH_HOST={host} gh auth token)"
        " reconciler doctor --forge"
    )
    assert {each["hint"] for each in found(ran).values() if each["status"] == "skipped"} == {hint}
    assert place.run("doctor", "--forge").out.count("an admin of the repository can check it") == 1


def test_where_no_ruleset_requires_it_only_an_admin_knows_of_the_classic_protection(
    place: Place, admin: GitHub, job: Job
) -> None:
    set_up(place, admin)
    admin.state.rulesets.clear()
    admin.state.protections["main"] = {
        "required_status_checks": {"strict": False, "contexts": REQUIRED.split(", ")},
        "required_pull_request_reviews": {
            "require_code_owner_reviews": True,
            "require_last_push_approval": True,
        },
    }
    by_admin = details(doctor(place))
    job.set(GITHUB_TOKEN="ghs_actions")
    by_job = details(doctor(place))

    assert [by_admin[name] for name in ("reviews", "checks")] == [
        ("ok", DONE["reviews"]),
        ("ok", DONE["checks"]),
    ]
    assert by_job["reviews"] == (
        "skipped",
        (
            "no ruleset requires a pull request and a review of code owners, and the token may not read the"
            " classic branch protection"
        ),
    )
    assert by_job["checks"][0] == "skipped"


def test_rulesets_and_the_classic_protection_count_together(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    reviews = next(each for each in admin.state.rulesets if each["name"] == "reconciler reviews")
    reviews["rules"][0]["parameters"].update(
        require_last_push_approval=False, require_code_owner_review=False
    )
    admin.state.protections["main"] = {"required_pull_request_reviews": {"require_code_owner_reviews": True}}
    missing = only(place, "reviews")

    assert (missing["status"], missing["detail"]) == ("warning", "the most recent push needs no approval")
    run_fix(admin, missing["fix"])
    assert details(doctor(place))["reviews"] == ("ok", DONE["reviews"])


def test_a_ruleset_that_is_only_evaluated_requires_nothing(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    for each in admin.state.rulesets:
        each["enforcement"] = "evaluate"

    assert details(doctor(place))["reviews"][0] == "failed"


def test_where_approvals_are_enforced_their_check_is_required(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    people = CONFIGURATION.replace(
        "l@our-company.example}", "l@our-company.example, approvers: {github: [bo]}}"
    )
    place.write(reconciler=people)
    missing = only(place, "checks")

    assert missing["detail"] == "a merge does not need the checks reconciler/approvals"
    assert '{"context": "Report"}, {"context": "reconciler/approvals"}]' in missing["fix"]
    for mode in ("report", "off"):
        place.write(reconciler=people.replace("defaultPortal", f"approvals: {mode}\n      defaultPortal"))
        assert details(doctor(place))["checks"] == ("ok", DONE["checks"])

    place.write(reconciler=people)
    run_fix(admin, missing["fix"])
    assert details(doctor(place))["checks"] == ("ok", f"{DONE['checks']}, reconciler/approvals")


def test_a_plan_without_protection_is_a_failure_and_no_missing_right(place: Place, admin: GitHub) -> None:
    admin.state.plan_allows_rules = False

    assert details(doctor(place))["reviews"] == (
        "failed",
        "Upgrade to GitHub Pro or make this repository public to enable this feature.",
    )


@pytest.mark.parametrize(
    ("policy", "patterns", "detail"),
    [
        (None, [], "all branches can use reconciler-apply"),
        (PROTECTED, [], "other branches than main can use reconciler-apply"),
        (CUSTOM, [], "other branches than main can use reconciler-apply"),
        (CUSTOM, ["main", "release/*"], "other branches than main can use reconciler-apply"),
        (CUSTOM, ["*"], "other branches than main can use reconciler-apply"),
    ],
)
def test_only_main_can_use_the_environment_with_the_token_that_writes(
    place: Place, admin: GitHub, policy: dict[str, bool] | None, patterns: list[str], detail: str
) -> None:
    set_up(place, admin)
    admin.state.set_environment("reconciler-apply", {"deployment_branch_policy": policy})
    admin.state.patterns["reconciler-apply"] = []
    for each in patterns:
        admin.state.allow("reconciler-apply", {"name": each})
    missing = only(place, "environment-apply")

    assert (missing["status"], missing["detail"]) == ("failed", detail)
    run_fix(admin, missing["fix"])
    assert details(doctor(place))["environment-apply"] == ("ok", DONE["environment-apply"])


def test_pull_requests_can_use_the_environment_with_the_token_that_reads(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    admin.state.set_environment("reconciler-plan", {"deployment_branch_policy": CUSTOM})
    admin.state.allow("reconciler-plan", {"name": "main"})
    missing = only(place, "environment-plan")

    assert (missing["status"], missing["detail"]) == ("failed", "pull requests cannot use reconciler-plan")
    admin.state.allow("reconciler-plan", {"name": "refs/pull/*/merge"})
    assert details(doctor(place))["environment-plan"] == (
        "ok",
        "pull requests and main can use reconciler-plan",
    )
    run_fix(admin, missing["fix"])
    assert details(doctor(place))["environment-plan"] == ("ok", DONE["environment-plan"])


def test_a_secret_of_the_repository_is_one_that_every_branch_has(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    admin.state.secrets.add(("", "PORTAL_TOKEN"))
    wrong = only(place, "secrets")

    assert (wrong["status"], wrong["detail"]) == (
        "failed",
        "every branch can use PORTAL_TOKEN, a secret of the repository",
    )
    run_fix(admin, wrong["fix"])
    assert details(doctor(place))["secrets"] == ("ok", DONE["secrets"])


def test_the_secrets_are_those_of_the_portals_that_the_variable_names(place: Place, admin: GitHub) -> None:
    other = 'other: {type: embedded, url: "http://127.0.0.1:8", token: {env: PORTAL_OTHER}}'
    place.write(reconciler=CONFIGURATION.replace("        away:", f"        {other}\n        away:"))
    set_up(place, admin)
    admin.state.variables.clear()
    admin.state.secrets = {("reconciler-plan", "PORTAL_TOKEN"), ("reconciler-apply", "PORTAL_TOKEN")}
    seen = {}
    for portals in ("away", "away, local", "other", "all"):
        admin.state.organization_variables["RECONCILER_PORTAL"] = portals
        seen[portals] = details(doctor(place))["secrets"][1]

    missing = "reconciler-plan has no secret PORTAL_OTHER; reconciler-apply has no secret PORTAL_OTHER"
    assert seen == {"away": DONE["secrets"], "away, local": DONE["secrets"], "other": missing, "all": missing}


def test_only_protected_branches_are_bases(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    admin.state.variables["RECONCILER_BASES"] = "main next old"
    admin.state.protections = {"next": {"required_pull_request_reviews": {}}, "old": {}}
    wrong = only(place, "variables")

    assert (wrong["status"], wrong["detail"]) == (
        "failed",
        "RECONCILER_BASES has branches that are not protected: old",
    )
    run_fix(admin, wrong["fix"])
    ok = ("ok", "RECONCILER_PORTAL is away; RECONCILER_BASES are protected: main, next")
    assert details(doctor(place))["variables"] == ok
    admin.state.variables["RECONCILER_BASES"] = "gone"
    run_fix(admin, only(place, "variables")["fix"])
    assert details(doctor(place))["variables"] == ("ok", DONE["variables"])


def test_other_settings_of_actions_are_told_apart(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    admin.state.actions["allowed_actions"] = "selected"
    ran = details(doctor(place))

    assert ran["actions"] == ("ok", "Actions are enabled; only selected ones: allow those of the workflows")
    admin.state.actions["allowed_actions"] = "local_only"
    assert details(doctor(place))["actions"] == ("failed", "only actions of this repository are allowed")


def test_the_repository_of_a_person_has_no_variables_of_an_organization(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    admin.add("GET .*/organization-variables", status=404, body={"message": "Not Found"}, times=9)

    assert details(doctor(place))["variables"] == ("ok", DONE["variables"])


def test_each_object_is_read_once(place: Place, admin: GitHub) -> None:
    set_up(place, admin)
    admin.requests.clear()
    doctor(place)
    asked = [each for each in admin.asked("GET .*/our-company/access.*") if not each.endswith("/pulls")]

    assert (len(asked), sorted(asked)) == (15, sorted(set(asked)))


@pytest.mark.usefixtures("admin")
def test_without_a_configuration_the_workflows_need_what_they_name(place: Place) -> None:
    (place.folder / "reconciler.yaml").unlink()
    ran = found(doctor(place))

    assert ran["variables"]["fix"].endswith(
        "variable set RECONCILER_PORTAL --body NAME --repo our-company/access"
    )
    assert "reconciler-plan has no secret PORTAL_TOKEN" in ran["secrets"]["detail"]


def test_a_configuration_with_errors_says_nothing_about_the_set_up(place: Place, admin: GitHub) -> None:
    place.write(reconciler="kind: Nothing\n")
    ran = doctor(place)

    [target] = json.loads(ran.out)["targets"]
    expected = next(each for each in target["checks"] if each["name"] == "expected")
    assert (ran.code, expected["status"], expected["exitCode"]) == (1, "failed", 1)
    assert {each["status"] for each in found(ran).values()} == {"skipped"}
    assert admin.asked("GET .*/rules/.*") == []


@pytest.mark.parametrize(
    ("bot", "status", "detail"),
    [
        ('{github: "people-bot[bot]"}', "ok", "merged without a person: directory by people-bot[bot]"),
        ("{gitlab: people}", "warning", "sources.directory.bot.github is not set, so nothing of directory"),
        ('{github: "github-actions[bot]"}', "failed", "all workflows of all branches act as"),
    ],
)
@pytest.mark.usefixtures("admin")
def test_the_account_that_merges_by_itself_is_checked(
    place: Place, bot: str, status: str, detail: str
) -> None:
    place.write(reconciler=CONFIGURED.replace('{github: "people-bot[bot]"}', bot))
    [target] = json.loads(doctor(place).out)["targets"]
    (check,) = [each for each in target["checks"] if each["name"] == "setup-bots"]

    assert (check["status"], detail in check["detail"]) == (status, True)
