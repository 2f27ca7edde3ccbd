"""Check the forge of this job, and what its token may do."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime

from reconciler import forge
from reconciler.cli.ci import environment
from reconciler.cli.ci.expected_setup import expected_setup
from reconciler.errors import InputError
from reconciler.http.probe import Probe
from reconciler.model.approval import JOB_USERS
from reconciler.model.forge import Forge, ForgeSettings
from reconciler.model.forge_setup import ExpectedSetup
from reconciler.model.health import Check, CheckResult, TargetHealth, failed, ok, warning
from reconciler.workflow.checks import CheckRunner

_NEEDS = ("configuration", "reachable", "tls", "credentials")


async def check_forge(
    app: str, config: str | None, clock: Callable[[], datetime], *, allow_http: bool
) -> TargetHealth:
    """Run all checks of the forge that the environment names, and of the set-up of its repository."""
    runner = CheckRunner()
    visit = _Visit(app, config, allow_http=allow_http)
    async with AsyncExitStack() as stack:
        visit.stack = stack
        await runner.run([Check("configuration", visit.configured, needs=())])
        settings = visit.settings
        if settings is not None:
            runner.secrets.append(settings.token)
            await runner.run(Probe(settings.address, clock).checks("configuration"))
            await runner.run([Check("credentials", visit.opened, ("configuration",))])
        if visit.forge is not None:
            await runner.run(visit.forge.checks(clock().date().isoformat()), needs=_NEEDS)
            await runner.run([Check("expected", visit.expect, ("configuration",))])
            needs = (*_NEEDS, "right-read", "expected")
            await runner.run(visit.forge.setup_checks(visit.expected), needs=needs)
            if visit.expected.bots:
                await runner.run([Check("setup-bots", visit.bots, ("expected",))])
    return TargetHealth(
        kind="forge",
        name=settings.project if settings else "",
        type=settings.kind if settings else None,
        address=settings.address if settings else None,
        checks=tuple(runner.reports),
    )


class _Visit:
    """The steps that open the forge, each as a check."""

    def __init__(self, app: str, config: str | None, *, allow_http: bool) -> None:
        self._app = app
        self._config = config
        self._allow_http = allow_http
        self.settings: ForgeSettings | None = None
        self.forge: Forge | None = None
        self.expected = ExpectedSetup()
        self.stack = AsyncExitStack()

    async def configured(self) -> CheckResult:
        """Read the environment. Raises InputError."""
        self.settings = environment.job(self._app, allow_http=self._allow_http).settings
        return ok(f"a job of {self.settings.kind} for {self.settings.project}")

    async def expect(self) -> CheckResult:
        """Read what the configuration asks of the repository. Raises InputError."""
        kind = self.settings.kind if self.settings else ""
        self.expected = expected_setup(self._config, kind)
        secrets = ", ".join(self.expected.secrets_of(None)) or "none"
        enforced = "enforced" if self.expected.approvals else "not enforced"
        return ok(f"secrets of the portals: {secrets}; approvals are {enforced}")

    async def bots(self) -> CheckResult:
        """Check the accounts that merge what a source decides (`autoMerge`)."""
        kind = self.settings.kind if self.settings else ""
        for source, bot in self.expected.bots.items():
            key = f"sources.{source}.bot.{kind}"
            if not bot:
                hint = f"set {key} to the account that opens and merges them, or remove autoMerge"
                return warning(f"{key} is not set, so nothing of {source} is merged by itself", hint)
            if bot.casefold() in JOB_USERS:
                hint = "use an account that no other job has, such as that of an App"
                return failed(
                    f"{key}: all workflows of all branches act as {bot}, so it does not count", hint
                )
        named = ", ".join(f"{source} by {bot}" for source, bot in self.expected.bots.items())
        return ok(f"merged without a person: {named}")

    async def opened(self) -> CheckResult:
        """Open the forge, which sends no request yet. Raises InputError."""
        if self.settings is None:
            raise InputError("the environment was not read")
        opening = forge.connect(self.settings, environment.retry_policy())
        self.forge = await self.stack.enter_async_context(opening)
        return ok(f"from {self.settings.token_from}")
