"""How the repository of the small GitHub is set up: rules, environments, secrets, variables, labels."""

from collections.abc import Iterator
from typing import Any

from tests.forge.github_rules import RefusedError

_REVIEWS = {
    "dismiss_stale_reviews_on_push", "require_code_owner_review", "require_last_push_approval",
    "required_approving_review_count", "required_review_thread_resolution",
}  # fmt: skip
_CHECKS = {"strict_required_status_checks_policy", "required_status_checks"}
_PARAMETERS = {"pull_request": _REVIEWS, "required_status_checks": _CHECKS}
_POLICY = {"protected_branches", "custom_branch_policies"}
_NOT_PROTECTED = "Branch not protected"


class SetUp:
    """The set-up of one repository; a new one has next to nothing."""

    ids: Iterator[int]

    def __init__(self) -> None:
        self.private = True
        self.plan_allows_rules = True
        self.actions: dict[str, Any] = {"enabled": True, "allowed_actions": "all"}
        self.workflows: dict[str, Any] = {
            "default_workflow_permissions": "write",
            "can_approve_pull_request_reviews": True,
        }
        self.rulesets: list[dict[str, Any]] = []
        self.protections: dict[str, dict[str, Any]] = {}
        self.environments: dict[str, dict[str, Any]] = {}
        self.patterns: dict[str, list[dict[str, Any]]] = {}
        # The names of secrets; of the repository, where the environment is empty.
        self.secrets: set[tuple[str, str]] = set()
        self.variables: dict[str, str] = {}
        self.organization_variables: dict[str, str] = {}
        self.labels = ["bug", "documentation"]

    def variables_in(self, given: dict[str, str]) -> list[dict[str, str]]:
        """Return variables as the API gives them."""
        return [{"name": name, "value": value} for name, value in given.items()]

    def rules_of(self, branch: str) -> list[dict[str, Any]]:
        """Return the active rules for a branch."""
        if not self.plan_allows_rules:
            message = "Upgrade to GitHub Pro or make this repository public to enable this feature."
            raise RefusedError(403, message)
        return [
            {**rule, "ruleset_source_type": "Repository", "ruleset_id": each["id"]}
            for each in self.rulesets
            for rule in each["rules"]
            if each["enforcement"] == "active" and branch == "main"
        ]

    def protection_of(self, branch: str) -> dict[str, Any]:
        """Return the classic protection of a branch."""
        if branch not in self.protections:
            raise RefusedError(404, _NOT_PROTECTED)
        return self.protections[branch]

    def add_ruleset(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add a ruleset."""
        if any(each["name"] == body["name"] for each in self.rulesets):
            raise RefusedError(422, "Validation Failed")
        self.rulesets.append({**_ruleset(body), "id": next(self.ids)})
        return self.rulesets[-1]

    def change_ruleset(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        """Change a ruleset."""
        found = next((each for each in self.rulesets if each["id"] == number), None)
        if found is None:
            raise RefusedError(404, "Not Found")
        found.update(_ruleset(body))
        return found

    def set_environment(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create or change an environment; its two kinds of policies exclude each other."""
        policy = body.get("deployment_branch_policy")
        if policy is not None and (set(policy) != _POLICY or len(set(policy.values())) == 1):
            raise RefusedError(422, "Invalid deployment branch policy")
        self.environments[name] = {"id": next(self.ids), "name": name, "deployment_branch_policy": policy}
        if policy is None or policy["protected_branches"]:
            self.patterns.pop(name, None)
        return self.environments[name]

    def patterns_of(self, name: str) -> list[dict[str, Any]]:
        """Return the patterns of the branches that can use an environment."""
        self._environment(name)
        return self.patterns.get(name, [])

    def allow(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Let branches use an environment, which must limit them by patterns."""
        policy = self._environment(name)["deployment_branch_policy"]
        if policy is None or not policy["custom_branch_policies"]:
            raise RefusedError(404, "Not Found")
        self.patterns.setdefault(name, []).append({"id": next(self.ids), "name": body["name"]})
        return self.patterns[name][-1]

    def forbid(self, name: str, pattern: int) -> None:
        """Remove a pattern."""
        kept = [each for each in self.patterns_of(name) if each["id"] != pattern]
        if len(kept) == len(self.patterns_of(name)):
            raise RefusedError(404, "Not Found")
        self.patterns[name] = kept

    def secrets_in(self, environment: str) -> list[dict[str, Any]]:
        """Return the secrets of an environment, or of the repository, by name only."""
        if environment:
            self._environment(environment)
        return [{"name": name} for place, name in sorted(self.secrets) if place == environment]

    def _environment(self, name: str) -> dict[str, Any]:
        if name not in self.environments:
            raise RefusedError(404, "Not Found")
        return self.environments[name]


def _ruleset(body: dict[str, Any]) -> dict[str, Any]:
    """Return a ruleset whose rules have all parameters that the API requires."""
    assert body["target"] == "branch"
    assert body["enforcement"] in {"disabled", "active", "evaluate"}
    assert body["conditions"] == {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
    for rule in body["rules"]:
        if set(rule["parameters"]) != _PARAMETERS[rule["type"]]:
            raise RefusedError(422, "Validation Failed")
    return body
