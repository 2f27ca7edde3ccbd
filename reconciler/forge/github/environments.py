"""Check the environments of the workflows on GitHub: which branches can use them, and their secrets."""

from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.forge.github.setup_reader import SetupReader, quoted
from reconciler.forge.github.setup_schemas import Environment, Named, Repository
from reconciler.model.health import CheckResult, failed, ok, warning

PLAN: Final = "reconciler-plan"
APPLY: Final = "reconciler-apply"
FORMS: Final = "reconciler-forms"
_MERGES: Final = "refs/pull/*/merge"
_CUSTOM: Final = {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}}


class Environments:
    """The environments of one repository."""

    def __init__(self, reader: SetupReader) -> None:
        self._reader = reader

    async def plan(self) -> CheckResult:
        """Check that pull requests can use the environment that has the token that reads."""
        found = await self._find(PLAN)
        if found is None:
            return failed(f"there is no environment {PLAN}", "create it", self._open())
        policy = found.deployment_branch_policy
        if policy is None:
            return ok(f"all branches can use {PLAN}")
        names = [each.name for each in await self._patterns(PLAN)] if policy.custom_branch_policies else []
        if {_MERGES, await self._default_branch()} <= {*names}:
            return ok(f"pull requests and main can use {PLAN}")
        return failed(f"pull requests cannot use {PLAN}", "allow all branches", self._open())

    async def apply(self) -> CheckResult:
        """Check that only the default branch can use the environment that has the token that writes."""
        return await self._only_main(APPLY)

    async def forms(self) -> CheckResult:
        """Check the environment of the workflows that open pull requests: it can have the key of an App."""
        result = await self._only_main(FORMS)
        if result.status != "failed":
            return result
        return warning(result.detail, "only forms and capture use it, for the key of an App", result.fix)

    async def secrets(self, names: Sequence[str]) -> CheckResult:
        """Check that both environments have these secrets, and that no branch has them without one."""
        known = {each.name for each in await self._reader.listed("environments", Environment, "environments")}
        held = {name: await self._secrets_in(name) for name in (PLAN, APPLY) if name in known}
        missing = [
            (name, place) for place in (PLAN, APPLY) for name in names if name not in held.get(place, ())
        ]
        in_all = sorted({*names} & await self._names("actions/secrets"))
        if missing or in_all:
            detail = [
                *(f"{place} has no secret {name}" for name, place in missing),
                *(f"every branch can use {name}, a secret of the repository" for name in in_all),
            ]
            hint = (
                f"{PLAN} needs credentials that can read, {APPLY} some that can write; each call asks for one"
            )
            return failed("; ".join(detail), hint, self._setting(missing, in_all))
        listed = ", ".join(names)
        return ok(f"{PLAN} and {APPLY} have {listed}" if names else "the portals need no secret")

    def _setting(self, missing: Iterable[tuple[str, str]], in_all: Iterable[str]) -> str:
        """Return the calls that ask for the values of secrets, and delete others."""
        project = self._reader.project
        return " && ".join(
            [
                *(
                    self._reader.gh("secret", "set", name, "--env", place, "--repo", project)
                    for name, place in missing
                ),
                *(self._reader.gh("secret", "delete", name, "--repo", project) for name in in_all),
            ]
        )

    async def _only_main(self, name: str) -> CheckResult:
        main = await self._default_branch()
        found = await self._find(name)
        limited = found.deployment_branch_policy if found else None
        is_custom = limited is not None and limited.custom_branch_policies
        patterns = await self._patterns(name) if is_custom else []
        if [each.name for each in patterns] == [main]:
            return ok(f"only {main} can use {name}")
        path = f"environments/{name}"
        policies = f"{path}/deployment-branch-policies"
        fix = [
            *([] if is_custom else [self._reader.call("PUT", path, _CUSTOM)]),
            *([] if main in {each.name for each in patterns} else [self._allow(policies, main)]),
            *(self._reader.call("DELETE", f"{policies}/{each.id}") for each in patterns if each.name != main),
        ]
        detail = "all branches can use" if limited is None else f"other branches than {main} can use"
        return failed(
            f"{detail} {name}" if found else f"there is no environment {name}",
            f"allow only {main}",
            " && ".join(fix),
        )

    def _allow(self, policies: str, branch: str) -> str:
        return self._reader.call("POST", policies, {"name": branch})

    def _open(self) -> str:
        return self._reader.call("PUT", f"environments/{PLAN}", {"deployment_branch_policy": None})

    async def _find(self, name: str) -> Environment | None:
        found = await self._reader.listed("environments", Environment, "environments")
        return next((each for each in found if each.name == name), None)

    async def _patterns(self, name: str) -> list[Named]:
        path = f"environments/{name}/deployment-branch-policies"
        return await self._reader.listed(path, Named, "branch_policies")

    async def _secrets_in(self, name: str) -> set[str]:
        return await self._names(f"environments/{quoted(name)}/secrets")

    async def _names(self, path: str) -> set[str]:
        return {each.name for each in await self._reader.listed(path, Named, "secrets")}

    async def _default_branch(self) -> str:
        return (await self._reader.read("", Repository)).default_branch
