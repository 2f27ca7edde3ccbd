"""Check what GitHub requires before a merge into the default branch: a pull request, reviews, and checks."""

from http import HTTPStatus
from typing import Any, Final

import msgspec

from reconciler.forge.approval_check import APPROVALS
from reconciler.forge.github.setup_reader import SetupReader, quoted
from reconciler.forge.github.setup_schemas import Named, Protection, Repository, Rule, RuleParameters
from reconciler.http.errors import ApiError
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import CheckResult, failed, ok, warning

_CHECKS: Final = ("Validate", "Plan", "Plan without a portal", "Report")
_NOT_PROTECTED: Final = "Branch not protected"
_BYPASS: Final = "let nobody bypass this but those who repair main"
_PULL_REQUEST: Final = {
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": True,
    "require_last_push_approval": True,
    "required_approving_review_count": 1,
    "required_review_thread_resolution": False,
}


class _Required(msgspec.Struct, frozen=True, kw_only=True):
    """What is required; `is_complete` is false if the classic protection could not be read."""

    pull_request: bool
    code_owners: bool
    last_push: bool
    checks: frozenset[str]
    is_complete: bool


class BranchRules:
    """The rules of the default branch: those of rulesets, and its classic protection."""

    def __init__(self, reader: SetupReader, expected: ExpectedSetup) -> None:
        self._reader = reader
        self._expected = expected
        self._known: _Required | None = None

    async def reviews(self) -> CheckResult:
        """Check that a merge needs a pull request, a code owner's review, and one after the last push."""
        found = await self._required()
        missing = [
            *([] if found.pull_request else ["a pull request"]),
            *([] if found.code_owners else ["a review of code owners"]),
        ]
        if not missing and found.last_push:
            return ok(
                "a merge needs a pull request, a code owner's review, and one of the last push", _BYPASS
            )
        fix = await self._ruleset("reconciler reviews", "pull_request", _PULL_REQUEST)
        if missing or not found.is_complete:
            names = " and ".join(missing or ["an approval of the most recent push"])
            return self._missing(found, names, fix)
        why = "a reviewer can push to the pull request of another user, and approve their own change"
        return warning("the most recent push needs no approval", why, fix)

    async def checks(self) -> CheckResult:
        """Check that a merge needs all checks of the workflows."""
        found = await self._required()
        names = [*_CHECKS, *([APPROVALS] if self._expected.approvals else [])]
        missing = [name for name in names if name not in found.checks]
        if not missing:
            return ok(f"a merge needs the checks {', '.join(names)}")
        required = [{"context": name} for name in names]
        parameters = {"strict_required_status_checks_policy": False, "required_status_checks": required}
        fix = await self._ruleset("reconciler checks", "required_status_checks", parameters)
        return self._missing(found, f"the checks {', '.join(missing)}", fix)

    async def is_protected(self, branch: str) -> bool:
        """Return whether nobody can push to a branch without a pull request; false if there is none."""
        rules = await self._reader.listed(f"rules/branches/{quoted(branch)}", Rule)
        if any(rule.type == "pull_request" for rule in rules):
            return True
        classic = await self._protection(branch)
        return classic is not None and classic.required_pull_request_reviews is not None

    async def _required(self) -> _Required:
        if self._known is None:
            self._known = await self._read()
        return self._known

    async def _read(self) -> _Required:
        branch = (await self._reader.read("", Repository)).default_branch
        rules = await self._reader.listed(f"rules/branches/{quoted(branch)}", Rule)
        classic = await self._protection(branch)
        of_reviews = [_parameters(rule) for rule in rules if rule.type == "pull_request"]
        of_checks = [_parameters(rule) for rule in rules if rule.type == "required_status_checks"]
        named = {check.context for each in of_checks for check in each.required_status_checks}
        reviews = classic.required_pull_request_reviews if classic else None
        checks = classic.required_status_checks if classic else None
        return _Required(
            pull_request=bool(of_reviews) or reviews is not None,
            code_owners=any(each.require_code_owner_review for each in of_reviews)
            or (reviews is not None and reviews.require_code_owner_reviews),
            last_push=any(each.require_last_push_approval for each in of_reviews)
            or (reviews is not None and reviews.require_last_push_approval),
            checks=frozenset({*named, *(checks.contexts if checks else ())}),
            is_complete=classic is not None,
        )

    async def _protection(self, branch: str) -> Protection | None:
        """Return the classic protection of a branch; None if the token may not read it."""
        try:
            return await self._reader.read(f"branches/{quoted(branch)}/protection", Protection)
        except ApiError as error:
            if error.detail == _NOT_PROTECTED:
                return Protection()
            if error.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND} and error.wait is None:
                return None
            raise

    def _missing(self, found: _Required, missing: str, fix: str) -> CheckResult:
        """Return a failure, or that it is not known because only a part of the rules can be read."""
        if not found.is_complete:
            why = "the token may not read the classic branch protection"
            return self._reader.hidden(f"no ruleset requires {missing}, and {why}")
        return failed(f"a merge does not need {missing}", "require it in a ruleset", fix)

    async def _ruleset(self, name: str, rule: str, parameters: dict[str, Any]) -> str:
        """Return the call that adds a ruleset, or restores the one of this name; others stay as they are."""
        known = {each.name: each.id for each in await self._reader.listed("rulesets", Named)}
        return self._reader.call(
            "PUT" if name in known else "POST",
            f"rulesets/{known[name]}" if name in known else "rulesets",
            {
                "name": name,
                "target": "branch",
                "enforcement": "active",
                "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
                "rules": [{"type": rule, "parameters": parameters}],
            },
        )


def _parameters(rule: Rule) -> RuleParameters:
    return msgspec.convert(rule.parameters, RuleParameters)
