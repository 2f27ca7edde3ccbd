import json
from typing import Any

import httpx2
import pytest

from reconciler.model.forge import Forge
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import CheckResult
from tests.forge.gitea.answers import PROJECT, SERVER, Answers

REPOSITORY: dict[str, Any] = {"private": True, "has_actions": True, "default_branch": "main"}
PROTECTED: dict[str, Any] = {
    "rule_name": "main",
    "enable_push": False,
    "required_approvals": 1,
    "enable_status_check": True,
    "status_check_contexts": ["plan / *", "reconciler/approvals"],
}
GOOD: dict[str, Any] = {
    f"GET /repos/{PROJECT}": REPOSITORY,
    "GET actions/variables": [{"name": "RECONCILER_PORTAL", "data": "production"}],
    "GET actions/secrets": [
        {"name": name} for name in ("PORTAL_TOKEN", "PORTAL_TOKEN_READ", "RECONCILER_TOKEN")
    ],
    "GET branch_protections": [PROTECTED],
}
EXPECTED = ExpectedSetup(secrets={"production": ("PORTAL_TOKEN",), "other": ("OTHER",)}, approvals=True)
API = f"{SERVER}/api/v1/repos/{PROJECT}"


def checked(answers: dict[str, Any], expected: ExpectedSetup = EXPECTED) -> dict[str, CheckResult]:
    async def work(forge: Forge) -> dict[str, CheckResult]:
        return {each.name.removeprefix("setup-"): await each.run() for each in forge.setup_checks(expected)}

    return Answers(answers).run(work)


def wrong(answers: dict[str, Any], name: str) -> CheckResult:
    """Return the result of a check, where all others are good."""
    found = checked({**GOOD, **answers})
    assert {each for each, result in found.items() if result.status != "ok"} == {name}
    return found[name]


def curl(method: str, path: str, body: Any) -> str:
    token = '"Authorization: token $GITEA_TOKEN"'
    return (
        f"curl --fail-with-body --request {method} --header {token} {API}{path} --json '{json.dumps(body)}'"
    )


def test_a_repository_that_is_set_up_needs_nothing() -> None:
    assert {result.status for result in checked(GOOD).values()} == {"ok"}
    assert all(result.fix == "" for result in checked(GOOD).values())


@pytest.mark.parametrize(
    ("answers", "name", "detail", "fix"),
    [
        (
            {f"GET /repos/{PROJECT}": {**REPOSITORY, "private": False}},
            "repository",
            "everybody can read the repository",
            curl("PATCH", "", {"private": True}),
        ),
        (
            {f"GET /repos/{PROJECT}": {**REPOSITORY, "has_actions": False}},
            "actions",
            "Actions are disabled",
            curl("PATCH", "", {"has_actions": True}),
        ),
        (
            {"GET branch_protections": [{**PROTECTED, "rule_name": "m*", "enable_push": True}]},
            "branch",
            "people or keys can push to main",
            curl("PATCH", "/branch_protections/m%2A", {"enable_push": False}),
        ),
        (
            {"GET branch_protections": [{**PROTECTED, "required_approvals": 0}]},
            "reviews",
            "a merge into main needs no approval",
            curl("PATCH", "/branch_protections/main", {"required_approvals": 1}),
        ),
        (
            {"GET branch_protections": [{**PROTECTED, "status_check_contexts": ["other", "plan / Plan*"]}]},
            "checks",
            "a merge into main does not need: plan / Validate (pull_request), reconciler/approvals",
            curl(
                "PATCH",
                "/branch_protections/main",
                {
                    "enable_status_check": True,
                    "status_check_contexts": [
                        "other",
                        "plan / Plan*",
                        "plan / Validate (pull_request)",
                        "reconciler/approvals",
                    ],
                },
            ),
        ),
    ],
)
def test_each_missing_step_has_the_call_that_sets_it(
    answers: dict[str, Any], name: str, detail: str, fix: str
) -> None:
    result = wrong(answers, name)

    assert (result.status, result.detail, result.fix) == ("failed", detail, fix)


def test_a_branch_without_protection_gets_one_and_then_the_rest_of_it() -> None:
    found = checked({**GOOD, "GET branch_protections": []})

    assert [found[name].fix.split()[3] for name in ("branch", "reviews", "checks")] == [
        "POST",
        "PATCH",
        "PATCH",
    ]
    assert (
        curl("POST", "/branch_protections", {"rule_name": "main", "enable_push": False})
        == found["branch"].fix
    )


def test_each_branch_that_can_govern_is_to_be_protected() -> None:
    portal, bases = GOOD["GET actions/variables"][0], {"name": "RECONCILER_BASES", "data": "main next other"}
    rules = [PROTECTED, {**PROTECTED, "rule_name": "ne*", "enable_push": True}]
    result = wrong({"GET actions/variables": [portal, bases], "GET branch_protections": rules}, "branch")

    change = curl("PATCH", "/branch_protections/ne%2A", {"enable_push": False})
    create = curl("POST", "/branch_protections", {"rule_name": "other", "enable_push": False})
    assert (result.detail, result.fix) == (
        "people or keys can push to next; other is not protected",
        f"{change} && {create}",
    )


def test_only_the_first_protection_that_fits_counts() -> None:
    protections = [{**PROTECTED, "rule_name": "release/*", "enable_push": True}, PROTECTED]
    checks_off = {**PROTECTED, "enable_status_check": False}

    assert {each.status for each in checked({**GOOD, "GET branch_protections": protections}).values()} == {
        "ok"
    }
    assert wrong({"GET branch_protections": [checks_off, PROTECTED]}, "checks").status == "failed"


def test_without_enforced_approvals_their_status_is_not_required() -> None:
    protection = {**PROTECTED, "status_check_contexts": ["plan / *"]}
    found = checked({**GOOD, "GET branch_protections": [protection]}, ExpectedSetup(secrets=EXPECTED.secrets))

    assert found["checks"].status == "ok"


def test_secrets_are_those_of_the_portals_that_the_variable_names() -> None:
    token = {"GET actions/secrets": [{"name": "RECONCILER_TOKEN"}]}
    one = wrong(token, "secrets")
    both = wrong(
        {**token, "GET actions/variables": [{"name": "RECONCILER_PORTAL", "data": "all"}]}, "secrets"
    )

    assert (one.detail, both.detail) == (
        "missing secrets: PORTAL_TOKEN_READ, PORTAL_TOKEN",
        "missing secrets: OTHER_READ, OTHER, PORTAL_TOKEN_READ, PORTAL_TOKEN",
    )
    assert one.fix.count(" && ") == 1
    assert one.fix.startswith("jq --raw-input '{data: .}' | curl ")


def test_those_of_the_organization_count_too() -> None:
    organization = PROJECT.partition("/")[0]
    answers = {
        "GET actions/variables": [],
        "GET actions/secrets": [],
        f"GET /orgs/{organization}/actions/variables": GOOD["GET actions/variables"],
        f"GET /orgs/{organization}/actions/secrets": GOOD["GET actions/secrets"],
    }

    assert {each.status for each in checked({**GOOD, **answers}).values()} == {"ok"}


def test_what_is_optional_is_a_warning() -> None:
    secrets = [each for each in GOOD["GET actions/secrets"] if each["name"] != "RECONCILER_TOKEN"]

    assert wrong({"GET actions/secrets": secrets}, "secrets").status == "warning"


def test_a_variable_that_is_missing_is_set_to_the_first_portal() -> None:
    result = wrong({"GET actions/variables": [], "GET actions/secrets": ALL_SECRETS}, "variables")

    assert result.fix == curl("POST", "/actions/variables/RECONCILER_PORTAL", {"value": "production"})


ALL_SECRETS = [*GOOD["GET actions/secrets"], {"name": "OTHER"}, {"name": "OTHER_READ"}]


@pytest.mark.parametrize("status", [403, 404])
def test_what_the_token_may_not_read_is_skipped(status: int) -> None:
    refused = httpx2.Response(status, json={"message": "user should be the owner of the repo"})
    hidden = {
        f"GET {path}": refused for path in ("actions/variables", "actions/secrets", "branch_protections")
    }
    found = checked({**GOOD, **hidden})

    assert {name: result.status for name, result in found.items()} == {
        "repository": "ok",
        "actions": "ok",
        **dict.fromkeys(("variables", "secrets", "branch", "reviews", "checks"), "skipped"),
    }
    assert found["secrets"].detail == (
        f"the token may not read it ({status}: user should be the owner of the repo)"
    )
