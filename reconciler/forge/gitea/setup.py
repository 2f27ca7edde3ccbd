"""The checks of `reconciler doctor --forge` of how a repository on Gitea is set up."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import quote

from reconciler.forge.approval_check import APPROVALS
from reconciler.forge.gitea.schemas import Protection, Secret, Variable
from reconciler.forge.gitea.setup_reader import SetupReader
from reconciler.http.client import HttpClient
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import Check, CheckResult, failed, ok, warning

_PORTAL: Final = "RECONCILER_PORTAL"
_BASES: Final = "RECONCILER_BASES"
_TOKEN: Final = "RECONCILER_TOKEN"  # noqa: S105  the name of a secret
# As Gitea names the statuses of the jobs of plan.yml.
_STATUSES: Final = ("plan / Validate (pull_request)", "plan / Plan (pull_request)")


class GiteaSetup:
    """The set-up of one repository, as docs/gitea.md describes it."""

    def __init__(self, client: HttpClient, project: str, expected: ExpectedSetup) -> None:
        self._reader = SetupReader(client, project)
        self._expected = expected
        self._portals: str | None = None
        self._bases: list[str] = []

    def all(self) -> list[Check]:
        """Return the checks, in their order."""
        runs = {
            "repository": self._repository,
            "actions": self._actions,
            "variables": self._variables,
            "secrets": self._secrets,
            "branch": self._branch,
            "reviews": self._reviews,
            "checks": self._checks,
        }
        return [Check(f"setup-{name}", self._reader.visible(run)) for name, run in runs.items()]

    async def _repository(self) -> CheckResult:
        if (await self._reader.repository()).private:
            return ok("the repository is private")
        fix = self._reader.call("PATCH", "", {"private": True})
        return failed(
            "everybody can read the repository", "plans and logs name people, so make it private", fix
        )

    async def _actions(self) -> CheckResult:
        if (await self._reader.repository()).has_actions:
            return ok("Actions are enabled")
        fix = self._reader.call("PATCH", "", {"has_actions": True})
        return failed("Actions are disabled", "the workflows need them", fix)

    async def _variables(self) -> CheckResult:
        of_organization = await self._reader.inherited("actions/variables", Variable)
        own = await self._reader.listed("actions/variables", Variable)
        values = {each.name: each.data for each in [*of_organization, *own]}
        self._portals = values.get(_PORTAL, "")
        self._bases = values.get(_BASES, "").split()
        if self._portals:
            return ok(f"{_PORTAL} is {self._portals}")
        value = {"value": next(iter(self._expected.secrets), "NAME")}
        fix = self._reader.call("POST", f"actions/variables/{_PORTAL}", value)
        return failed(f"{_PORTAL} is not set, so that only files are checked", "set it to a portal", fix)

    async def _secrets(self) -> CheckResult:
        of_organization = await self._reader.inherited("actions/secrets", Secret)
        own = await self._reader.listed("actions/secrets", Secret)
        known = {each.name for each in [*of_organization, *own]}
        portals = self._expected.secrets_of(self._portals or None)
        missing = [name for each in portals for name in (f"{each}_READ", each) if name not in known]
        if missing:
            hint = "one that can read and one that can change the portal; type each value, then Ctrl-D"
            return failed(f"missing secrets: {', '.join(missing)}", hint, self._set(missing))
        if _TOKEN not in known:
            hint = "the token of a job cannot ask people for a review; type that of a user, then Ctrl-D"
            return warning(f"missing secret: {_TOKEN}", hint, self._set([_TOKEN]))
        return ok(f"there are the secrets {', '.join(sorted({*portals, _TOKEN}))}")

    async def _branch(self) -> CheckResult:
        """Check that nobody can push to the default branch, and to the other branches that can govern."""
        rules = await self._reader.protections()
        names = dict.fromkeys([(await self._reader.repository()).default_branch, *self._bases])
        found = {name: _first(rules, name) for name in names}
        wrong = {name: rule for name, rule in found.items() if rule is None or rule.enable_push}
        if not wrong:
            return ok(f"nobody can push to {', '.join(found)}")
        return failed(
            "; ".join(
                f"people or keys can push to {name}" if rule else f"{name} is not protected"
                for name, rule in wrong.items()
            ),
            "changes need a pull request: these branches decide about rules, portals and approvals",
            " && ".join(self._close(name, rule) for name, rule in wrong.items()),
        )

    def _close(self, branch: str, rule: Protection | None) -> str:
        closed = {"enable_push": False}
        if rule is not None:
            return self._change(rule.rule_name, closed)
        return self._reader.call("POST", "branch_protections", {"rule_name": branch, **closed})

    async def _reviews(self) -> CheckResult:
        name, found = await self._protection()
        if found is not None and found.required_approvals > 0:
            return ok(f"a merge into {name} needs an approval")
        fix = self._change(found.rule_name if found else name, {"required_approvals": 1})
        return failed(f"a merge into {name} needs no approval", "require one at least", fix)

    async def _checks(self) -> CheckResult:
        name, found = await self._protection()
        patterns = found.status_check_contexts or () if found and found.enable_status_check else ()
        needed = [*_STATUSES, *([APPROVALS] if self._expected.approvals else [])]
        missing = [each for each in needed if not any(fnmatchcase(each, pattern) for pattern in patterns)]
        if not missing:
            return ok(f"a merge into {name} needs the statuses {', '.join(needed)}")
        required = {"enable_status_check": True, "status_check_contexts": [*patterns, *missing]}
        fix = self._change(found.rule_name if found else name, required)
        return failed(f"a merge into {name} does not need: {', '.join(missing)}", "require them", fix)

    async def _protection(self) -> tuple[str, Protection | None]:
        """Return the default branch, and its protection."""
        name = (await self._reader.repository()).default_branch
        return name, _first(await self._reader.protections(), name)

    def _change(self, rule: str, changes: dict[str, Any]) -> str:
        """Return the call that changes a protection; the one before it has created what was missing."""
        return self._reader.call("PATCH", f"branch_protections/{quote(rule, safe='')}", changes)

    def _set(self, names: list[str]) -> str:
        return " && ".join(map(self._reader.secret_call, names))


def _first(rules: Sequence[Protection], branch: str) -> Protection | None:
    """Return the first protection that fits a branch, as Gitea chooses it."""
    return next((each for each in rules if fnmatchcase(branch, each.rule_name)), None)
